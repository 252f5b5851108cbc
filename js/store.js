import { report, Sd2Error } from "./boundary.js";

/** The one name that a client uses in a store, for all its tasks. */
const NAME = "sd2-client";

/** Keeps running tasks as long as the program runs: for tests, and for clients that come and go. */
export const memoryStore = () => new Map();

/** Keeps running tasks in the browser. Another prefix for each account, if a page has several. */
export const localStorageStore = (prefix = "") => ({
  get: (key) => localStorage.getItem(prefix + key),
  set: (key, value) => localStorage.setItem(prefix + key, value),
  delete: (key) => localStorage.removeItem(prefix + key),
});

/** Whether an error means that the task, too, is over. */
export const isOver = (error) => Sd2Error.is(error) && (error.task !== undefined || error.code === "not_found");

/** How long a store may take for one thing. */
const PATIENCE = 5_000;

/** A store that hangs must not hold a task up. */
const inTime = (promise) => {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("The store did not answer in 5 s.")), PATIENCE);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
};

/** What a store kept. What is no entry is left out, or it would be in the way for ever. */
const read = (text) => {
  try {
    return Object.fromEntries(Object.entries(JSON.parse(text)).filter(([, entry]) => entry?.request));
  } catch (error) {
    report(error);
    return {};
  }
};

/**
 * What was begun and has not ended, in a user's store: `{ request }` from before a create is sent, and the `taskId`
 * from when there is one. Nothing that the store does ends a call: it is reported.
 */
export class Journal {
  #store;
  // Each change reads and writes all of it, so that one must not begin before another has ended.
  #last = Promise.resolve();

  constructor(store) {
    this.#store = store;
  }

  /** Resolves when it is written. */
  write(id, entry) {
    return this.#change((entries) => (entries[id] = entry));
  }

  /** By its own id, or by the task's. */
  remove(wanted) {
    return this.#change((entries) => {
      for (const id in entries) {
        const { taskId = id } = entries[id];
        if (wanted === id || wanted === taskId) delete entries[id];
      }
    });
  }

  async entries() {
    let all;
    await this.#change((entries) => (all = entries));
    return Object.entries(all ?? {});
  }

  #change(change) {
    const work = async () => {
      try {
        let before = this.#store.get(NAME);
        // Where there is nothing to wait for, nobody comes in between.
        if (before?.then) before = await inTime(before);
        before ??= "{}";
        const entries = read(before);
        change(entries);
        const after = JSON.stringify(entries);
        if (after === before) return;
        await inTime(after === "{}" ? this.#store.delete(NAME) : this.#store.set(NAME, after));
      } catch (error) {
        report(error);
      }
    };
    // Other pages may use the same store.
    const locked = async () => {
      const { locks } = globalThis.navigator ?? {};
      await (locks ? locks.request(NAME, work) : work());
    };
    return (this.#last = this.#last.then(locked).catch(work));
  }
}
