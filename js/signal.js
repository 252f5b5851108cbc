// A caller's AbortSignal.
import { misuse } from "./error.js";

const nothing = () => {};

/** The listeners of each signal that is followed. */
const followers = new WeakMap();

/**
 * Calls `tell` with the reason when the signal aborts, or now if it already has. Returns a function that ends this. The signal may
 * come from another realm or a polyfill, and any access to it may throw. Calls that share a signal share one listener, because Node
 * warns about more than ten.
 */
export const follow = (signal, tell) => {
  if (signal == null) return nothing;
  let group;
  try {
    const { aborted } = signal;
    group = followers.get(signal);
    if (!group) {
      group = new Set();
      const listener = () => {
        for (const each of group) each(reasonOf(signal));
      };
      group.end = signal.removeEventListener.bind(signal, "abort", listener);
      signal.addEventListener("abort", listener);
      followers.set(signal, group);
    }
    group.add(tell);
    if (aborted) tell(reasonOf(signal));
  } catch {
    throw misuse("signal must be an AbortSignal.");
  }
  return () => {
    if (!group.delete(tell) || group.size) return;
    followers.delete(signal);
    try {
      group.end();
    } catch {
      // The signal keeps a listener without effect.
    }
  };
};

/** Rejects an unusable signal before any work is done. */
export const checkSignal = signal => follow(signal, nothing)();

const reasonOf = signal => {
  try {
    return signal.reason;
  } catch (error) {
    return error;
  }
};
