// `gateway: true`: repeated creates, an event stream instead of frequent polls, and the queue.
import assert from "node:assert/strict";
import { test } from "node:test";
import { installClock } from "../../support/clock.mjs";
import { load } from "../../support/project.mjs";
import { answer, request, taskOf } from "../../support/service.mjs";

const { cancelTask, memoryStore, Sd2Client, Sd2Error } = await load();
const clock = installClock();
const MINUTE = 60_000;

/**
 * The protocol of a gateway, as far as a page sees it. `lose(number)` loses the answer to a create; `stream()` may give
 * another answer for `/jobs/events`.
 */
const makeGateway = ({ lose = () => false, stream } = {}) => {
  const jobs = new Map();
  const keys = new Map();
  const listeners = new Set();
  const gateway = {
    jobs,
    requests: [],
    keys: [],
    streams: 0,
    open: listeners,
    set(id, more) {
      const job = { ...(jobs.get(id) ?? taskOf(id, "PENDING")), ...more };
      jobs.set(id, job);
      for (const tell of listeners) tell(job);
    },
    end(id) {
      gateway.set(id, { ...taskOf(id, "COMPLETED"), queue: undefined });
    },
    /** Ends all streams. */
    hangUp() {
      for (const tell of listeners) tell();
    },
    count: part => gateway.requests.filter(url => url.includes(part)).length,
    async fetch(url, { method, headers, body, signal }) {
      const { pathname, searchParams } = new URL(url);
      gateway.requests.push(`${method ?? "GET"} ${pathname}`);
      if (pathname.endsWith("/jobs/createTask")) {
        const key = headers["Idempotency-Key"];
        gateway.keys.push(key);
        if (!keys.has(key)) {
          keys.set(key, `gw_${jobs.size}`);
          gateway.set(keys.get(key), { request: JSON.parse(body), queue: { position: 1 } });
        }
        if (lose(gateway.keys.length)) throw new TypeError("Failed to fetch");
        return answer({ taskId: keys.get(key) });
      }
      if (pathname.endsWith("/jobs/events")) {
        gateway.streams++;
        return stream?.() ?? eventStream(signal);
      }
      const id = searchParams.get("taskId") ?? decodeURIComponent(pathname.split("/").at(-1));
      const job = jobs.get(id);
      if (!job) return answer({ message: "Task not found." }, 404);
      if (method === "DELETE") {
        if (!job.queue) return answer({ message: "It is not in the queue any more." }, 409);
        gateway.set(id, { ...taskOf(id, "FAILED"), error: "You cancelled it.", queue: undefined });
        return answer("", 204);
      }
      return answer(job);
    },
  };
  const eventStream = signal => {
    let tell;
    const body = new ReadableStream({
      start(controller) {
        const encoder = new TextEncoder();
        tell = job => {
          if (job) return controller.enqueue(encoder.encode(`data: ${JSON.stringify(job)}\n\n`));
          listeners.delete(tell);
          controller.close();
        };
        listeners.add(tell);
        signal.addEventListener("abort", () => listeners.delete(tell) && controller.error(signal.reason));
        controller.enqueue(encoder.encode(": \n\n"));
        for (const job of jobs.values()) tell(job);
      },
    });
    return { status: 200, body };
  };
  return gateway;
};

const start = (options, more) => {
  const gateway = makeGateway(options);
  const client = new Sd2Client({
    baseUrl: "https://app.example/api/sd2",
    gateway: true,
    fetch: gateway.fetch,
    ...more,
  });
  return { gateway, client };
};

test("a create whose responses are lost is repeated with its key, and makes one task", async () => {
  const { gateway, client } = start({ lose: number => number < 4 });
  assert.equal((await clock.run(client.createTask(request()))).taskId, "gw_0");
  assert.equal(gateway.keys.length, 4);
  assert.equal(new Set(gateway.keys).size, 1);
  assert.match(gateway.keys[0], /^\w{8,}$/);
  await clock.run(client.createTask(request()));
  assert.notEqual(gateway.keys.at(-1), gateway.keys[0]);
});

test("a task whose first response was lost is in the store", async () => {
  const store = memoryStore();
  const { gateway, client } = start({ lose: number => number < 3 }, { store });
  const { taskId } = await clock.run(client.createTask(request()));
  assert.equal(gateway.jobs.size, 1);
  assert.ok([...store.values()].some(item => item.includes(taskId)));
});

test("without gateway: true, creates have no key and are not repeated", async () => {
  const { gateway, client } = start({ lose: () => true }, { gateway: false });
  await assert.rejects(clock.run(client.createTask(request())), { code: "outcome_unknown" });
  assert.deepEqual(gateway.keys, [undefined]);
});

