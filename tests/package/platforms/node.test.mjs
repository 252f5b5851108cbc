// Each method in Node with the emulated service.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { inspect } from "node:util";
import { load, runScript } from "../../support/project.mjs";
import { startSandbox } from "../../support/sandbox.mjs";

const { estimateCredits, Sd2Client, Sd2Error, validateRequest } = await load();
const KEY = "sandbox-key";
const request = { model: "sd2", inputs: { prompt: "A cat playing piano" } };
const modes = {
  text: request,
  image: {
    model: "sd2-fast",
    inputs: { urls: ["https://example.com/photo.jpg"], prompt: "She smiles", duration: "4s" },
  },
  keyframe: {
    model: "sd2",
    inputs: {
      urls: ["https://example.com/a.jpg", "asset://asset-20260326-abc123"],
      videoInputMode: "keyframe",
      upscaleResolution: "2k",
    },
  },
  reference: {
    model: "sd2",
    callBackUrl: "https://example.com/webhook",
    inputs: {
      videoInputMode: "reference",
      resolution: "720x1280",
      urls: ["https://example.com/a.jpg"],
      videoUrls: ["https://example.com/a.mp4"],
      audioUrls: ["https://example.com/a.mp3"],
    },
  },
};

const sandbox = await startSandbox();
let client;
beforeEach(async () => {
  await sandbox.reset();
  client = new Sd2Client({ apiKey: KEY, baseUrl: sandbox.baseUrl });
});
const fast = { pollIntervalMs: 40 };

/** The error that a call rejects with. */
const failure = promise =>
  promise.then(
    value => assert.fail(`it resolved to ${inspect(value)}`),
    error => error,
  );

for (const [mode, request] of Object.entries(modes)) {
  test(`generate makes a video from a request in ${mode} mode for the estimated price`, async () => {
    const said = validateRequest(request);
    assert.deepEqual([said.valid, said.mode, said.issues], [true, mode, []]);
    assert.equal(said.credits, estimateCredits(request).total);

    const created = [];
    const updates = [];
    const task = await client.generate(request, {
      ...fast,
      onCreated: taskId => created.push(taskId),
      onUpdate: update => updates.push(update),
    });
    assert.equal(task.status, "COMPLETED");
    assert.equal(task.creditsUsed, said.credits);
    assert.equal(task.error, null);
    assert.deepEqual(created, [task.taskId]);
    const video = await fetch(task.output[0].url);
    assert.equal(video.status, 200);
    assert.equal(video.headers.get("content-type"), "video/mp4");

    const last = updates.at(-1);
    assert.deepEqual([last.progress, last.polls, last.task.taskId], [1, updates.length, task.taskId]);
    const progress = updates.map(update => update.progress);
    assert.deepEqual(progress, progress.toSorted?.((a, b) => a - b) ?? progress);

    const ledger = await sandbox.ledger();
    assert.equal(ledger.createRequests, 1);
    assert.equal(ledger.creditsReserved, said.credits);
    const { headers } = ledger.endpoints.queryTask;
    assert.ok(headers.includes("authorization") && !headers.includes("content-type"), headers.join());
  });
}

test("createTask, queryTask, getCredits and waitForTask resolve to the service's responses", async () => {
  const { taskId } = await client.createTask(request);
  const running = await client.queryTask(taskId);
  assert.deepEqual(Object.keys(running).sort(), [
    "completeTime",
    "createTime",
    "creditsUsed",
    "error",
    "model",
    "output",
    "status",
    "taskId",
  ]);
  assert.ok(["PENDING", "PROCESSING"].includes(running.status));
  assert.deepEqual(await client.getCredits(), { credits: 5000, availableCredits: 4800 });
  const done = await client.waitForTask(taskId, fast);
  assert.deepEqual(done, await client.queryTask(taskId));
  assert.deepEqual(await client.getCredits(), { credits: 4800, availableCredits: 4800 });
});

test("generate makes a video of each request, even if there are more than slots", async () => {
  const tasks = await Promise.all(Array.from({ length: 5 }, () => client.generate(request, fast)));
  assert.equal(new Set(tasks.map(task => task.taskId)).size, 5);
  const ledger = await sandbox.ledger();
  assert.equal(ledger.createRequests, 5);
});

