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
        if (id === wanted || entries[id].taskId === wanted) delete entries[id];
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
        const before = (await this.#store.get(NAME)) ?? "{}";
        const entries = JSON.parse(before);
        change(entries);
        const after = JSON.stringify(entries);
        if (after === before) return;
        await (after === "{}" ? this.#store.delete(NAME) : this.#store.set(NAME, after));
      } catch (error) {
        report(error);
      }
    };
    // Other pages may use the same store.
    const locked = async () => globalThis.navigator?.locks?.request(NAME, work).catch(work) ?? work();
    return (this.#last = this.#last.then(locked, locked));
  }
}