test("with an event stream, generate sends only the create and the request of the stream", async () => {
  const { gateway, client } = start();
  const updates = [];
  const onUpdate = ({ task }) => updates.push(task.status);
  const call = client.generate(request(), { onUpdate, progressIntervalMs: 0 });
  await clock.settle();
  await clock.pass(3_000);
  gateway.set("gw_0", { status: "PROCESSING", queue: undefined });
  await clock.pass(30_000);
  gateway.end("gw_0");
  await clock.settle();
  assert.equal((await call).status, "COMPLETED");
  assert.deepEqual(gateway.requests, ["POST /api/sd2/jobs/createTask", "GET /api/sd2/jobs/events"]);
  assert.deepEqual(updates, ["PENDING", "PROCESSING", "COMPLETED"]);
  assert.equal(gateway.open.size, 0);
  assert.equal(clock.timers, 0);
});

test("all waits of a client share one stream, which closes after the last wait", async () => {
  const { gateway, client } = start();
  const ids = ["gw_a", "gw_b", "gw_c"];
  for (const id of ids) gateway.set(id, { status: "PROCESSING" });
  const waits = [...ids, "gw_a"].map(id => client.waitForTask(id));
  await clock.settle();
  assert.equal(gateway.open.size, 1);
  for (const id of ids) gateway.end(id);
  const tasks = await clock.run(Promise.all(waits));
  assert.ok(tasks.every(({ status }) => status === "COMPLETED"));
  assert.notEqual(tasks[0], tasks[3]);
  assert.equal(gateway.open.size, 0);
  assert.equal(gateway.streams, 1);
});

test("with an event stream, a wait polls every one to three minutes", async () => {
  const { gateway, client } = start();
  gateway.set("gw_a", { status: "PROCESSING" });
  const wait = client.waitForTask("gw_a");
  for (let minute = 0; minute < 60; minute++) {
    await clock.pass(MINUTE / 2);
    gateway.set("gw_a", {});
    await clock.pass(MINUTE / 2);
    if (minute % 10 === 9) gateway.set("gw_a", { queue: { position: 1 } });
  }
  const polls = gateway.count("queryTask");
  assert.ok(polls <= 62, `${polls}`);
  // A poll finds a change that was lost on the way.
  gateway.jobs.set("gw_a", taskOf("gw_a", "COMPLETED"));
  const before = clock.now;
  await clock.run(wait);
  assert.ok(clock.now - before <= 3 * MINUTE);
});

test("after a stream breaks, the snapshot of the next one ends the waits", async () => {
  const { gateway, client } = start();
  gateway.set("gw_a", { status: "PROCESSING" });
  const wait = client.waitForTask("gw_a");
  await clock.pass(5_000);
  gateway.hangUp();
  gateway.jobs.set("gw_a", taskOf("gw_a", "COMPLETED"));
  const before = clock.now;
  await clock.run(wait);
  assert.ok(clock.now - before <= 4_000, `${clock.now - before}`);
  assert.equal(gateway.streams, 2);
});

for (const [what, stream] of [
  ["cannot be opened", () => answer({ message: "no" }, 404)],
  ["fails", () => Promise.reject(new TypeError("Failed to fetch"))],
  ["is held back by a proxy", () => ({ status: 200, body: new ReadableStream() })],
  ["is missing", () => ({ status: 200 })],
  ["is a page", () => new Response("<html>data: 1")],
]) {
  test(`if the stream ${what}, the wait polls`, async () => {
    const { gateway, client } = start({ stream });
    gateway.set("gw_a", { status: "PROCESSING" });
    const wait = client.waitForTask("gw_a");
    await clock.pass(2 * MINUTE);
    assert.ok(gateway.count("queryTask") >= 5);
    assert.ok(gateway.streams < 8, `${gateway.streams}`);
    gateway.end("gw_a");
    await clock.run(wait);
    assert.equal(clock.timers, 0);
  });
}

test("after a silent minute, the stream is closed and the waits poll at once", async () => {
  let isDead = false;
  const { gateway, client } = start({ stream: () => (isDead ? answer("", 503) : undefined) });
  gateway.set("gw_a", { status: "PROCESSING" });
  const wait = client.waitForTask("gw_a");
  await clock.pass(1_000);
  const before = gateway.count("queryTask");
  isDead = true;
  gateway.jobs.set("gw_a", taskOf("gw_a", "COMPLETED"));
  const began = clock.now;
  await clock.run(wait);
  assert.ok(clock.now - began <= 65_000, `${clock.now - began}`);
  assert.equal(gateway.count("queryTask"), before + 1);
});

