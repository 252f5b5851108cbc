// The page or web worker in which the client runs, if any.

/** The target of a page's events: a window or a web worker. A server has none. */
export const scope = () => ("ononline" in globalThis ? globalThis : undefined);

export const isHidden = () => scope()?.document?.visibilityState === "hidden";

const EVENTS = ["visibilitychange", "online", "pageshow"];

/** Calls the listener when a page that was hidden, offline or frozen returns. Returns a function that ends this. */
export const onReturn = listener => {
  const target = scope();
  if (!target) return;
  const back = () => isHidden() || listener();
  for (const event of EVENTS) target.addEventListener(event, back);
  return () => {
    for (const event of EVENTS) target.removeEventListener(event, back);
  };
};
