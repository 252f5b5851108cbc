// What a store remembers of calls that are gone.
import { MAY_BE_CHARGED, WORDS } from "sd2-client-words";
import { checkConcurrency, iterate } from "./batch.js";
import { UNKNOWN, WAIT_FOR_TASK } from "./call.js";
import { partsOf } from "./client.js";
import { misuse, Sd2Error } from "./error.js";
import { access, CREATE, fail, inTime, keyOf, PATIENCE, TASK, within } from "./journal.js";
import { resumeOptions } from "./options.js";
import { follow } from "./signal.js";

/** How many tasks are asked for at once: more than an account runs, so that those which have ended do not wait for these. */
const LANES = 16;
/** How many items are read at once. */
const PART = 50;
/** How often a create elsewhere is looked at. */
const LOOK = 1_000;
/** For how long at most. */
const PATIENT = 900_000;
/** A page sees late what another one wrote to localStorage. */
const LAG = 100;
/** The one item of version 0.1.0. */
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
      // The time begins with the first result that is asked for.
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
    throw new Sd2Error(`The page went away while this was sent. ${WORDS[MAY_BE_CHARGED]}`, {
      code: "outcome_unknown",
      retryable: false,
    });
  });
};

export const forget = async (client, taskId) => {
  const parts = partsOf(client);
  if (parts.store) await inTime(parts, access(parts, "delete", keyOf(String(taskId))));
};

/** Finds what calls elsewhere left behind. */
class Search {
  /** When it must have ended. */
  end = Infinity;

  #parts;
  #signal;
  // The creates of which there are tasks.
  #ended = new Set();

  constructor(parts, signal) {
    this.#parts = parts;
    this.#signal = signal;
  }

  left() {
    return Math.max(0, this.end - Date.now());
  }

  /** The items of tasks, and of creates that are lost. */
  async *items() {
    let keys = await this.#keys();
    if (keys.includes(OLD)) {
      await this.#migrate();
      keys = await this.#keys();
    }
    const creates = new Map();
    for await (const item of this.#read(keys.filter(key => key.startsWith(CREATE)))) {
      creates.set(
        item.key,
        this.#fate(item).then(lost => [item.key, lost]),
      );
    }
    yield* this.#read(keys.filter(key => key.startsWith(TASK)));
    let hasTask = false;
    while (creates.size) {
      const [key, lost] = await Promise.race(creates.values());
      creates.delete(key);
      if (!lost) hasTask = true;
      // Its client crashed after it had written the task.
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

  /** What a promise resolves to; nothing if a store is late. */
  #inTime(promise) {
    return inTime(this.#parts, promise, Math.min(PATIENCE, this.left()));
  }

  async #keys() {
    const [keys = []] = (await this.#inTime(access(this.#parts, "keys"))) ?? [];
    try {
      return [...keys];
    } catch (error) {
      fail(this.#parts, error, { method: "keys" });
      return [];
    }
  }

  /** The items of these keys, but for those of calls under way here. An item that cannot be read hides no other. */
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
      // What comes later is left to the next time.
      yield* found.splice(0);
      // The whole store hangs.
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
      fail(this.#parts, new Error(`The store holds no task under ${key}: forget it, or delete it there.`), {
        method: "get",
        key,
      });
    }
  }

  /** Resolves to the item of a create elsewhere as soon as that is lost; to nothing if it ended, or nobody waits any more. */
  async #fate({ key, until, isLocked }) {
    const end = Date.now() + PATIENT;
    for (;;) {
      const now = Date.now();
      // JSON has null for Infinity.
      const isLate = !(until === null || now < until);
      const isFree = isLocked ? await this.#isFree(key) : undefined;
      const isLost = isFree ?? isLate;
      // The page of a lock that is still held may be asleep.
      if (now > end || (isLate && !isLost)) return;
      await this.#pause(isFree ? LAG : LOOK);
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
      fail(this.#parts, error, { method: "get", key: OLD });
    }
  }

  /** Whether nobody holds the lock of an item; nothing where that cannot be told. */
  async #isFree(key) {
    if (!this.#parts.store.lock) return;
    const asked = access(this.#parts, "lock", key, granted => !!granted, { ifAvailable: true });
    const [isFree] = (await within(asked, LOOK)) ?? [];
    return isFree;
  }
}
