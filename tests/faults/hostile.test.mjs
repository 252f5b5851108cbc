// A hostile `fetch`: objects that only look like a response, getters that throw, streams that break or never end, wrong types.
// Each call settles as documented, and no error is uncaught. SEED=… repeats a run, CASES=… makes it longer.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { load } from "../support/project.mjs";
import { dice } from "../support/random.mjs";

const { Sd2Client, Sd2Error } = await load();
const KEY = "sk-live-0123456789abcdef";
const seed = Number(process.env.SEED ?? 1);
const cases = Number(process.env.CASES ?? 400);
const CODES = [
  "invalid_request",
  "unauthorized",
  "insufficient_credits",
  "forbidden",
  "not_found",
  "concurrency_limit",
  "server_error",
  "network",
  "timeout",
  "outcome_unknown",
  "wait_timeout",
  "task_failed",
  "unexpected_response",
];

/** Generates responses. */
const service = random => {
  const below = number => Math.floor(random() * number);
  const pick = (...list) => list[below(list.length)];
  // Some are nearly right, so that they are read further.
  const wildness = pick(0.01, 0.2);
  const rarely = (make, otherwise) => (random() < wildness ? make() : otherwise());
  const boom = () => {
    throw pick(new Error(`broken ${KEY}`), KEY, null, undefined, { message: { toString: null } }, Symbol("a"), 7);
  };
  const odd = () =>
    pick(
      undefined,
      null,
      NaN,
      -1,
      1e999,
      "",
      KEY,
      [],
      {},
      () => boom(),
      Symbol("a"),
      10n,
      new Proxy({}, { get: boom, ownKeys: boom }),
      { toString: boom },
    );
  const never = () => new Promise(() => {});
  const task = () => ({
    taskId: rarely(odd, () => "task_abc123"),
    status: rarely(odd, () => pick("PENDING", "PROCESSING", "COMPLETED", "COMPLETED", "FAILED")),
    output: rarely(odd, () => pick(null, [{ url: "https://example.com/a.mp4" }], [{ url: "javascript:alert(1)" }], [])),
    error: rarely(odd, () => null),
  });
  const safely = value => {
    try {
      return JSON.stringify(value);
    } catch {
      return "{";
    }
  };
  const text = () =>
    pick(
      safely(task()),
      safely(task()),
      safely({ credits: 1, availableCredits: 1 }),
      "",
      "null",
      "<html>",
      KEY,
      "\ud800",
      "[".repeat(5_000),
    );
  const chunk = () => rarely(odd, () => new TextEncoder().encode(text()));
  const reader = () => {
    let left = below(3);
    return {
      read: rarely(odd, () =>
        pick(
          async () => (left-- > 0 ? { done: false, value: chunk() } : { done: true }),
          async () => (left-- > 0 ? { done: false, value: new TextEncoder().encode(text()) } : { done: true }),
          async () => (left-- > 0 ? { done: false, value: chunk() } : boom()),
          async () => ({ done: false, value: new Uint8Array(1_000_000) }),
          never,
        ),
      ),
      cancel: rarely(odd, () =>
        pick(
          async () => {},
          async () => boom(),
          boom,
          never,
        ),
      ),
    };
  };
  const stream = () =>
    new ReadableStream({
      pull: controller =>
        random() < 0.5
          ? controller.enqueue(chunk())
          : pick(
              () => controller.close(),
              () => controller.error(odd()),
              boom,
            )(),
    });
  const response = () => {
    const made = {
      status: rarely(odd, () => pick(200, 200, 200, 201, 204, 0, 302, 400, 401, 404, 418, 429, 500, 503, 999)),
      headers: rarely(odd, () =>
        pick(
          { get: () => null },
          { get: () => rarely(odd, () => pick("0", "soon", "99999")) },
          { get: boom },
          {},
          new Headers(),
        ),
      ),
      body: rarely(odd, () =>
        pick(
          undefined,
          null,
          { getReader: () => reader() },
          { getReader: () => reader() },
          { getReader: boom },
          {},
          stream(),
        ),
      ),
      text: rarely(odd, () =>
        pick(
          undefined,
          () => text(),
          async () => text(),
          async () => odd(),
          boom,
          never,
        ),
      ),
      json: rarely(odd, () =>
        pick(
          undefined,
          () => task(),
          async () => odd(),
          boom,
        ),
      ),
    };
    for (const name of Object.keys(made)) {
      if (random() < wildness / 3) Object.defineProperty(made, name, { get: boom });
    }
    return made;
  };
  // A thenable that resolves and rejects.
  const both = () => ({ then: (done, failed) => (done(response()), failed(KEY), boom()) });
  const real = () => new Response(text(), { status: pick(200, 200, 200, 200, 500) });
  return () => rarely(() => pick(odd, boom, never, async () => boom(), both)(), pick(response, real));
};

