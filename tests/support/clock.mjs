// Virtual time: timers fire when nothing else is left to do, in their order and without a wait.
import { after } from "node:test";

/**
 * Puts a clock of its own in place of the file's timers and date. Gives it. No time passes while `isBusy` says that something works
 * outside of JavaScript.
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
  /** Lets all run that needs no time. */
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
    /** The timers that wait. */
    get timers() {
      return timers.size;
    },
    /** Forgets all timers. */
    clear: () => timers.clear(),
    sleep: span => new Promise(done => setTimeout(done, span)),
    /** Lets so much time pass. */
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
    /** Lets time pass until a promise is settled; gives what it resolves to. */
    async run(promise) {
      let isOver = false;
      const done = () => (isOver = true);
      Promise.resolve(promise).then(done, done);
      for (;;) {
        await settle();
        if (isOver) return promise;
        if (!next()) throw new Error("Something waits, but not for a timer: it would wait for ever.");
      }
    },
  };
};
