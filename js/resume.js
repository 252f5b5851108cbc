// Continues the calls of clients that no longer exist, from what they left in the store.
import { MAY_BE_CHARGED, WORDS } from "sd2-client-words";
import { checkConcurrency, iterate } from "./batch.js";
import { UNKNOWN, WAIT_FOR_TASK } from "./call.js";
import { partsOf } from "./client.js";
import { misuse, Sd2Error } from "./error.js";
import { access, CREATE, inTime, keyOf, reportStore, STORE_TIMEOUT, TASK } from "./journal.js";
import { resumeOptions } from "./options.js";
import { follow } from "./signal.js";
import { within } from "./within.js";

/** How many tasks are polled at once: more than an account runs, so tasks that have ended do not wait for running ones. */
const LANES = 16;
/** How many items are read at once. */
const PART = 50;
/** How often the create of another client is checked. */
const CHECK_INTERVAL = 1_000;
/** For how long at most. */
const CHECK_TIMEOUT = 900_000;
/** How long a page may not see yet what another page wrote to localStorage. */
const LAG = 100;
/** The key of the single item that the first version had. */
const OLD = "sd2-client";

export const resume = (client, options) => {
  const parts = partsOf(client);
  if (!parts.store) throw misuse("resume needs a client with a store.");
  const { concurrency = LANES, timeoutMs, ...others } = resumeOptions(options);
  checkConcurrency(concurrency);
  if (!(timeoutMs === undefined || (typeof timeoutMs === "number" && timeoutMs > 0))) {
    throw misuse("timeoutMs must be a number of milliseconds.");
  }
  const controller = new AbortController();
  const search = new Search(parts, controller.signal);
  const items = search.items();
  const source = {
    next() {
      // The timeout starts when the first result is requested.
      search.end = Math.min(search.end, Date.now() + (timeoutMs ?? Infinity));
      return items.next();
    },
    return() {
      controller.abort();
      return items.return();
    },
  };
  return iterate(parts, source, concurrency, others, async job => {
    const { key, request, taskId } = job.request;
    job.request = request;
    if (taskId) return job.run(WAIT_FOR_TASK, taskId, timeoutMs && { timeoutMs: search.left() || 1 });
    job.call = { onTaken: () => inTime(parts, access(parts, "delete", key)), made: UNKNOWN };
    throw new Sd2Error(`The page closed while the request was being sent. ${WORDS[MAY_BE_CHARGED]}`, {
      code: "outcome_unknown",
      retryable: false,
    });
  });
};

export const forget = async (client, taskId) => {
  const parts = partsOf(client);
  if (parts.store) await inTime(parts, access(parts, "delete", keyOf(String(taskId))));
};

/** Finds the items of other clients' calls. */
class Search {
  /** The time at which the search ends. */
  end = Infinity;

  #parts;
  #signal;
  // The keys of creates that have a task.
  #ended = new Set();

  constructor(parts, signal) {
    this.#parts = parts;
    this.#signal = signal;
  }

  left() {
    return Math.max(0, this.end - Date.now());
  }

