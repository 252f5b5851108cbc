// Whether this page is about to go. A browser breaks off its requests before it says so with `pagehide`: the slots
// that become free then are none, and a request that is sent then has an answer that nobody hears.

/** After a `beforeunload`, a page that is still there so much later stays. */
const ALARM_MS = 2000;
let until = 0;
addEventListener("beforeunload", () => (until = Date.now() + ALARM_MS));
addEventListener("pagehide", () => (until = Infinity));
addEventListener("pageshow", () => (until = 0));

export const isLeaving = () => Date.now() < until;

/** Resolves when it is clear that the page stays. */
export const staying = async () => {
  while (isLeaving()) await new Promise(done => setTimeout(done, ALARM_MS / 4));
};