test("generate waits after a 429; createTask rejects", async () => {
  await sandbox.faults({ on: "createTask", kind: "status", status: 429 });
  const error = await failure(client.createTask(request));
  assert.deepEqual([error.code, error.retryable, error.status], ["concurrency_limit", true, 429]);
  await sandbox.faults({ on: "createTask", kind: "status", status: 429, retryAfter: 1 });
  assert.equal((await client.generate(request, fast)).status, "COMPLETED");
  assert.equal((await sandbox.ledger()).tasksMade, 1);
});

test("unknown fields are kept, and unknown states count as running", async () => {
  const { taskId } = await client.createTask(request);
  await sandbox.task(taskId, { patch: { status: "QUEUED_TWICE", position: 7, output: null } });
  const seen = [];
  const wait = client.waitForTask(taskId, {
    ...fast,
    onUpdate: ({ task }) => {
      if (seen.push(task) === 2) void sandbox.task(taskId, { clear: true });
    },
  });
  assert.equal((await wait).status, "COMPLETED");
  assert.deepEqual([seen[0].status, seen[0].position], ["QUEUED_TWICE", 7]);
});

test("a wait survives failures of the service", async () => {
  const { taskId } = await client.createTask(request);
  await sandbox.faults(
    { on: "queryTask", kind: "status", status: 500 },
    { on: "queryTask", kind: "reset_before" },
    { on: "queryTask", kind: "not_json" },
    { on: "queryTask", kind: "truncated" },
    { on: "queryTask", kind: "status", status: 429 },
  );
  assert.equal((await client.waitForTask(taskId, fast)).status, "COMPLETED");
});

test("a call that is safe to repeat is repeated up to maxRetries times", async () => {
  await sandbox.faults({ on: "credits", kind: "status", status: 500, times: 2 });
  assert.equal((await client.getCredits()).credits, 5000);
  assert.equal((await sandbox.ledger()).endpoints.credits.count, 3);

  await sandbox.faults({ on: "credits", kind: "status", status: 503, times: 0 });
  const impatient = new Sd2Client({ apiKey: KEY, baseUrl: sandbox.baseUrl, maxRetries: 1 });
  const error = await failure(impatient.getCredits());
  assert.deepEqual([error.code, error.status, error.retryable], ["server_error", 503, true]);
  assert.equal((await sandbox.ledger()).endpoints.credits.count, 5);
});

test("an attempt that hangs rejects with timeout", async () => {
  await sandbox.faults({ on: "credits", kind: "hang", times: 0 });
  const impatient = new Sd2Client({ apiKey: KEY, baseUrl: sandbox.baseUrl, maxRetries: 0 });
  const error = await failure(impatient.getCredits({ timeoutMs: 100 }));
  assert.deepEqual([error.code, error.retryable], ["timeout", true]);
});

for (const [fault, status] of [
  [{ kind: "status", status: 500 }, 500],
  [{ kind: "status", status: 502, after: true }, 502],
  [{ kind: "reset_before" }, undefined],
  [{ kind: "reset_after" }, undefined],
  [{ kind: "hang" }, undefined],
  [{ kind: "hang_body" }, undefined],
  [{ kind: "truncated" }, 200],
  [{ kind: "not_json" }, 200],
  [{ kind: "no_task_id" }, 200],
  [{ kind: "empty" }, 200],
]) {
  for (const method of ["createTask", "generate"]) {
    const what = Object.values(fault).join(" ");
    test(`${method} sends a create once and rejects with outcome_unknown: ${what}`, async () => {
      await sandbox.faults({ on: "createTask", ...fault });
      // Enough time for the request to arrive on any machine, even if there is no response.
      const timeoutMs = fault.kind.startsWith("hang") ? 2_000 : 60_000;
      const impatient = new Sd2Client({ apiKey: KEY, baseUrl: sandbox.baseUrl, timeoutMs });
      const error = await failure(impatient[method](request));
      assert.deepEqual([error.code, error.retryable], ["outcome_unknown", false]);
      assert.match(error.message, /may have been created and charged/);
      if (status) assert.equal(error.status, status);
      const ledger = await sandbox.ledger();
      assert.equal(ledger.createRequests, 1);
    });
  }
}

