// Virtual time: when nothing else is left to do, the next timer fires at once.
import { after } from "node:test";

/**
 * Replaces the timers and the date by a clock in virtual time, for the tests of the file. Returns the clock. No time passes while
 * `isBusy` returns true, because something works outside of JavaScript.
 */
export const installClock = (isBusy = () => false) => {
  const real = { setTimeout, clearTimeout, now: Date.now };
  const timers = new Map();
  let now = 1_711_234_567_890;
  let count = 0;
  globalThis.setTimeout = (callback, delay = 0, ...args) => {
    timers.set(++count, { at: now + Math.max(1, delay), callback: () => callback(...args) });
    return count;
  };
  globalThis.clearTimeout = id => timers.delete(id);
  Date.now = () => now;
  after(() => {
    Object.assign(globalThis, { setTimeout: real.setTimeout, clearTimeout: real.clearTimeout });
    Date.now = real.now;
  });
  /** Waits until nothing is left to do without a timer. */
  const settle = async () => {
    for (let i = 0; i < 3; i = isBusy() ? 0 : i + 1) await new Promise(done => setImmediate(done));
  };
  const next = () => {
    let [first, soonest] = [undefined, { at: Infinity }];
    for (const [id, timer] of timers) if (timer.at < soonest.at) [first, soonest] = [id, timer];
    if (first === undefined) return false;
    timers.delete(first);
    now = soonest.at;
    soonest.callback();
    return true;
  };
  return {
    settle,
    get now() {
      return now;
    },
    /** The number of waiting timers. */
    get timers() {
      return timers.size;
    },
    /** Forgets all timers. */
    clear: () => timers.clear(),
    sleep: span => new Promise(done => setTimeout(done, span)),
    /** Lets this much time pass. */
    async pass(span) {
      const end = now + span;
      for (;;) {
        await settle();
        const due = [...timers.values()].some(({ at }) => at <= end);
        if (!due) break;
        next();
      }
      now = end;
    },
    /** Lets time pass until a promise settles. Resolves to its result. */
    async run(promise) {
      let isOver = false;
      const done = () => (isOver = true);
      Promise.resolve(promise).then(done, done);
      for (;;) {
        await settle();
        if (isOver) return promise;
        if (!next()) throw new Error("The promise waits for something other than a timer, so it would never settle.");
      }
    },
  };
};
