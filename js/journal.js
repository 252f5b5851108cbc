// What a user's store knows of a client's calls. Each task is an item of its own, so that clients which share a store never
// overwrite each other's; a create that is under way is another one, until it has a task.
import { report, tell } from "./report.js";

export const CREATE = "sd2-client.create.";
export const TASK = "sd2-client.task.";

/** How long a call waits for its store in all. */
export const PATIENCE = 5_000;
/** How long a call waits for its lock. */
const LOCK = 1_000;
/** By how much clocks may differ, and a store be late. */
const MARGIN = 15_000;

/** The key of a task's item, which suits a file's name. */
export const keyOf = taskId => TASK + taskId.replace(/[^\w-]/g, each => `%${each.charCodeAt(0).toString(16)}`);

/** What a promise resolves to, or what `late` gives after this time. */
export const within = (promise, span, late) => {
  let timer;
  const end = new Promise(done => (timer = setTimeout(() => done(late?.()), span)));
  return Promise.race([promise, end]).finally(() => clearTimeout(timer));
};

/** Does one thing with a store; resolves to its result in a list, or to nothing after it told what went wrong. */
export const access = async (client, method, ...about) => {
  try {
    return [await client.store[method](...about)];
  } catch (error) {
    fail(client, error, { method, key: about[0] });
  }
};

/** Waits for a store for so long; resolves to nothing if it is late. */
export const inTime = (client, promise, span = PATIENCE, late) =>
  within(promise, span, () => {
    late?.();
    fail(client, new Error("The store did not answer in time."));
  });

/** Nothing that a store does ends a call. */
export const fail = ({ logger }, error, about) => {
  report(error);
  tell(logger, { type: "store", ...about });
};

/** What a store knows of one call. `client` has the store, the logger, and the names of the calls under way in `own`. */
export const openEntry = client => {
  const key = CREATE + Math.random().toString(36).slice(2);
  const { own } = client;
  // What is done with the create's item, one after the other.
  let chain = Promise.resolve();
  let patience = PATIENCE;
  let name;
  let isWritten;
  let written;
  let release;

  const write = (key, item) => access(client, "set", key, JSON.stringify(item));
  const erase = key => access(client, "delete", key);
  const then = work => (chain = chain.then(work));
  /** A store that hangs must not hold a call up; it does so once. */
  const wait = work => inTime(client, work, patience, () => (patience = 0));

  /** Holds the lock of the create's item until `drop` or `end`, and resolves to whether it does. */
  const lock = async () => {
    let isLate;
    const held = new Promise(done => {
      const hold = () => isLate ?? new Promise(end => done((release = end)));
      access(client, "lock", key, hold).then(() => done());
    });
    return !!(await within(held, LOCK, () => {
      isLate = 0;
    }));
  };

  /** Takes the create's item away, unless what takes its place could not be written; then others may look. */
  const drop = (instead = [0]) =>
    then(async () => {
      const isDone = await instead;
      if (isDone && isWritten && (await erase(key))) isWritten = 0;
      release?.();
      return isDone;
    });

  return {
    /** Whether the store has what it should have. */
    isStored: false,

    /** Resolves when it is written, or the store is too slow; the create is sent then, and takes so long at most. */
    async begin(request, span) {
      own.add(key);
      const work = then(async () => {
        const isLocked = client.store.lock && (await lock());
        // The call may have ended while it waited for the lock.
        if (!own.has(key)) return;
        return (isWritten = await write(key, { request, until: Date.now() + span + MARGIN, isLocked }));
      });
      this.isStored = !!(await wait(work));
    },

    /** There is a task: its item takes the place of the create's. Resolves when that is done. */
    async create(request, taskId) {
      name = taskId;
      own.add(name);
      written = write(keyOf(name), { request, taskId, from: key });
      this.isStored = !!(await wait(drop(written)));
    },

    drop,

    /** The caller has the result. */
    remove(taskId) {
      const remove = async () => {
        await written;
        await erase(keyOf(taskId));
      };
      return wait(Promise.all([drop(), taskId && remove()]));
    },

    /** The call has ended. */
    end() {
      own.delete(key);
      own.delete(name);
      then(() => release?.());
    },
  };
};
