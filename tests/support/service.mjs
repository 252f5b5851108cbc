// A service in this process, in the clock's time: tasks take as long as a test says.

/** An answer, as much of one as the library needs. */
export const answer = (body, status = 200, headers = {}) => ({
  status,
  headers: { get: name => headers[name] ?? null },
  text: async () => (typeof body === "string" ? body : JSON.stringify(body)),
});

export const VIDEO = [{ url: "https://static.example.com/a.mp4", width: 1280, height: 720 }];

/** What the service says of a task. */
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
 * `spanOf(number, request)` is how long a task takes, in ms; Infinity for ever. `override(endpoint, number, body)` may
 * give another answer, or a promise of one, in place of the right one.
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
    /** When each create arrived. */
    times: [],
    /** Those of requests under way. */
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
