// One attempt of a call, as far as it can be given up.

export class Attempt {
  isOver = false;
  /** What ends with it. */
  onEnd;
  controller;

  /** Nobody waits for the answer any more. */
  abort() {
    this.isOver = true;
    this.controller?.abort();
    this.onEnd?.();
  }
}

const ATTEMPT = Symbol();
/** One for all: making a getter takes longer than the rest of a request. */
const SIGNAL = {
  enumerable: true,
  configurable: true,
  get() {
    const attempt = this[ATTEMPT];
    if (!attempt.controller) {
      attempt.controller = new AbortController();
      if (attempt.isOver) attempt.controller.abort();
    }
    return attempt.controller.signal;
  },
  set(value) {
    Object.defineProperty(this, "signal", { value, writable: true });
  },
};

/** Gives what `fetch` takes the signal of an attempt, which costs as much as half a call, and is made when somebody asks. */
export const addSignal = (init, attempt) => {
  init[ATTEMPT] = attempt;
  Object.defineProperty(init, "signal", SIGNAL);
};
