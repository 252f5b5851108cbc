// Whether this page is about to be unloaded. A browser aborts the page's requests before `pagehide`. Slots that this frees are not
// really free, and the response to a request that is sent then would be lost.

/** A page that still exists this long after `beforeunload` stays. */
const ALARM_MS = 2000;
let until = 0;
addEventListener("beforeunload", () => (until = Date.now() + ALARM_MS));
addEventListener("pagehide", () => (until = Infinity));
addEventListener("pageshow", () => (until = 0));

export const isLeaving = () => Date.now() < until;

/** Resolves when it is certain that the page stays. */
export const staying = async () => {
  while (isLeaving()) await new Promise(done => setTimeout(done, ALARM_MS / 4));
};
