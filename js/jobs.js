import { report } from "./boundary.js";
import { isOver } from "./store.js";

/**
 * Runs a job for each request of a source, at most so many at once, and gives the results in the order of completion.
 * A request is taken from the source when there is room for it; a result that nobody took yet fills its room.
 *
 * `run(job)` gets `{ index, request, signal }`, resolves to the task, keeps `taskId` and `isCreating` in the job, and
 * calls `stop` when it was creating and `isStopping`. `onTaken` is called when who got the result has had its turn with it:
 * when it asks for the next one, or leaves.
 */
export const iterate = (source, limit, signal, run) => {
  // Those whose task may still run at the service.
  const jobs = new Set();
  const lanes = new Set();
  let count = 0;
  let isTaking = false;
  let isOut = false;
  let isStopped = false;
  let failure;
  let halt;
  const halted = new Promise((resolve) => (halt = resolve));

  const fill = () => {
    if (isTaking || isOut || isStopped || lanes.size >= limit) return;
    isTaking = true;
    const lane = take().then((taken) => [lane, ...(taken ?? [])]);
    lanes.add(lane);
  };

  const take = async () => {
    let item;
    try {
      item = await source.next();
    } catch (error) {
      // Told when the others have ended.
      failure = { error };
    }
    isTaking = false;
    isOut = !item || item.done;
    if (isOut || isStopped) return;
    fill();
    const controller = new AbortController();
    const job = { index: count++, request: item.value, signal: controller.signal };
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
    signal?.removeEventListener("abort", stop);
    halt([]);
    for (const job of jobs) {
      // A create that is under way is let through, or its task would be lost; but who aborts does not wait for it.
      job.isStopping = true;
      if (!job.isCreating || signal?.aborted) job.stop(signal?.reason);
    }
    if (!isOut) (async () => source.return?.())().catch(report);
  };

  const results = (async function* () {
    signal?.addEventListener("abort", stop);
    if (signal?.aborted) stop();
    try {
      fill();
      while (!isStopped && lanes.size) {
        const [lane, result, onTaken] = await Promise.race([halted, ...lanes]);
        lanes.delete(lane);
        fill();
        if (!result || isStopped) continue;
        try {
          yield result;
        } finally {
          await onTaken?.();
        }
      }
      if (signal?.aborted) throw signal.reason;
      if (failure) throw failure.error;
    } finally {
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
