// One attempt of a call, and the signal that aborts it.

export class Attempt {
  isAborted = false;
  /** Runs when the attempt is aborted. */
  onAbort;
  controller;

  /** Ends the attempt, because no call waits for its answer any more. */
  abort() {
    this.isAborted = true;
    this.controller?.abort();
    this.onAbort?.();
  }
}

const ATTEMPT = Symbol();
/** Shared by all attempts, because creating a getter takes longer than the rest of a request. */
const SIGNAL = {
  enumerable: true,
  configurable: true,
  get() {
    const attempt = this[ATTEMPT];
    if (!attempt.controller) {
      attempt.controller = new AbortController();
      if (attempt.isAborted) attempt.controller.abort();
    }
    return attempt.controller.signal;
  },
  set(value) {
    Object.defineProperty(this, "signal", { value, writable: true });
  },
};

/** Adds the signal of an attempt to the options of `fetch`. It costs as much as half a call, so it is created when it is read. */
export const addSignal = (init, attempt) => {
  init[ATTEMPT] = attempt;
  Object.defineProperty(init, "signal", SIGNAL);
};