test("an event during a poll is not lost", async () => {
  const { gateway, client } = start();
  gateway.set("gw_a", { status: "PROCESSING" });
  const real = gateway.fetch;
  const late = new Sd2Client({
    baseUrl: "https://app.example/api/sd2",
    gateway: true,
    fetch: async (url, init) => {
      const got = await real(url, init);
      if (url.includes("queryTask")) await clock.sleep(5_000);
      return got;
    },
  });
  const wait = late.waitForTask("gw_a");
  await clock.pass(1_000);
  gateway.end("gw_a");
  const began = clock.now;
  await clock.run(wait);
  assert.ok(clock.now - began <= 4_100, `${clock.now - began}`);
  assert.equal(gateway.count("queryTask"), 1);
  assert.ok(client);
});

test("a wait does not time out while its job is in the queue", async () => {
  const { gateway, client } = start({ stream: () => answer("", 404) });
  const call = client.generate(request());
  await clock.pass(60 * MINUTE);
  gateway.set("gw_0", { status: "PROCESSING", queue: undefined });
  await clock.pass(10 * MINUTE);
  gateway.end("gw_0");
  assert.equal((await clock.run(call)).status, "COMPLETED");
});

test("cancelTask removes a queued task, and its wait rejects with the gateway's message", async () => {
  const { gateway, client } = start();
  const call = client.generate(request());
  call.catch(() => {});
  await clock.settle();
  assert.equal(await clock.run(cancelTask(client, "gw_0")), undefined);
  await assert.rejects(clock.run(call), { code: "task_failed", message: /You cancelled it/ });
  await assert.rejects(clock.run(cancelTask(client, "gw_0")), {
    code: "invalid_request",
    status: 409,
    message: "The service refused the request: It is not in the queue any more.",
  });
  await assert.rejects(clock.run(cancelTask(client, "gw_9")), { code: "not_found" });
  await assert.rejects(clock.run(cancelTask(client, "")), { code: "invalid_argument" });
  await assert.rejects(cancelTask(new Sd2Client({ apiKey: "key" }), "task"), {
    code: "invalid_argument",
    message: /gateway: true/,
  });
  assert.equal(gateway.count("DELETE /api/sd2/jobs/gw_0"), 2);
});

test("a task whose outcome the gateway does not know stays in the store", async () => {
  const store = memoryStore();
  const { gateway, client } = start({}, { store });
  const call = client.generate(request());
  call.catch(() => {});
  await clock.settle();
  gateway.set("gw_0", { status: "FAILED", error: "No answer came.", code: "outcome_unknown", queue: undefined });
  await assert.rejects(clock.run(call), { code: "outcome_unknown", taskId: "gw_0", message: /No answer came\./ });
  await clock.pass(1_000);
  assert.ok([...store.values()].some(item => item.includes("gw_0")));
  // It became a video after all.
  gateway.end("gw_0");
  assert.equal((await clock.run(client.waitForTask("gw_0"))).status, "COMPLETED");
});

test("a client without gateway: true makes a video through a gateway by polling", async () => {
  const { gateway } = start();
  const client = new Sd2Client({ baseUrl: "https://app.example/api/sd2", fetch: gateway.fetch });
  const call = client.generate(request());
  await clock.pass(20_000);
  gateway.end("gw_0");
  assert.equal((await clock.run(call)).status, "COMPLETED");
  assert.equal(gateway.streams, 0);
});

test("a baseUrl that is a path is resolved against the page's origin", async () => {
  const client = new Sd2Client({
    baseUrl: "/api/sd2/",
    gateway: true,
    fetch: async url => asked.push(url) && answer({}),
  });
  const asked = [];
  await assert.rejects(client.getCredits(), { code: "invalid_argument", message: /pass a whole URL/ });
  globalThis.location = { origin: "null", href: "file:///index.html" };
  await assert.rejects(client.getCredits(), { code: "invalid_argument" });
  globalThis.location = { origin: "https://app.example", href: "https://app.example/a/b" };
  await assert.rejects(clock.run(client.getCredits()), { code: "unexpected_response" });
  delete globalThis.location;
  assert.deepEqual(asked, ["https://app.example/api/sd2/account/credits"]);
});

test("gateway: true without a baseUrl is refused", () => {
  for (const baseUrl of [undefined, "https://seegen.ai/api/v1"]) {
    assert.throws(
      () => new Sd2Client({ apiKey: "key", baseUrl, gateway: true }),
      error => Sd2Error.is(error),
    );
  }
});
