import { encode, follow, misuse, Sd2Error } from "./boundary.js";
import { iterate } from "./jobs.js";
import { callbackTaskId, estimateEncoded } from "./offline.js";
import { isOver, Journal } from "./store.js";
import { broken, run, wasm } from "./wasm.js";

// The numbers by which src/wasm/calls.rs knows the methods.
const CREATE_TASK = 0;
const QUERY_TASK = 1;
const GET_CREDITS = 2;
const WAIT_FOR_TASK = 3;
const GENERATE = 4;
const AWAIT_SERVICE = 5;

/** How long generateAll waits for the service after an unknown outcome: as long as for a task. */
const OUTAGE = 900_000;

const UNKNOWN = "A task may have been created and charged: look at your tasks and credits before you try again. ";

export class Sd2Client {
  // Minifiers take other names away.
  static name = "Sd2Client";

  // Private, so that neither JSON nor a console shows the key.
  #options;
  #instance;
  #handle;
  #functions;
  #journal;
  #concurrency;
  #streamCreates;

  constructor(options) {
    const { fetch, logger, store, ...plain } = options ?? {};
    this.#functions = {
      // Looked up at each call, so that what replaces it later is heard.
      fetch: fetch ?? ((...request) => globalThis.fetch(...request)),
      logger,
    };
    check(this.#functions);
    if (store != null) {
      check({ "store.get": store.get, "store.set": store.set, "store.delete": store.delete }, true);
      this.#journal = new Journal(store);
    }
    try {
      const headers = new Headers(plain.headers);
      // Headers, a Map and pairs show nothing of themselves as fields.
      if (plain.headers?.[Symbol.iterator]) plain.headers = Object.fromEntries(headers);
    } catch {
      throw misuse("headers must be an object of valid header names and texts.");
    }
    this.#options = encode(plain);
    // The number of tasks that an account may run, as in src/catalog.rs.
    this.#concurrency = plain.concurrency ?? 3;
    this.#streamCreates = plain.streamCreates;
    this.#open();
  }

  async createTask(request, options) {
    return this.#call(CREATE_TASK, request, options);
  }

  async queryTask(taskId, options) {
    return this.#call(QUERY_TASK, taskId, options);
  }

  async getCredits(options) {
    return this.#call(GET_CREDITS, undefined, options);
  }

  async confirmCallback(body, options) {
    return this.#call(QUERY_TASK, callbackTaskId(body), options);
  }

  async waitForTask(taskId, options) {
    return this.#call(WAIT_FOR_TASK, taskId, options);
  }

  async generate(request, options) {
    return this.#call(GENERATE, request, options);
  }

