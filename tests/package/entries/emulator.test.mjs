// `sd2-client/emulator`: tests of an app without a server. The sandbox serves the same crate, emulator/.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load, runScript, write } from "../../support/project.mjs";
import { request } from "../../support/service.mjs";
import { snippets } from "../../support/snippets.mjs";
import { bundle, startWorker } from "../../support/workerd.mjs";

const { confirmCallback, Sd2Client, Sd2Error } = await load();
const { createEmulator } = await load("sd2-client/emulator");

/** A service with quick tasks, and its client. */
const start = (options, clientOptions) => {
  const service = createEmulator({ speed: 1_000, ...options });
  const client = new Sd2Client({ apiKey: "sandbox-key", fetch: service.fetch, maxRetries: 1, ...clientOptions });
  return { service, client };
};
const codeOf = promise =>
  promise.then(
    () => "ok",
    error => (Sd2Error.is(error) ? error.code : error),
  );
const soon = { pollIntervalMs: 5 };

test("generate works with the emulator and without a server", async () => {
  const { service, client } = start();
  const task = await client.generate(request("A cat", { resolution: "720x960" }), soon);
  assert.deepEqual(
    [task.status, task.creditsUsed, task.output[0].width, task.output[0].height],
    ["COMPLETED", 200, 720, 960],
  );
  assert.equal(task.output[0].url, `https://seegen.ai/videos/${task.taskId}-720x960.mp4`);
  assert.deepEqual(await client.getCredits(), { credits: 4800, availableCredits: 4800 });
  const { createRequests, tasksMade, creditsReserved, tasks } = service.ledger();
  assert.deepEqual([createRequests, tasksMade, creditsReserved, tasks[0].prompt], [1, 1, 200, "A cat"]);
});

test("the emulated clock runs at the given speed and can be advanced", async () => {
  const { service, client } = start({ speed: 0.001 });
  const { taskId } = await client.createTask(request());
  assert.equal((await client.queryTask(taskId)).status, "PENDING");
  await service.advance(60_000);
  assert.equal((await client.queryTask(taskId)).status, "COMPLETED");
  assert.ok(service.ledger().now >= 60_000);
});

test("emulators do not share tasks or credits", async () => {
  const one = start();
  const other = start();
  const { taskId } = await one.client.createTask(request());
  assert.equal(await codeOf(other.client.queryTask(taskId)), "not_found");
  assert.equal(other.service.ledger().createRequests, 0);
  const ids = [taskId, (await other.client.createTask(request())).taskId];
  assert.notEqual(ids[0], ids[1]);
});

test("a test can choose keys and balances", async () => {
  const { service, client } = start({ keys: { mine: 250, yours: 100 } }, { apiKey: "mine" });
  assert.equal((await client.getCredits()).credits, 250);
  assert.equal(
    await codeOf(new Sd2Client({ apiKey: "sandbox-key", fetch: service.fetch }).getCredits()),
    "unauthorized",
  );
  assert.equal(service.setCredits("mine", 0), 0);
  assert.equal(await codeOf(client.createTask(request())), "insufficient_credits");
  assert.equal(service.setCredits("new", 7), 2);
  assert.deepEqual(
    service.ledger().accounts.map(({ credits }) => credits),
    [0, 100, 7],
  );
});

test("each documented error has its documented status", async () => {
  const { service, client } = start({ speed: 0.001 });
  const { taskId } = await client.createTask(request());
  const other = new Sd2Client({ apiKey: "sandbox-other", fetch: service.fetch });
  const poor = new Sd2Client({ apiKey: "sandbox-poor", fetch: service.fetch });
  const free = new Sd2Client({ apiKey: "sandbox-key", fetch: service.fetch, validate: false });
  assert.equal(await codeOf(free.createTask({ model: "sd3" })), "invalid_request");
  assert.equal(await codeOf(poor.createTask(request())), "insufficient_credits");
  assert.equal(await codeOf(other.queryTask(taskId)), "forbidden");
  assert.equal(await codeOf(client.queryTask("task_none")), "not_found");
  service.reset();
  for (let i = 0; i < 3; i++) await client.createTask(request());
  assert.equal(await codeOf(client.createTask(request())), "concurrency_limit");
});

