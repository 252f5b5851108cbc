// What a client writes into the caller's store. Each task has an item of its own, so clients that share a store never overwrite each
// other's items. A running create has an item, too, until there is a task.
import { report, tell } from "./report.js";
import { within } from "./within.js";

export const CREATE = "sd2-client.create.";
export const TASK = "sd2-client.task.";

/** The longest wait for a store. After one timeout, a call does not wait for its store again. */
export const STORE_TIMEOUT = 5_000;
/** The longest wait for a lock. */
const LOCK_TIMEOUT = 1_000;
/** Added to the time at which a create counts as lost: clocks may differ, and a store may be slow. */
const MARGIN = 15_000;

/** The key of a task's item. It can be used as a file name. */
export const keyOf = taskId => TASK + taskId.replace(/[^\w-]/g, each => `%${each.charCodeAt(0).toString(16)}`);

/** Calls a method of the store. Resolves to `[result]`, or to undefined after an error, which is reported. */
export const access = async (client, method, ...about) => {
  try {
    return [await client.store[method](...about)];
  } catch (error) {
    reportStore(client, error, { method, key: about[0] });
  }
};

/** Resolves to what the store's promise resolves to, or after `span` to undefined, which is reported as an error. */
export const inTime = (client, promise, span = STORE_TIMEOUT, late) =>
  within(promise, span, () => {
    late?.();
    reportStore(client, new Error("The store did not answer in time."));
  });

/** Reports an error of a store. Such an error never ends a call. */
export const reportStore = ({ logger }, error, about) => {
  report(error);
  tell(logger, { type: "store", ...about });
};

/** The items of one call in the store. `client` is a `Parts` of js/client.js. */
export const openEntry = client => {
  const key = CREATE + Math.random().toString(36).slice(2);
  const { own } = client;
  // The operations on the create's item, in sequence.
  let chain = Promise.resolve();
  let timeout = STORE_TIMEOUT;
  let id;
  let isWritten;
  let written;
  let release;

  const write = (key, item) => access(client, "set", key, JSON.stringify(item));
  const erase = key => access(client, "delete", key);
  const then = work => (chain = chain.then(work));
  /** Waits for the store. After a timeout, the later waits of this call end at once. */
  const wait = work => inTime(client, work, timeout, () => (timeout = 0));

  /** Acquires the lock of the create's item, which `drop` or `end` releases. Resolves to whether it was acquired. */
  const lock = async () => {
    let isLate;
    const held = new Promise(done => {
      const hold = () => isLate ?? new Promise(end => done((release = end)));
      access(client, "lock", key, hold).then(() => done());
    });
    return !!(await within(held, LOCK_TIMEOUT, () => {
      isLate = 0;
    }));
  };

  /** Deletes the create's item, unless the task's item, `written`, could not be written. Then releases the lock. */
  const drop = (written = [0]) =>
    then(async () => {
      const isDone = await written;
      if (isDone && isWritten && (await erase(key))) isWritten = 0;
      release?.();
      return isDone;
    });

  return {
    /** Whether the store has the current item of the call. */
    isStored: false,

    /** Writes the create's item. Resolves when the create can be sent, which then takes at most `span`. */
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

    /** Replaces the create's item by the task's. */
    async create(request, taskId) {
      id = taskId;
      own.add(id);
      written = write(keyOf(id), { request, taskId, from: key });
      this.isStored = !!(await wait(drop(written)));
    },

    drop: () => wait(drop()),

    /** Deletes the items, because the caller has the result. */
    remove(taskId) {
      const remove = async () => {
        await written;
        await erase(keyOf(taskId));
      };
      return wait(Promise.all([drop(), taskId && remove()]));
    },

    /** Ends the entry with its call. What is still in the store stays there. */
    end() {
      own.delete(key);
      own.delete(id);
      then(() => release?.());
    },
  };
};
