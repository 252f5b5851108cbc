// A call with a fault, on any platform.

/** The source of a function `attempt(spec)` for a module that imports the package. It returns everything that a caller can see. */
export const attempt = `
const attempt = async ({ baseUrl, key, call, taskId, attemptMs, patienceMs, streamCreates }) => {
  const client = new Sd2Client({ apiKey: key, baseUrl, maxRetries: 1, timeoutMs: attemptMs, streamCreates });
  const request = { model: "sd2", inputs: { prompt: "A cat playing piano" } };
  const wait = { timeoutMs: patienceMs, pollIntervalMs: 25 };
  const seen = [];
  const note = (error) => {
    for (let e = error; e != null; e = e.cause) seen.push(String(e), e.stack, JSON.stringify(e), ...Object.values(e).map(String));
    return { code: Sd2Error.is(error) ? error.code : String(error), taskId: error?.taskId, body: error?.body?.length ?? 0 };
  };
  const all = async () => {
    const results = [];
    for await (const { error } of generateAll(client, [request, request], wait)) results.push(error ? note(error) : { code: "ok" });
    return results;
  };
  const calls = {
    createTask: () => client.createTask(request),
    generate: () => client.generate(request, wait),
    queryTask: () => client.queryTask(taskId),
    confirmCallback: () => confirmCallback(client, { taskId, status: "COMPLETED" }),
    getCredits: () => client.getCredits(),
    waitForTask: () => client.waitForTask(taskId, wait),
  };
  const began = Date.now();
  const results = call === "generateAll" ? await all() : [await calls[call]().then(() => ({ code: "ok" }), note)];
  return { results, seen: seen.join(" "), ms: Date.now() - began };
};`;