  generateAll(requests, options) {
    const { concurrency = this.#concurrency, maxCredits = Infinity, ...others } = options ?? {};
    if (!(Number.isInteger(concurrency) && concurrency > 0)) throw misuse("concurrency must be a whole number from 1.");
    if (!(typeof maxCredits === "number" && maxCredits >= 0)) throw misuse("maxCredits must be a number from 0.");
    const source = (requests?.[Symbol.asyncIterator] ?? requests?.[Symbol.iterator])?.call(requests);
    if (!source) throw misuse("requests must be an iterable or async iterable.");
    let left = maxCredits;
    let unknownSince;
    return this.#iterate(source, concurrency, others, async (job, call) => {
      // Read once: what a getter gives later may have another price.
      const request = encode(job.request);
      // In an outage, each create might have an unknown outcome: after one, the next waits until the service answers.
      if (unknownSince) {
        const isPatient = Date.now() - unknownSince < OUTAGE;
        await call(isPatient ? AWAIT_SERVICE : GET_CREDITS).catch((error) => {
          // A refusal is an answer, too.
          if (error?.retryable) throw error;
        });
      }
      unknownSince = undefined;
      const price = maxCredits === Infinity ? 0 : estimateEncoded(request).total;
      if (price > left) {
        throw new Sd2Error(`The request costs ${price} credits, and maxCredits leaves ${left}. It was not sent.`, {
          code: "insufficient_credits",
          retryable: false,
        });
      }
      left -= price;
      try {
        return await call(GENERATE, request);
      } catch (error) {
        if (error.code === "outcome_unknown") unknownSince ??= Date.now();
        // What certainly made no task costs nothing.
        if (!job.taskId && !job.isCreating && error.code !== "outcome_unknown") left += price;
        throw error;
      }
    });
  }

  resume(options) {
    const journal = this.#journal;
    if (!journal) throw misuse("resume needs a client with a store.");
    return this.#iterate(journal.left(), Infinity, options, async (job, call) => {
      const [id, { request, taskId }] = job.request;
      job.request = request;
      if (taskId) return call(WAIT_FOR_TASK, encode((job.taskId = taskId)));
      job.onTaken = () => journal.remove(id);
      throw new Sd2Error("The page went away while this was sent. " + UNKNOWN.trim(), {
        code: "outcome_unknown",
        retryable: false,
      });
    });
  }

  #iterate(source, limit, options, work) {
    const { signal, onCreated, onUpdate, ...others } = options ?? {};
    checkSignal(signal);
    check({ onCreated, onUpdate });
    return iterate(source, limit, signal, (job) => {
      const about = (more) => ({ index: job.index, request: job.request, ...more });
      return work(job, (method, subject = encode()) => {
        const listeners = {
          onCreated: (taskId) => onCreated?.(about({ taskId })),
          onUpdate: (update) => onUpdate?.(about(update)),
        };
        return this.#callFor(job, method, subject, { ...others, ...listeners, signal: job.signal });
      });
    });
  }

  // The request is read here and now: what the caller changes later changes nothing.
  async #call(method, subject, options) {
    const single = {};
    try {
      return await this.#callFor(single, method, encode(subject), options);
    } finally {
      // Defer until the caller's continuation has run.
      if (single.onTaken) setTimeout(single.onTaken);
    }
  }

  // `subject` is tagged text.
  async #callFor(job, method, subject, options) {
    const { signal, onCreated, onUpdate, ...plain } = options ?? {};
    checkSignal(signal);
    check({ onCreated, onUpdate });
    const { fetch, logger } = this.#functions;
    const journal = this.#journal;
    const id = Math.random().toString(36).slice(2);
    const platform = {
      fetch(url, init) {
        job.isSent = true;
        return fetch(url, init);
      },
      streamCreates: this.#streamCreates,
      signal,
      onUpdate,
      onCreating(request) {
        job.isCreating = true;
        job.isSent = false;
        job.sent = request;
        return journal?.begin(id, request);
      },
      onCreated(taskId) {
        keep(taskId);
        return onCreated?.(taskId);
      },
      logger(event) {
        // A create is only repeated when it made no task.
        if (event.type === "retry") notCreated();
        return logger?.(event);
      },
    };
    const keep = (taskId) => {
      job.taskId = taskId;
      const kept = journal?.write(id, { request: job.sent, taskId });
      created();
      return kept;
    };
    const created = () => {
      job.isCreating = false;
      journal?.settle(id);
      if (job.isStopping) job.stop();
    };
    const notCreated = () => {
      if (!job.isCreating) return;
      journal?.remove(id);
      created();
    };
    // Remove an entry only after the caller has received the result.
    const forget = (name) => {
      if (journal) job.onTaken = () => journal.remove(name);
    };
    const work = this.#start(method, subject, encode(plain), platform, job);
    try {
      const result = await work;
      if (method === CREATE_TASK) await keep(result.taskId);
      if (result.status === "COMPLETED" || result.status === "FAILED") forget(result.taskId);
      return result;
    } catch (error) {
      // A single "not found" may come from a machine that does not know the task yet; a wait heard it three times.
      if (isOver(error) && (method !== QUERY_TASK || error.task)) forget(error.taskId);
      // An aborted call cannot know whether its create arrived, so its entry stays.
      if (Sd2Error.is(error) && job.isCreating) {
        if (error.code === "outcome_unknown") forget(id);
        // No task exists; otherwise `resume` would report `outcome_unknown`.
        else await journal?.remove(id);
        created();
      } else if (job.isCreating && !job.isSent) {
        // Aborted during the store write: nothing was sent.
        journal?.remove(id);
      }
      throw error;
    } finally {
      journal?.end(id);
    }
  }

  /** Runs a call to its end, or to the end of the WebAssembly. */
  #start(method, subject, options, platform, job) {
    this.#open();
    const { calls } = this.#instance;
    return new Promise((resolve, reject) => {
      const fail = (error) => {
        const { taskId } = job;
        const details = job.isCreating ? { code: "outcome_unknown" } : taskId && { taskId };
        const what = job.isCreating ? UNKNOWN : taskId ? `The task ${taskId} goes on: wait for it with waitForTask. ` : "";
        reject(broken(error, what, details));
      };
      calls.add(fail);
      run(() => this.#handle.call(method, subject, options, platform))
        .then(resolve, reject)
        .finally(() => calls.delete(fail));
    });
  }

  #open() {
    if (this.#instance === wasm() && !isIsolate()) return;
    this.#handle = run(({ Handle }) => new Handle(this.#options));
    this.#instance = wasm();
  }
}

/**
 * Workers and their like serve many requests at once, and none may go on with what another one began: each call has its
 * own handle, which shares nothing.
 */
const isIsolate = () => globalThis.WebSocketPair ?? globalThis.EdgeRuntime;

const check = (functions, isNeeded) => {
  for (const name in functions) {
    if (typeof (functions[name] ?? (isNeeded || check)) !== "function") throw misuse(`${name} must be a function.`);
  }
};

/** Reject an unusable signal before doing any work. */
const checkSignal = (signal) => follow(signal, () => {})();
