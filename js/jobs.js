import { follow, report } from "./boundary.js";
import { isOver } from "./store.js";

/**
 * Runs a job for each request of a source, at most so many at once, and gives the results in the order of completion.
 * A request is taken from the source when there is room for it; a result that nobody took yet fills its room.
 *
 * `run(job)` gets `{ index, request, signal }`, resolves to the task, keeps `taskId` and `isCreating` in the job, and
 * calls `stop` when it was creating and `isStopping`. `onTaken` runs once the
 * consumer asks for the next result or stops.
 */
export const iterate = (source, limit, signal, run) => {
  // Those whose task may still run at the service.
  const jobs = new Set();
  // Those that nobody took yet, in the order of completion.
  const ended = [];
  let lanes = 0;
  let count = 0;
  let isTaking = false;
  let isOut = false;
  let isStopped = false;
  let failure;
  let wake;
  // The signal's reason, in a list, because it may be nothing.
  let gaveUp;

  const fill = () => {
    if (isTaking || isOut || isStopped || lanes >= limit) return;
    isTaking = true;
    lanes++;
    take().then((taken) => {
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
      // Told when the others have ended.
      failure = { error };
      isOut = true;
    }
    isTaking = false;
    if (isOut || isStopped) return;
    fill();
    const controller = new AbortController();
    const job = { index: count++, request, signal: controller.signal };
    job.stop = (reason) => controller.abort(reason);
    job.work = run(job);
    jobs.add(job);
    const result = { index: job.index, request: job.request };
    try {
      result.task = await job.work;
      jobs.delete(job);
    } catch (error) {
      result.error = error;
      if (isOver(error) || !job.taskId) jobs.delete(job);
    }
    return [result, job.onTaken];
  };

  const stop = () => {
    if (isStopped) return;
    isStopped = true;
    wake?.();
    for (const job of jobs) {
      // Let an in-flight create finish, or its task id is lost. An abort does not wait.
      job.isStopping = true;
      if (!job.isCreating || gaveUp) job.stop(gaveUp?.[0]);
    }
    if (!isOut) (async () => source.return?.())().catch(report);
  };

  const results = (async function* () {
    const end = follow(signal, (reason) => {
      gaveUp = [reason];
      stop();
    });
    try {
      fill();
      while (!isStopped && lanes) {
        if (!ended.length) {
          await new Promise((resolve) => (wake = resolve));
          continue;
        }
        const [result, onTaken] = ended.shift() ?? [];
        lanes--;
        fill();
        if (!result) continue;
        try {
          yield result;
        } finally {
          await onTaken?.();
        }
      }
      if (gaveUp) throw gaveUp[0];
      if (failure) throw failure.error;
    } finally {
      end();
      stop();
      await Promise.allSettled([...jobs].map((job) => job.work));
    }
  })();

  return {
    next: () => results.next(),
    // Also while a result is waited for.
    return(value) {
      stop();
      return results.return(value);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    get running() {
      return [...jobs].filter(({ taskId }) => taskId).map(({ index, request, taskId }) => ({ index, request, taskId }));
    },
  };
};