test("a create that was certainly not connected is retried and rejects with network", async () => {
  const gone = await startSandbox();
  await gone.stop();
  const attempts = [];
  const lost = new Sd2Client({
    apiKey: KEY,
    baseUrl: gone.baseUrl,
    maxRetries: 2,
    logger: event => attempts.push(event.type),
  });
  const error = await failure(lost.createTask(request));
  assert.deepEqual([error.code, error.retryable], ["network", true]);
  assert.equal(attempts.filter(type => type === "attempt").length, 3);
  assert.ok(error.cause instanceof Error);
});

test("a redirect is never followed", async () => {
  for (const [on, method, code] of [
    ["credits", "getCredits", "unexpected_response"],
    ["createTask", "createTask", "outcome_unknown"],
  ]) {
    await sandbox.faults({ on, kind: "redirect" });
    assert.equal((await failure(client[method](method === "createTask" ? request : undefined))).code, code);
  }
  assert.equal((await sandbox.ledger()).endpoints.redirected, undefined);
});

test("each refusal of the service has its code", async () => {
  for (const [status, code] of [
    [400, "invalid_request"],
    [401, "unauthorized"],
    [402, "insufficient_credits"],
    [403, "forbidden"],
    [404, "not_found"],
    [415, "unexpected_response"],
  ]) {
    for (const [on, call] of [
      ["createTask", () => client.createTask(request)],
      ["credits", () => client.getCredits()],
      ["queryTask", () => client.queryTask("task_1")],
    ]) {
      await sandbox.faults({ on, kind: "status", status, message: "Because." });
      const error = await failure(call());
      assert.deepEqual([error.code, error.status, error.retryable], [code, status, false], `${on} ${status}`);
      assert.match(error.message, /: Because\. /);
      assert.match(error.body, /Because/);
    }
  }
  assert.equal((await sandbox.ledger()).requests.length, 18);
});

test("too few credits, another account's task and an unknown task have their codes", async () => {
  const poor = new Sd2Client({ apiKey: "sandbox-poor", baseUrl: sandbox.baseUrl });
  assert.equal((await failure(poor.generate(request))).code, "insufficient_credits");
  const { taskId } = await client.createTask(request);
  const other = new Sd2Client({ apiKey: "sandbox-other", baseUrl: sandbox.baseUrl });
  const forbidden = await failure(other.waitForTask(taskId));
  assert.deepEqual([forbidden.code, forbidden.taskId], ["forbidden", taskId]);
  assert.equal((await failure(client.queryTask("task_unknown"))).code, "not_found");
  const stranger = new Sd2Client({ apiKey: "stranger", baseUrl: sandbox.baseUrl });
  assert.equal((await failure(stranger.getCredits())).code, "unauthorized");
});

test("a failed task rejects with the service's reason and the task", async () => {
  const error = await failure(client.generate({ model: "sd2", inputs: { prompt: "[fail: No cats today]" } }, fast));
  assert.deepEqual([error.code, error.retryable, error.task.status], ["task_failed", false, "FAILED"]);
  assert.match(error.message, /No cats today/);
  assert.equal(error.taskId, error.task.taskId);
});

test("a wait that times out names its task, and a later wait continues", async () => {
  const { taskId } = await client.createTask({
    model: "sd2",
    inputs: { prompt: "a", duration: "15s", upscaleResolution: "4k" },
  });
  await sandbox.task(taskId, { status: "PROCESSING" });
  const error = await failure(client.waitForTask(taskId, { ...fast, timeoutMs: 150 }));
  assert.deepEqual([error.code, error.retryable, error.taskId], ["wait_timeout", true, taskId]);
  await sandbox.task(taskId, { finish: "COMPLETED" });
  assert.equal((await client.waitForTask(taskId, { timeoutMs: Infinity })).status, "COMPLETED");
});

