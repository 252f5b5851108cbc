// Responses that must be refused: too large, redirected, or with an output that is not a video.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "../../support/project.mjs";
import { answer, request, taskOf } from "../../support/service.mjs";

const { confirmCallback, parseCallback, Sd2Client } = await load();
const SIZE = 4e6;
const failure = promise =>
  promise.then(
    value => assert.fail(JSON.stringify(value)),
    error => error,
  );
const clientOf = fetch => new Sd2Client({ apiKey: "key", fetch, maxRetries: 0 });

/** The JSON of a balance, padded to this size. */
const large = size => {
  const text = JSON.stringify({ credits: 1, availableCredits: 1, more: "" });
  return text.replace('""', `"${"x".repeat(size - text.length)}"`);
};

/** A streamed body that records how much was read and whether it was cancelled. */
const streamed = text => {
  const bytes = new TextEncoder().encode(text);
  const stream = { read: 0, isCancelled: false };
  const body = new ReadableStream({
    pull(controller) {
      if (stream.read >= bytes.length) return controller.close();
      controller.enqueue(bytes.subarray(stream.read, (stream.read += 65_536)));
    },
    cancel: () => void (stream.isCancelled = true),
  });
  return { stream, fetch: async () => new Response(body) };
};

test("a response of 4 MB is read; a larger one is cancelled", async () => {
  const right = streamed(large(SIZE));
  assert.equal((await clientOf(right.fetch).getCredits()).credits, 1);
  assert.equal(right.stream.isCancelled, false);

  const wrong = streamed(large(3 * SIZE));
  const error = await failure(clientOf(wrong.fetch).getCredits());
  assert.deepEqual([error.code, error.status], ["unexpected_response", 200]);
  assert.ok(error.body.length <= 2_000, `${error.body.length}`);
  assert.equal(wrong.stream.isCancelled, true);
  assert.ok(wrong.stream.read < SIZE + 300_000, `${wrong.stream.read}`);
});

test("a response of 4 MB and one byte is refused, with every way to read the body", async () => {
  for (const [size, isRead] of [
    [SIZE, true],
    [SIZE + 1, false],
  ]) {
    const text = large(size);
    for (const fetch of [
      async () => new Response(text),
      async () => ({ status: 200, headers: new Headers(), text: async () => text }),
      async () => ({ status: 200, headers: new Headers(), json: async () => JSON.parse(text) }),
    ]) {
      const call = clientOf(fetch).getCredits();
      if (isRead) assert.equal((await call).credits, 1);
      else assert.equal((await failure(call)).code, "unexpected_response");
    }
  }
});

test("too large a response to a create is outcome_unknown, unless its status refuses the request", async () => {
  const text = large(SIZE + 1);
  assert.equal((await failure(clientOf(async () => new Response(text)).createTask(request()))).code, "outcome_unknown");
  const refused = await failure(clientOf(async () => new Response(text, { status: 402 })).createTask(request()));
  assert.deepEqual([refused.code, refused.status], ["insufficient_credits", 402]);
});

test("a body in several pieces is decoded as one text", async () => {
  const body = JSON.stringify({ credits: 1, availableCredits: 1, note: "é€😀\u{10ffff}" });
  const bytes = new TextEncoder().encode(body);
  const stream = new ReadableStream({
    start(controller) {
      for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
      controller.close();
    },
  });
  const { note } = await clientOf(async () => new Response(stream)).getCredits();
  assert.equal(note, "é€😀\u{10ffff}");
});

test("a misbehaving body reader rejects with an Sd2Error", async () => {
  const uncaught = [];
  const note = error => uncaught.push(error);
  process.on("uncaughtException", note).on("unhandledRejection", note);
  const good = new TextEncoder().encode('{"credits":1}');
  for (const reader of [
    null,
    {},
    {
      read: () => {
        throw new Error("mine");
      },
    },
    { read: () => Promise.reject(undefined) },
    { read: async () => undefined },
    { read: async () => ({ done: false, value: "text" }) },
    { read: async () => ({ done: false }) },
    {
      read: () => new Promise(() => {}),
      cancel: () => {
        throw new Error("mine");
      },
    },
    { read: () => new Promise(() => {}), cancel: () => undefined },
    { read: () => new Promise(() => {}), cancel: () => Promise.reject(new Error("mine")) },
    { read: () => new Promise(() => {}) },
    {
      read: async () => ({ done: false, value: new Uint8Array(SIZE + 1) }),
      cancel: () => {
        throw new Error("mine");
      },
    },
    { read: async () => ({ done: false, value: good.buffer }) },
  ]) {
    const fetch = async () => ({ status: 200, headers: new Headers(), body: { getReader: () => reader } });
    const error = await failure(clientOf(fetch).getCredits({ timeoutMs: 50 }));
    assert.ok(["network", "timeout", "unexpected_response"].includes(error.code), error.code);
  }
  await new Promise(done => setTimeout(done, 50));
  process.off("uncaughtException", note).off("unhandledRejection", note);
  assert.deepEqual(uncaught, []);
});

const WRONG_URLS = [
  "javascript:alert(1)",
  "JAVASCRIPT:alert(1)",
  " javascript:alert(1)",
  "data:text/html,a",
  "blob:https://example.com/1",
  "file:///etc/passwd",
  "//example.com",
  "a.mp4",
  "",
];

test("an output URL that is not http(s) is refused by every method", async () => {
  for (const url of WRONG_URLS) {
    const task = { ...taskOf("task", "COMPLETED"), output: [{ url: "https://example.com/a.mp4" }, { url }] };
    const seen = [];
    const client = clientOf(async () => answer(task));
    for (const call of [
      () => client.queryTask("task"),
      () => confirmCallback(client, JSON.stringify(taskOf("task", "COMPLETED"))),
      () => client.waitForTask("task", { pollIntervalMs: 1, timeoutMs: 30, onUpdate: update => seen.push(update) }),
    ]) {
      const error = await failure(call());
      assert.ok(["unexpected_response", "wait_timeout"].includes(error.code), error.code);
    }
    assert.deepEqual(seen, []);
  }
});

test("a malformed output of an unfinished task becomes null and fails no call", async () => {
  for (const output of [
    "javascript:alert(1)",
    { url: "javascript:alert(1)" },
    ...WRONG_URLS.map(url => [{ url: "https://example.com/a.mp4" }, { url }]),
  ]) {
    for (const status of ["PROCESSING", "FAILED", "ARCHIVED"]) {
      const task = { ...taskOf("task", status), output };
      const expected = { ...task, output: null };
      const client = clientOf(async () => answer(task));
      assert.deepEqual(await client.queryTask("task"), expected);
      assert.deepEqual(await confirmCallback(client, task), expected);
      assert.deepEqual(parseCallback(task), expected);
    }
  }
});

test("a redirect is refused with every status, and as an opaque redirect", async () => {
  for (const response of [
    ...[301, 302, 303, 307, 308].map(status => ({
      status,
      headers: new Headers({ location: "https://example.com" }),
      text: async () => "",
    })),
    { status: 0, type: "opaqueredirect", headers: new Headers(), text: async () => "" },
  ]) {
    const sent = [];
    const client = clientOf(async (url, init) => (sent.push(init.redirect), response));
    const create = () => client.createTask(request());
    for (const call of [() => client.getCredits(), () => client.queryTask("task"), create]) {
      const error = await failure(call());
      assert.equal(error.code, call === create ? "outcome_unknown" : "unexpected_response");
      assert.match(error.message, /redirect/);
    }
    assert.deepEqual(sent, ["manual", "manual", "manual"]);
  }
});