test("with a hostile fetch each call settles as documented, and no error is uncaught", {
  timeout: 300_000,
}, async t => {
  const escaped = [];
  const note = error => escaped.push(error);
  process.on("unhandledRejection", note);
  t.after(() => process.off("unhandledRejection", note));

  const codes = {};
  const request = { model: "sd2", inputs: { prompt: "A cat" } };
  const wait = { timeoutMs: 150, pollIntervalMs: 5 };
  const calls = {
    createTask: client => client.createTask(request),
    queryTask: client => client.queryTask("task_abc123"),
    getCredits: client => client.getCredits(),
    waitForTask: client => client.waitForTask("task_abc123", wait),
    generate: client => client.generate(request, wait),
  };
  const attempt = async (number, [name, call]) => {
    const answer = service(dice(seed * 1_000_003 + number));
    let creates = 0;
    const fetch = (_, { method }) => {
      if (method === "POST") creates++;
      return answer();
    };
    const told = [];
    const client = new Sd2Client({
      apiKey: KEY,
      fetch,
      timeoutMs: 60,
      maxRetries: 0,
      logger: event => told.push(event),
    });
    const where = `${name}, case ${number}, seed ${seed}`;
    const late = new Promise(done => setTimeout(done, 60_000, "late").unref());
    const result = await Promise.race([
      call(client).then(
        value => ({ value }),
        error => ({ error }),
      ),
      late,
    ]);
    assert.notEqual(result, "late", where);
    const { value, error } = result;
    if (error === undefined) {
      const { taskId, status, output, credits } = value;
      if (name === "getCredits") assert.equal(typeof credits, "number", where);
      else assert.ok(typeof taskId === "string" && taskId, where);
      if (name === "waitForTask" || name === "generate")
        assert.ok(status === "COMPLETED" && /^https?:/.test(output[0].url), where);
    } else {
      assert.ok(
        Sd2Error.is(error) && error instanceof Sd2Error && CODES.includes(error.code),
        `${where}: ${inspect(error)}`,
      );
      if (name === "createTask" || name === "generate")
        assert.ok(error.taskId || creates || error.code === "wait_timeout", where);
    }
    codes[error?.code ?? "ok"] = (codes[error?.code ?? "ok"] ?? 0) + 1;
    // A create may be repeated only after 429.
    const busy = told.filter(({ endpoint, status }) => endpoint === "createTask" && status === 429).length;
    assert.ok(creates <= busy + 1, where);
    const seen = [
      inspect(value ?? error, { depth: 9, showHidden: true }),
      error?.stack,
      JSON.stringify(value ?? error),
      JSON.stringify(told),
    ].join();
    assert.ok(!seen.includes(KEY), where);
    assert.ok(!(error?.body?.length > 2_000) && !(error?.message.length > 1_000), where);
  };

  const queue = Array.from({ length: cases }, (_, number) => number);
  const work = async () => {
    for (let number = queue.shift(); number !== undefined; number = queue.shift()) {
      for (const call of Object.entries(calls)) await attempt(number, call);
    }
  };
  await Promise.all(Array.from({ length: 40 }, work));
  await new Promise(done => setTimeout(done, 100));
  t.diagnostic(JSON.stringify(codes));
  assert.deepEqual(escaped, []);
  for (const code of [
    "ok",
    "outcome_unknown",
    "network",
    "timeout",
    "wait_timeout",
    "unexpected_response",
    "task_failed",
  ])
    assert.ok(codes[code], code);
});