test("a completed task without a readable output is polled again, and then rejects with the task", async () => {
  const { taskId } = await client.createTask(request);
  await sandbox.task(taskId, { finish: "COMPLETED", patch: { output: null } });
  const error = await failure(client.waitForTask(taskId, fast));
  assert.deepEqual([error.code, error.task.status], ["unexpected_response", "COMPLETED"]);
  assert.equal((await sandbox.ledger()).endpoints.queryTask.count, 4);
});

test("an abort during a pause rejects with the reason of the signal", { timeout: 120_000 }, async () => {
  const { taskId } = await client.createTask(request);
  await sandbox.task(taskId, { status: "PROCESSING" });
  for (const reason of [new Error("mine"), "a text", { any: "thing" }]) {
    const controller = new AbortController();
    const wait = client.waitForTask(taskId, {
      signal: controller.signal,
      pollIntervalMs: 3_600_000,
      onUpdate: () => setTimeout(() => controller.abort(reason), 10),
    });
    assert.equal(await failure(wait), reason);
  }
  const controller = new AbortController();
  controller.abort();
  const { name } = await failure(client.waitForTask(taskId, { signal: controller.signal }));
  assert.equal(name, "AbortError");
});

test("an abort ends a hanging call, and an already aborted signal sends nothing", { timeout: 120_000 }, async () => {
  await sandbox.faults({ on: "any", kind: "hang", times: 0 });
  for (const call of [
    options => client.createTask(request, options),
    options => client.generate(request, options),
    options => client.queryTask("task", options),
    options => client.getCredits(options),
  ]) {
    const reason = new Error("mine");
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 20);
    assert.equal(await failure(call({ signal: controller.signal })), reason);
    const { length } = (await sandbox.ledger()).requests;
    assert.equal(await failure(call({ signal: AbortSignal.abort(reason) })), reason);
    assert.equal((await sandbox.ledger()).requests.length, length);
  }
});

test("a finished call does not keep a program alive", { timeout: 120_000 }, async () => {
  await runScript(
    "leftovers.mjs",
    `import { Sd2Client } from "sd2-client";
     const client = new Sd2Client({ apiKey: "${KEY}", baseUrl: process.argv[2] ?? process.env.BASE_URL, timeoutMs: 3_600_000 });
     await client.getCredits();
     const { taskId } = await client.createTask({ model: "sd2", inputs: { prompt: "a" } });
     const controller = new AbortController();
     const onUpdate = () => controller.abort(new Error("mine"));
     await client.waitForTask(taskId, { signal: controller.signal, onUpdate, pollIntervalMs: 3_600_000 }).catch(() => {});
     await client.waitForTask("task_unknown", { timeoutMs: 3_600_000 }).catch(() => {});`,
    { env: { BASE_URL: sandbox.baseUrl } },
  );
});

test("listeners that throw or reject are reported, and lose no task", async () => {
  const output = await runScript(
    "throwing.mjs",
    `import { Sd2Client } from "sd2-client";
     const logger = () => { throw new Error("from logger"); };
     const client = new Sd2Client({ apiKey: "${KEY}", baseUrl: process.env.BASE_URL, logger });
     const task = await client.generate({ model: "sd2", inputs: { prompt: "a" } }, {
       pollIntervalMs: 40,
       onCreated: () => { throw "from onCreated"; },
       onUpdate: async () => { throw new Error("from onUpdate"); },
     });
     console.log(task.status);`,
    { env: { BASE_URL: sandbox.baseUrl } },
  );
  for (const text of ["from logger", "from onCreated", "from onUpdate", "COMPLETED"])
    assert.ok(output.includes(text), text);
});

test("Sd2Error is a real Error and recognizes errors of another copy", async () => {
  const error = await failure(client.createTask({ model: "sd2", inputs: {} }));
  assert.ok(error instanceof Sd2Error && error instanceof Error && Sd2Error.is(error));
  assert.deepEqual([error.name, error.code, error.retryable], ["Sd2Error", "invalid_request", false]);
  assert.deepEqual(
    error.issues.map(({ path, code, severity }) => [path, code, severity]),
    [[["inputs", "prompt"], "prompt_required", "error"]],
  );
  assert.match(error.stack, /Sd2Error: /);
  assert.deepEqual((await sandbox.ledger()).requests, []);

  const copy = await load("sd2-client", "copy");
  assert.notEqual(copy.Sd2Error, Sd2Error);
  assert.ok(copy.Sd2Error.is(error) && !(error instanceof copy.Sd2Error));
  for (const other of [undefined, null, 1, "Sd2Error", new Error("a"), { name: "Error", code: "network" }]) {
    assert.equal(Sd2Error.is(other), false);
  }
});

