// One attempt of a call, as far as it can be given up.

export class Attempt {
  isOver = false;
  /** What ends with it. */
  onEnd;
  #controller;

  /** Made when somebody asks, because it costs as much as all the rest of a call. */
  get signal() {
    if (!this.#controller) {
      this.#controller = new AbortController();
      if (this.isOver) this.#controller.abort();
    }
    return this.#controller.signal;
  }

  /** Nobody waits for the answer any more. */
  abort() {
    this.isOver = true;
    this.#controller?.abort();
    this.onEnd?.();
  }
}
