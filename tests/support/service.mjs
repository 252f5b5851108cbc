// A service in this process, in virtual time: a test chooses how long tasks take.

/** A response, with the parts that the library reads. */
export const answer = (body, status = 200, headers = {}) => ({
  status,
  headers: { get: name => headers[name] ?? null },
  text: async () => (typeof body === "string" ? body : JSON.stringify(body)),
});

export const VIDEO = [{ url: "https://static.example.com/a.mp4", width: 1280, height: 720 }];

/** A task as the service returns it. */
export const taskOf = (taskId, status) => ({
  taskId,
  model: "sd2",
  status,
  creditsUsed: 200,
  output: status === "COMPLETED" ? VIDEO : null,
  error: status === "FAILED" ? "It failed." : null,
  createTime: 1,
  completeTime: null,
});

/**
 * `spanOf(number, request)` returns the duration of a task in ms; one of Infinity never ends. `override(endpoint, number, body)` may
 * return another response, or a promise of one.
 */
export const makeService = (
  clock,
  { spanOf = () => 30_000, slots = 3, latency = 50, override = () => undefined } = {},
) => {
  const tasks = [];
  const service = {
    tasks,
    creates: 0,
    polls: 0,
    most: 0,
    /** The time of each create. */
    times: [],
    /** The signals of running requests. */
    signals: new Set(),
    running: () => tasks.filter(({ end }) => end > clock.now).length,
    async fetch(url, init) {
      const { signal } = init;
      service.signals.add(signal);
      try {
        return await service.reply(url, init);
      } finally {
        service.signals.delete(signal);
      }
    },
    async reply(url, { body }) {
      const isCreate = url.endsWith("/jobs/createTask");
      const number = isCreate ? service.creates++ : service.polls++;
      if (isCreate) service.times.push(clock.now);
      const other = override(isCreate ? "createTask" : "queryTask", number, body && JSON.parse(body));
      if (other) return other;
      await clock.sleep(latency);
      if (isCreate) {
        if (service.running() >= slots) return answer({ message: "busy" }, 429);
        const taskId = `task_${tasks.length}`;
        tasks.push({ taskId, end: clock.now + spanOf(tasks.length, JSON.parse(body)), request: JSON.parse(body) });
        service.most = Math.max(service.most, service.running());
        return answer({ taskId });
      }
      const taskId = new URL(url).searchParams.get("taskId");
      const task = tasks.find(task => task.taskId === taskId);
      if (!task) return answer({ message: "unknown" }, 404);
      const isFailing = task.request?.inputs.prompt.includes("[fail]");
      return answer(taskOf(taskId, task.end > clock.now ? "PROCESSING" : isFailing ? "FAILED" : "COMPLETED"));
    },
  };
  return service;
};

export const request = (prompt = "a", inputs = {}) => ({ model: "sd2", inputs: { prompt: String(prompt), ...inputs } });