test("a client does not show its key", async () => {
  const key = "secret-7f3a9c";
  const holds = value =>
    inspect(value, { depth: 20, showHidden: true, getters: true }).includes(key) || String(value).includes(key);
  const options = { apiKey: key, baseUrl: sandbox.baseUrl, maxRetries: 0, logger: event => events.push(event) };
  const events = [];
  const client = new Sd2Client(options);
  assert.equal(holds(client), false);
  assert.equal(JSON.stringify(client)?.includes(key) ?? false, false);
  assert.deepEqual(Reflect.ownKeys(client), []);

  const failing = thrown => new Sd2Client({ ...options, fetch: () => Promise.reject(thrown) });
  const deep = new TypeError(`fetch failed with ${key}`, {
    cause: new Error(`Bearer ${key}`, { cause: { message: key, headers: key } }),
  });
  await sandbox.faults(
    { on: "credits", kind: "status", status: 401, message: `The key ${key} is unknown.` },
    { on: "credits", kind: "not_json", message: `<p>${key}</p>` },
    { on: "createTask", kind: "status", status: 500, message: key },
  );
  for (const call of [
    () => client.getCredits(),
    () => client.getCredits(),
    () => client.createTask(request),
    () => failing(deep).getCredits(),
    () => failing(deep).createTask(request),
    () => failing(`${key}`).getCredits(),
    () => failing({ message: key, code: key, name: key, cause: { message: key } }).getCredits(),
  ]) {
    const error = await failure(call());
    assert.ok(Sd2Error.is(error), inspect(error));
    assert.equal(holds(error), false, inspect(error));
    assert.equal(JSON.stringify(error).includes(key), false);
    assert.ok(inspect(error, { depth: 20 }).includes("[key]"), inspect(error));
  }
  assert.ok(events.length > 0);
  assert.equal(holds(events), false);
});

test("fetch is called as a plain function with only the documented headers", async () => {
  const calls = [];
  const answers = [{ taskId: "task_1" }, { credits: 1, availableCredits: 1 }];
  const client = new Sd2Client({
    apiKey: " key\n",
    headers: { "X-Tenant": "a" },
    fetch(...all) {
      calls.push([this, all]);
      // Like a Response, but without ok, clone and body.
      const answer = answers.shift();
      return { status: 200, headers: { get: () => null }, json: () => answer };
    },
  });
  assert.deepEqual(await client.createTask(request), { taskId: "task_1" });
  assert.deepEqual(await client.getCredits(), { credits: 1, availableCredits: 1 });
  const [[self, [url, init, ...rest]], [, [creditsUrl, creditsInit]]] = calls;
  assert.ok(self === undefined);
  assert.deepEqual(rest, []);
  assert.equal(url, "https://seegen.ai/api/v1/jobs/createTask");
  assert.equal(creditsUrl, "https://seegen.ai/api/v1/account/credits");
  assert.deepEqual([init.method, init.redirect, creditsInit.method ?? "GET"], ["POST", "manual", "GET"]);
  assert.deepEqual(
    { ...init.headers },
    { "X-Tenant": "a", Authorization: "Bearer key", "Content-Type": "application/json" },
  );
  assert.deepEqual({ ...creditsInit.headers }, { "X-Tenant": "a", Authorization: "Bearer key" });
  assert.deepEqual(JSON.parse(init.body), request);
  assert.ok(init.signal instanceof AbortSignal);
});

