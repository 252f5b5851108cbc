// The page or worker around, where there is one.

/** What has the events of a page: windows and web workers. A server has none. */
export const scope = () => ("ononline" in globalThis ? globalThis : undefined);

export const isHidden = () => scope()?.document?.visibilityState === "hidden";

const EVENTS = ["visibilitychange", "online", "pageshow"];

/** Calls the listener when a page that was hidden, offline or frozen is back; returns the function that ends this. */
export const onReturn = listener => {
  const target = scope();
  if (!target) return;
  const back = () => isHidden() || listener();
  for (const event of EVENTS) target.addEventListener(event, back);
  return () => {
    for (const event of EVENTS) target.removeEventListener(event, back);
  };
};
