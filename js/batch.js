// Many requests as one async iterable of results.
import { GENERATE, NO, UNKNOWN } from "./call.js";
import { checkFunctions, partsOf } from "./client.js";
import { misuse, Sd2Error } from "./error.js";
import { estimateCredits } from "./offline.js";
import { batchOptions, callOptions } from "./options.js";
import { report } from "./report.js";
import { checkSignal, follow } from "./signal.js";
import { snapshot } from "./snapshot.js";

/** How long a batch waits for the service after an unknown outcome: as long as for a task. */
const OUTAGE = 900_000;
const ATTEMPT = 30_000;

export const generateAll = (client, requests, options) => {
  const parts = partsOf(client);
  const { concurrency = parts.concurrency, maxCredits = Infinity, ...others } = batchOptions(options);
  checkConcurrency(concurrency);
  if (!(typeof maxCredits === "number" && maxCredits >= 0)) throw misuse("maxCredits must be a number from 0.");
  const source = (requests?.[Symbol.asyncIterator] ?? requests?.[Symbol.iterator])?.call(requests);
  if (!source) throw misuse("requests must be an iterable or async iterable.");
  let left = maxCredits;
  let unknownSince;
  return iterate(parts, source, concurrency, others, async job => {
    // Read once, because a getter may later return a request with another price.
    const request = snapshot(job.request);
    if (unknownSince) {
      // In an outage each create might have an unknown outcome. After one, the next waits until the service responds.
      await job.awaitService(unknownSince + OUTAGE - Date.now());
    }
    unknownSince = undefined;
    const price = maxCredits === Infinity ? 0 : estimateCredits(request).total;
    if (price > left) {
      throw new Sd2Error(`The request costs ${price} credits, and maxCredits leaves ${left}. It was not sent.`, {
        code: "insufficient_credits",
        retryable: false,
      });
    }
    left -= price;
    try {
      return await job.run(GENERATE, request);
    } catch (error) {
      const made = job.call?.made ?? NO;
      if (made === UNKNOWN) unknownSince ??= Date.now();
      if (made === NO) left += price;
      throw error;
    }
  });
};

export const checkConcurrency = number => {
  if (!(Number.isInteger(number) && number > 0)) throw misuse("concurrency must be a whole number from 1.");
};

/** One request of a batch. */
class Job {
  #parts;
  #options;
  #stopped;

  constructor(parts, options, index, request) {
    this.#parts = parts;
    this.#options = options;
    this.index = index;
    this.request = request;
  }

  run(method, subject, options) {
    if (this.#stopped) throw this.#stopped[0];
    const { onCreated, onUpdate, ...others } = { ...this.#options, ...options };
    const about = more => ({ index: this.index, request: this.request, ...more });
    this.call = this.#parts.start(method, subject, {
      ...others,
      onCreated: onCreated && ((taskId, kept) => onCreated(about({ taskId, ...kept }))),
      onUpdate: onUpdate && (update => onUpdate(about(update))),
    });
    return this.call.promise;
  }

  /** Waits until the service responds to anything, at most this long but for at least one attempt. */
  async awaitService(span) {
    const { timeoutMs = Math.max(span, ATTEMPT) } = this.#options;
    this.call = this.#parts.awaitService({ timeoutMs });
    return this.call.promise;
  }

  stop() {
    this.#stopped = [];
    this.call?.stop?.();
  }

  /** An abort does not wait for an in-flight create. */
  abort(reason) {
    this.#stopped = [reason];
    this.call?.abort?.(reason);
  }
}

/**
 * Runs a job for each request of a source, at most `limit` at once, and yields the results in order of completion. A request is
 * taken from the source when a lane is free. A result keeps its lane until it is taken.
 */
export const iterate = (parts, source, limit, options, work) => {
  const { signal, ...others } = callOptions(options);
  checkSignal(signal);
  checkFunctions({ onCreated: others.onCreated, onUpdate: others.onUpdate });
  // Jobs whose task may still run at the service.
  const jobs = new Set();
  // Results that have not been taken, in order of completion.
  const ended = [];
  // Store operations in progress for results that were taken.
  const leaving = new Set();
  let lanes = 0;
  let count = 0;
  let isTaking = false;
  let isOut = false;
  let isStopped = false;
  let failure;
  let wake;
  // A list with the signal's reason, because the reason may be undefined.
  let gaveUp;

  const fill = () => {
    if (isTaking || isOut || isStopped || lanes >= limit) return;
    isTaking = true;
    lanes++;
    take().then(taken => {
      ended.push(taken);
      wake?.();
    });
  };

  const take = async () => {
    let request;
    try {
      const item = await source.next();
      isOut = item.done;
      request = await item.value;
    } catch (error) {
      // It is thrown after all other results.
      failure = { error };
      isOut = true;
    }
    isTaking = false;
    if (isOut || isStopped) return;
    fill();
    const job = new Job(parts, others, count++, request);
    jobs.add(job);
    job.work = work(job);
    const result = { index: job.index, request: job.request };
    try {
      result.task = await job.work;
      jobs.delete(job);
    } catch (error) {
      result.error = error;
      if (!job.call?.taskId || job.call.isOver) jobs.delete(job);
    }
    return [result, job.call?.onTaken];
  };

  const stop = () => {
    if (isStopped) return;
    isStopped = true;
    wake?.();
    for (const job of jobs) gaveUp ? job.abort(gaveUp[0]) : job.stop();
    if (!isOut) (async () => source.return?.())().catch(report);
  };

  const results = (async function* () {
    const end = follow(signal, reason => {
      gaveUp = [reason];
      stop();
    });
    try {
      fill();
      while (!isStopped && lanes) {
        if (!ended.length) {
          await new Promise(resolve => (wake = resolve));
          continue;
        }
        const [result, onTaken] = ended.shift() ?? [];
        lanes--;
        fill();
        if (!result) continue;
        try {
          yield result;
        } finally {
          const left = onTaken?.().then(() => leaving.delete(left));
          if (left) leaving.add(left);
        }
      }
      if (gaveUp) throw gaveUp[0];
      if (failure) throw failure.error;
    } finally {
      end();
      stop();
      await Promise.allSettled([...leaving, ...[...jobs].map(job => job.work)]);
    }
  })();

  return {
    next: () => results.next(),
    // It works even while `next` waits for a result.
    return(value) {
      stop();
      return results.return(value);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    get running() {
      const known = [...jobs].filter(({ call }) => call?.taskId);
      return known.map(({ index, request, call }) => ({ index, request, taskId: call.taskId }));
    },
  };
};
