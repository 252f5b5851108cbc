import { report } from "./report.js";

/** The one name that a client uses in a store, for all its tasks. */
const NAME = "sd2-client";

/** Keeps running tasks as long as the program runs: for tests, and for clients that come and go. */
export const memoryStore = () => new Map();

/** Keeps running tasks in the browser. Another prefix for each account, if a page has several. */
export const localStorageStore = (prefix = "") => ({
  get: key => localStorage.getItem(prefix + key),
  set: (key, value) => localStorage.setItem(prefix + key, value),
  delete: key => localStorage.removeItem(prefix + key),
});

/** How long a store may take for one thing. */
const PATIENCE = 5_000;

/** A store that hangs must not hold a task up. */
const inTime = promise => {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("The store did not answer in 5 s.")), PATIENCE);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
};

/** What a store kept. Malformed entries are skipped; they would otherwise persist forever. */
const read = text => {
  try {
    return Object.fromEntries(Object.entries(JSON.parse(text)).filter(([, entry]) => entry?.request));
  } catch (error) {
    report(error);
    return {};
  }
};

/** Does work under a lock that all pages of the browser share, or without one where there is none. The work never throws. */
const locked = async (name, work) => {
  try {
    return await globalThis.navigator.locks.request(name, work);
  } catch {
    return work();
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
  // The entries of calls under way here, each with what ends its lock.
  #own = new Map();

  constructor(store) {
    this.#store = store;
  }

  /** Resolves when it is written, before a create is sent. Holds a lock until `settle`, so that other tabs do not treat it as abandoned. */
  begin(id, request) {
    const own = this.#own;
    own.set(id);
    return new Promise(resolve => {
      const hold = settle => {
        // The call may have ended while it waited for the lock.
        if (!own.has(id)) return settle();
        own.set(id, settle);
        resolve(this.write(id, { request }));
      };
      locked(NAME + id, () => new Promise(hold));
    });
  }

  /** The create has ended, in what was written last. */
  settle(id) {
    this.#last.then(this.#own.get(id));
  }

  /** The call has ended. */
  end(id) {
    this.settle(id);
    this.#own.delete(id);
  }

  /** Resolves when it is written. */
  write(id, entry) {
    return this.#change(entries => (entries[id] = entry));
  }

  /** By its own id, or by the task's. */
  remove(wanted) {
    return this.#change(entries => {
      for (const id in entries) {
        const { taskId = id } = entries[id];
        if (wanted === id || wanted === taskId) delete entries[id];
      }
    });
  }

  /** What calls elsewhere left behind, as `[id, entry]`; what another page is just creating, when that is settled. */
  async *left() {
    const creating = [];
    const entries = await this.#read();
    for (const id in entries) {
      if (this.#own.has(id)) continue;
      if (entries[id].taskId) yield [id, entries[id]];
      else creating.push(id);
    }
    for (const id of creating) {
      await locked(NAME + id, () => {});
      // A page sees late what another one wrote to localStorage.
      await new Promise(done => setTimeout(done, 100));
      const entry = (await this.#read())[id];
      if (entry) yield [id, entry];
    }
  }

  async #read() {
    let all = {};
    await this.#change(entries => (all = entries));
    return all;
  }

  #change(change) {
    const work = async () => {
      try {
        let before = this.#store.get(NAME);
        // A synchronous store needs no await, so nothing can interleave.
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
    return (this.#last = this.#last.then(() => locked(NAME, work)));
  }
}