for (const [fault, code, tasks] of [
  [{ kind: "reset_before" }, "outcome_unknown", 0],
  [{ kind: "reset_after" }, "outcome_unknown", 1],
  [{ kind: "hang" }, "outcome_unknown", 1],
  [{ kind: "hang_body" }, "outcome_unknown", 1],
  [{ kind: "truncated" }, "outcome_unknown", 1],
  [{ kind: "status", status: 500, after: true }, "outcome_unknown", 1],
  [{ kind: "not_json" }, "outcome_unknown", 1],
  [{ kind: "empty" }, "outcome_unknown", 1],
  [{ kind: "no_task_id" }, "outcome_unknown", 1],
  [{ kind: "huge", bytes: 5_000_000 }, "outcome_unknown", 1],
  [{ kind: "status", status: 204 }, "outcome_unknown", 0],
  [{ kind: "status", status: 429, retryAfter: 3600 }, "concurrency_limit", 0],
  [{ kind: "not_json", status: 403, before: true }, "forbidden", 0],
  [{ kind: "latency", ms: 5 }, "ok", 1],
]) {
  test(`a fault applies once: ${JSON.stringify(fault)}`, async () => {
    const { service, client } = start({}, { timeoutMs: 300 });
    assert.equal(service.fault({ on: "createTask", ...fault }).length, 1);
    assert.equal(await codeOf(client.createTask(request())), code);
    const { createRequests, tasksMade } = service.ledger();
    assert.deepEqual([createRequests, tasksMade, service.faults().length], [1, tasks, 0]);
    assert.equal(await codeOf(client.createTask(request())), "ok");
  });
}

test("clearFaults removes waiting faults", async () => {
  const { service, client } = start();
  service.fault({ on: "credits", kind: "status", times: 0 }, { on: "any", kind: "hang", times: 0 });
  assert.equal(service.faults().length, 2);
  service.clearFaults();
  assert.equal(await codeOf(client.getCredits()), "ok");
});

test("a test can end a task or change the responses about it", async () => {
  const { service, client } = start({ speed: 0.001 });
  const { taskId } = await client.createTask(request());
  service.task(taskId, { status: "QUEUED", patch: { position: 4 } });
  const shown = await client.queryTask(taskId);
  assert.deepEqual([shown.status, shown.position], ["QUEUED", 4]);
  assert.equal(service.task(taskId, { finish: "FAILED", error: "No luck" }).status, "FAILED");
  await assert.rejects(client.waitForTask(taskId, soon), { code: "task_failed", message: /No luck/ });
  assert.throws(() => service.task(taskId, { finish: "COMPLETED" }), { code: "invalid_argument", message: /ended/ });
});

test("a callback is sent with the given fetch and contains the task", async () => {
  const seen = [];
  const receive = async (url, { method, headers, body }) => {
    seen.push([url, method, headers["Content-Type"]]);
    const task = await (confirmCallback ? confirmCallback(client, body) : confirmCallback(client, body));
    assert.deepEqual(task, JSON.parse(body));
    return { status: 204 };
  };
  const { service, client } = start({ speed: 0.001, fetch: receive });
  const callBackUrl = "https://app.example.com/callback?token=a";
  await client.createTask({ ...request(), callBackUrl });
  await service.advance(60_000);
  assert.deepEqual(seen, [[callBackUrl, "POST", "application/json"]]);
  assert.equal(service.ledger().callbacks[0].delivered, true);
});

test("a refused callback is retried after 1, 5 and 30 seconds", async () => {
  const answers = [{ status: 500 }, Promise.reject(new Error("down")), { status: 404 }, { status: 503 }];
  answers[1].catch(() => {});
  let calls = 0;
  const { service, client } = start({ speed: 0.001, fetch: async () => answers[calls++] });
  await client.createTask({ ...request(), callBackUrl: "https://app.example.com/" });
  await service.advance(60_000);
  for (const [delay, count] of [
    [1_000, 2],
    [5_000, 3],
    [30_000, 4],
    [600_000, 4],
  ]) {
    await service.advance(delay - 500);
    assert.equal(calls, Math.min(count - 1 + (delay === 600_000), 4));
    await service.advance(500);
    assert.equal(calls, count);
  }
  const { attempts, delivered } = service.ledger().callbacks[0];
  assert.deepEqual([attempts.map(({ status }) => status), delivered], [[500, null, 404, 503], false]);
  assert.match(attempts[1].error, /down/);
});

test("callbacks are sent without advance() when they are due", async () => {
  const alive = setTimeout(() => {}, 60_000);
  const task = await new Promise(resolve => {
    const { client } = start({ fetch: async (url, { body }) => (resolve(JSON.parse(body)), { status: 200 }) });
    client.createTask({ ...request("[fail: No cats today]"), callBackUrl: "https://app.example.com/" });
  });
  clearTimeout(alive);
  assert.deepEqual([task.status, task.error], ["FAILED", "No cats today"]);
});

test("without a fetch, a callback is recorded as not sent", async () => {
  const { service, client } = start({ speed: 0.001 });
  await client.createTask({ ...request(), callBackUrl: "https://app.example.com/" });
  await service.advance(60_000);
  assert.match(service.ledger().callbacks[0].attempts[0].error, /not sent/);
});

test("an abort ends a hang with the reason of the signal", async () => {
  const { service } = start();
  const ask = signal => codeOf(service.fetch("https://seegen.ai/api/v1/account/credits", { signal }));
  const controller = new AbortController();
  service.fault({ on: "credits", kind: "hang" });
  const hanging = ask(controller.signal);
  controller.abort("mine");
  assert.deepEqual([await hanging, await ask(AbortSignal.abort("before"))], ["mine", "before"]);
  assert.equal(service.ledger().requests.length, 1);
});