test("a misbehaving fetch rejects with an Sd2Error", async () => {
  for (const fetch of [
    () => {
      throw new Error("at once");
    },
    () => Promise.reject("a text"),
    () => Promise.reject(undefined),
    () => Promise.reject(Object.create(null)),
    () =>
      Promise.reject(
        new Proxy(
          {},
          {
            get: () => {
              throw new Error("trap");
            },
          },
        ),
      ),
    () => undefined,
    () => null,
    () => ({}),
    () => ({ status: "200" }),
    () => ({ status: 200, headers: {}, text: () => Promise.reject(new Error("body")) }),
    () => ({ status: 200, headers: null, text: () => 7 }),
    () => ({
      get status() {
        throw new Error("getter");
      },
    }),
    () => ({ status: 200 }),
  ]) {
    const client = new Sd2Client({ apiKey: "key", fetch, maxRetries: 0 });
    const create = await failure(client.createTask(request));
    assert.ok(Sd2Error.is(create), `${fetch}: ${inspect(create)}`);
    assert.equal(create.code, "outcome_unknown", `${fetch}: ${inspect(create)}`);
    const read = await failure(client.getCredits());
    assert.ok(["network", "unexpected_response"].includes(read.code), `${fetch}: ${inspect(read)}`);
  }
});

test("changing a request after the call has no effect", async () => {
  const mutable = structuredClone(request);
  const created = client.createTask(mutable);
  mutable.inputs.prompt = "";
  mutable.model = "sd3";
  const { taskId } = await created;
  assert.equal((await client.queryTask(taskId)).model, "sd2");
});

test("wrong constructor options throw invalid_argument", () => {
  for (const options of [
    undefined,
    null,
    {},
    "key",
    { apiKey: "" },
    { apiKey: "two words" },
    { apiKey: "schlüssel" },
    { apiKey: 7 },
    { apiKey: "key", baseUrl: "api" },
    { apiKey: "key", gateway: true },
    { apiKey: "key", baseUrl: "http://example.com" },
    { apiKey: "key", baseUrl: "ftp://example.com" },
    { apiKey: "key", fetch: "fetch" },
    { apiKey: "key", logger: {} },
    { apiKey: "key", timeoutMs: "30s" },
    { apiKey: "key", timeoutMs: NaN },
    { apiKey: "key", timeoutMs: -1 },
    { apiKey: "key", maxRetries: 1.5 },
    { apiKey: "key", concurrency: 0 },
    { apiKey: "key", headers: { "bad name": "a" } },
    { apiKey: "key", headers: { a: "b\r\nc: d" } },
  ]) {
    assert.throws(
      () => new Sd2Client(options),
      error =>
        Sd2Error.is(error) && error.code === "invalid_argument" && !error.retryable && error.message.endsWith("."),
      inspect(options),
    );
  }
  new Sd2Client({ baseUrl: "https://gateway.example.com/" });
  new Sd2Client({ apiKey: "key", baseUrl: "http://example.com", allowInsecure: true });
});

test("wrong arguments of a call reject with invalid_argument and send nothing", async () => {
  for (const call of [
    () => client.queryTask(""),
    () => client.queryTask(undefined),
    () => client.waitForTask({ taskId: "a" }),
    () => client.getCredits({ timeoutMs: 0 }),
    () => client.getCredits({ signal: {} }),
    () => client.generate(request, { onCreated: "a" }),
    () => client.generate(request, { pollIntervalMs: -1 }),
  ]) {
    const error = await failure(call());
    assert.equal(error.code, "invalid_argument", `${call}: ${inspect(error)}`);
  }
  assert.deepEqual((await sandbox.ledger()).requests, []);
});

test("validate: false sends an invalid request", async () => {
  const trusting = new Sd2Client({ apiKey: KEY, baseUrl: sandbox.baseUrl, validate: false });
  const error = await failure(trusting.createTask({ model: "sd3", inputs: {} }));
  assert.deepEqual([error.code, error.status], ["invalid_request", 400]);
});

test("without a key, no Authorization is sent", async () => {
  const anonymous = new Sd2Client({ baseUrl: sandbox.baseUrl });
  assert.equal((await failure(anonymous.getCredits())).code, "unauthorized");
  const { headers } = (await sandbox.ledger()).endpoints.credits;
  assert.equal(headers.includes("authorization"), false);
});