  /** Yields the items of tasks and of lost creates. */
  async *items() {
    let keys = await this.#keys();
    if (keys.includes(OLD)) {
      await this.#migrate();
      keys = await this.#keys();
    }
    const creates = new Map();
    const begun = keys.filter(key => key.startsWith(CREATE));
    for await (const item of this.#read(begun)) {
      creates.set(
        item.key,
        this.#fate(item).then(lost => [item.key, lost]),
      );
    }
    yield* this.#read(keys.filter(key => key.startsWith(TASK)));
    // A create that ended after its key was listed has no item any more.
    let hasTask = creates.size < begun.length;
    while (creates.size) {
      const [key, lost] = await Promise.race(creates.values());
      creates.delete(key);
      if (!lost) hasTask = true;
      // Its client crashed between writing the task's item and deleting this one.
      else if (this.#ended.has(key)) await this.#inTime(access(this.#parts, "delete", key));
      else yield lost;
    }
    if (!hasTask || this.#isOver()) return;
    // A create that has ended probably has a task now.
    const known = new Set(keys);
    yield* this.#read((await this.#keys()).filter(key => key.startsWith(TASK) && !known.has(key)));
  }

  #isOver() {
    return this.#signal.aborted || this.left() === 0;
  }

  /** Resolves to what the store's promise resolves to, or to undefined if the store is too slow. */
  #inTime(promise) {
    return inTime(this.#parts, promise, Math.min(STORE_TIMEOUT, this.left()));
  }

  async #keys() {
    const [keys = []] = (await this.#inTime(access(this.#parts, "keys"))) ?? [];
    try {
      return [...keys];
    } catch (error) {
      reportStore(this.#parts, error, { method: "keys" });
      return [];
    }
  }

  /** Yields the items under these keys, other than those of this client's running calls. Skips items that cannot be read. */
  async *#read(keys) {
    for (let from = 0; from < keys.length; from += PART) {
      const found = [];
      let answers = 0;
      const work = keys.slice(from, from + PART).map(async key => {
        const [text] = (await access(this.#parts, "get", key)) ?? [];
        answers++;
        const item = this.#parse(key, text);
        if (item && !this.#isOwn(item)) found.push(item);
      });
      await this.#inTime(Promise.all(work));
      // Items that arrive later are left for the next `resume`.
      yield* found.splice(0);
      // The store hangs.
      if (!answers) return;
    }
  }

  #isOwn({ key, taskId = key }) {
    return this.#parts.own.has(taskId) && !this.#parts.isIsolate;
  }

  #parse(key, text) {
    if (text == null) return;
    try {
      const { taskId, from, ...item } = JSON.parse(text);
      const isTask = key.startsWith(TASK);
      if (Object(item.request) !== item.request || (isTask && key !== keyOf(taskId))) throw 0;
      this.#ended.add(from);
      return { ...item, key, taskId: isTask ? taskId : undefined };
    } catch {
      reportStore(this.#parts, new Error(`The store's item ${key} is not a task. Delete it there.`), {
        method: "get",
        key,
      });
    }
  }

  /** Resolves to the item of another client's create once that is lost, or to undefined if it ended or the search is over. */
  async #fate({ key, until, isLocked }) {
    const end = Date.now() + CHECK_TIMEOUT;
    for (;;) {
      const now = Date.now();
      // JSON has null for Infinity.
      const isLate = !(until === null || now < until);
      const isFree = isLocked ? await this.#isFree(key) : undefined;
      const isLost = isFree ?? isLate;
      // If its lock is still held, its page may be asleep.
      if (now > end || (isLate && !isLost)) return;
      await this.#pause(isFree ? LAG : CHECK_INTERVAL);
      if (this.#isOver()) return;
      const { value } = await this.#read([key]).next();
      if (isLost || !value) return value;
    }
  }

  #pause(span) {
    return new Promise(done => {
      let unfollow;
      const end = () => {
        clearTimeout(timer);
        unfollow?.();
        done();
      };
      const timer = setTimeout(end, Math.min(span, this.left()));
      unfollow = follow(this.#signal, end);
    });
  }

  async #migrate() {
    try {
      const [text] = await this.#inTime(access(this.#parts, "get", OLD));
      const items = Object.entries(JSON.parse(text)).filter(([, item]) => item?.request);
      const work = items.map(([id, { request, taskId }]) => {
        const key = taskId ? keyOf(taskId) : CREATE + id;
        return access(this.#parts, "set", key, JSON.stringify({ request, taskId }));
      });
      const written = await this.#inTime(Promise.all(work));
      if (written.every(Boolean)) await this.#inTime(access(this.#parts, "delete", OLD));
    } catch (error) {
      reportStore(this.#parts, error, { method: "get", key: OLD });
    }
  }

  /** Whether the lock of an item is free; undefined if the store has no locks or does not answer. */
  async #isFree(key) {
    if (!this.#parts.store.lock) return;
    const request = access(this.#parts, "lock", key, granted => !!granted, { ifAvailable: true });
    const [isFree] = (await within(request, CHECK_INTERVAL)) ?? [];
    return isFree;
  }
}