test("the emulator reads a streamed create", async () => {
  const { service, client } = start({}, { streamCreates: true });
  await client.createTask(request("A stream"));
  assert.equal(service.ledger().tasks[0].prompt, "A stream");
});

test("a pending callback does not keep a program running", async () => {
  const told = await runScript(
    "emulator-ends.mjs",
    `import { Sd2Client } from "sd2-client";
     import { createEmulator } from "sd2-client/emulator";
     const service = createEmulator({ speed: 0.001, fetch: () => ({ status: 200 }) });
     const client = new Sd2Client({ apiKey: "sandbox-key", fetch: service.fetch });
     await client.createTask({ model: "sd2", inputs: { prompt: "a" }, callBackUrl: "https://app.example.com/" });
     console.log("made");`,
  );
  assert.equal(told, "made");
});

test("the Node server of docs/emulator.md works, even with a fault that breaks the connection", async () => {
  const { source } = snippets("docs/emulator.md").find(({ source }) => source.includes("createServer"));
  const told = await runScript(
    "emulator-server.mjs",
    `${source.replace("8787", "0")}
     import { once } from "node:events";
     import { Sd2Client } from "sd2-client";
     await once(server, "listening");
     service.fault({ on: "createTask", kind: "reset_after", skip: 1 });
     const client = new Sd2Client({ apiKey: "sandbox-key", baseUrl: \`http://127.0.0.1:\${server.address().port}/api/v1\` });
     const request = { model: "sd2", inputs: { prompt: "a" } };
     const { taskId } = await client.createTask(request);
     await service.advance(60_000);
     console.log((await client.queryTask(taskId)).output[0].url.startsWith("http://127.0.0.1:"));
     console.log(await client.createTask(request).catch((error) => error.code));
     server.closeAllConnections();
     server.close();`,
  );
  assert.equal(told, "true\noutcome_unknown");
});

test("the Worker of docs/emulator.md serves the emulator", async () => {
  const { source } = snippets("docs/emulator.md").find(({ language }) => language === "ts");
  const worker = source.replace("createEmulator()", "createEmulator({ speed: 1000 })");
  const miniflare = startWorker(await bundle(write("emulator/worker.ts", worker)), "2026-04-01");
  const fetch = (url, init) => miniflare.dispatchFetch(url, init);
  const client = new Sd2Client({ apiKey: "sandbox-key", baseUrl: "http://localhost/api/v1", fetch });
  assert.equal((await client.generate(request(), { pollIntervalMs: 20 })).status, "COMPLETED");
});

test("a page of another origin may call a served emulator", async () => {
  const { fetch, ledger } = createEmulator();
  const headers = { "access-control-request-headers": "authorization,content-type" };
  const url = "https://seegen.ai/api/v1/jobs/createTask";
  const preflight = await fetch(new Request(url, { method: "OPTIONS", headers }));
  assert.deepEqual(
    [preflight.status, preflight.headers.get("access-control-allow-headers")],
    [204, "Authorization, Content-Type"],
  );
  assert.equal((await fetch(url, { method: "POST" })).headers.get("access-control-allow-origin"), "*");
  assert.deepEqual(ledger().preflights.createTask.headers, ["authorization", "content-type"]);
});

test("wrong options and arguments are refused with a reason", () => {
  for (const [options, words] of [
    [{ sped: 2 }, /sped/],
    [{ speed: 0 }, /speed/],
    [{ seconds: Infinity }, /seconds/],
    [{ keys: { a: -1 } }, /keys/],
    [{ keys: { a: 2 ** 60 } }, /keys/],
    [{ fetch: "https://app.example.com" }, /fetch/],
  ]) {
    assert.throws(() => createEmulator(options), { code: "invalid_argument", message: words });
  }
  const service = createEmulator();
  assert.throws(() => service.fault({ on: "any", kind: "hangs" }), { code: "invalid_argument", message: /hangs/ });
  assert.throws(() => service.setCredits("a", -1), { code: "invalid_argument" });
  assert.throws(() => service.task("task_none", {}), { code: "invalid_argument", message: /no such task/ });
});

test("advancing beyond the clock's limit is refused, and the emulator still works", async () => {
  const { service, client } = start();
  await assert.rejects(service.advance(2 ** 53), { code: "invalid_argument" });
  await assert.rejects(service.advance(-1), { code: "invalid_argument" });
  assert.equal(await codeOf(client.createTask(request())), "ok");
});

test("an extremely nested body is refused, and the emulator still works", async () => {
  const { service, client } = start();
  const headers = { authorization: "Bearer sandbox-key" };
  for (const body of ["[".repeat(100_000), '{"model":'.repeat(100_000), `${"[".repeat(100)}${"]".repeat(100)}`]) {
    const response = await service.fetch("https://seegen.ai/api/v1/jobs/createTask", { method: "POST", headers, body });
    assert.equal(response.status, 400);
  }
  assert.equal(await codeOf(client.createTask(request())), "ok");
});
