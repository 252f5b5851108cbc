// `streamCreates`: a create is sent as a stream if the platform can, and as text only if nothing of the stream can have arrived.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "../../support/project.mjs";
import { answer, request, taskOf } from "../../support/service.mjs";

const { Sd2Client } = await load();
const created = () => answer({ taskId: "task_1" });
let origins = 0;

/**
 * A client with its own origin. Each answer is a function of the request: of its `text`, or of `read()`, which reads the stream like the
 * network. `sent` has the kind of each create.
 */
const streaming = (answers, options) => {
  const sent = [];
  const fetch = async (url, init) => {
    if (!init.method || init.method === "GET") return answer(taskOf("task_1", "COMPLETED"));
    const isText = typeof init.body === "string";
    sent.push(isText ? "text" : "stream");
    return answers.shift()({ init, url, isText, read: () => new Response(init.body).text() });
  };
  const client = new Sd2Client({
    apiKey: "key",
    baseUrl: `https://host${++origins}.example`,
    fetch,
    streamCreates: true,
    ...options,
  });
  return {
    client,
    sent,
    code: () =>
      client.createTask(request()).then(
        () => "ok",
        ({ code }) => code,
      ),
  };
};

const arrives = async ({ read }) => (await read(), created());
const isRefused = () => Promise.reject(new TypeError("Failed to fetch"));
const isLost = async ({ read }) => (await read(), isRefused());
const says =
  status =>
  async ({ isText, read }) => (isText || (await read()), answer({ message: "no" }, status));

/** Runs `work` with another value of a global. */
const withGlobal = async (name, value, run) => {
  const real = Object.getOwnPropertyDescriptor(globalThis, name);
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  try {
    await run();
  } finally {
    Object.defineProperty(globalThis, name, real);
  }
};

test("a create is sent as text without streamCreates", async () => {
  for (const streamCreates of [undefined, false]) {
    const { code, sent } = streaming([created], { streamCreates });
    assert.equal(await code(), "ok");
    assert.deepEqual(sent, ["text"]);
  }
});

test("a streamed create has the same body and headers as text", async () => {
  let init;
  let text;
  const { code } = streaming([async call => ((init = call.init), (text = await call.read()), created())]);
  assert.equal(await code(), "ok");
  assert.deepEqual(JSON.parse(text), request());
  assert.deepEqual([init.duplex, init.method, init.credentials, init.redirect], ["half", "POST", "omit", "manual"]);
  assert.equal(new Headers(init.headers).get("content-type"), "application/json");
});

test("the stream of a create is not read before fetch reads it", async () => {
  const { code, sent } = streaming([
    async () => {
      await new Promise(done => setTimeout(done));
      return isRefused();
    },
    created,
  ]);
  assert.equal(await code(), "ok");
  assert.deepEqual(sent, ["stream", "text"]);
});

test("the polls after a streamed create have no body", async () => {
  const { client, sent } = streaming([arrives]);
  assert.equal((await client.generate(request(), { pollIntervalMs: 1 })).status, "COMPLETED");
  assert.deepEqual(sent, ["stream"]);
});

test("if fetch refuses the stream unread, the create and later ones are sent as text", async () => {
  const { code, sent } = streaming([isRefused, created, created]);
  assert.deepEqual([await code(), await code()], ["ok", "ok"]);
  assert.deepEqual(sent, ["stream", "text", "text"]);
});

test("clients share the knowledge that an origin refuses streams, for this origin only", async () => {
  const baseUrl = "https://known.example/api";
  assert.equal(await streaming([isRefused, created], { baseUrl }).code(), "ok");
  const same = streaming([created], { baseUrl: "https://known.example/other" });
  const other = streaming([arrives], { baseUrl: "https://known.example:444/api" });
  assert.deepEqual([await same.code(), await other.code()], ["ok", "ok"]);
  assert.deepEqual([same.sent, other.sent], [["text"], ["stream"]]);
});

test("a failure without a network does not count as a refused stream", async () => {
  const { code, sent } = streaming([isRefused, isRefused, arrives]);
  assert.deepEqual([await code(), await code()], ["outcome_unknown", "ok"]);
  assert.deepEqual(sent, ["stream", "text", "stream"]);
});

test("a create whose stream was read is not sent again", async () => {
  const half = async ({ init }) => (await init.body.getReader().read(), isRefused());
  const answers = [
    isLost,
    half,
    async ({ read }) => (await read(), { status: 200, headers: new Headers(), text: isRefused }),
  ];
  for (const lost of answers) {
    const { code, sent } = streaming([lost]);
    assert.equal(await code(), "outcome_unknown");
    assert.deepEqual(sent, ["stream"]);
  }
});

test("after a 411, the create and later ones are sent as text", async () => {
  const { code, sent } = streaming([says(411), created, created]);
  assert.deepEqual([await code(), await code()], ["ok", "ok"]);
  assert.deepEqual(sent, ["stream", "text", "text"]);
});

test("a 411 before the stream was read has the same effect", async () => {
  const { code, sent } = streaming([async () => answer("", 411), created]);
  assert.equal(await code(), "ok");
  assert.deepEqual(sent, ["stream", "text"]);
});

test("the body of a 411 is cancelled", async () => {
  let isCancelled = false;
  const response = new Response(new ReadableStream({ cancel: () => (isCancelled = true) }), { status: 411 });
  const { code } = streaming([async () => response, created]);
  assert.equal(await code(), "ok");
  assert.ok(isCancelled);
});

test("a 411 to the text is an error, and nothing more is sent", async () => {
  const { code, sent } = streaming([says(411), says(411)]);
  assert.equal(await code(), "unexpected_response");
  assert.deepEqual(sent, ["stream", "text"]);
});

test("after any other response to a stream, no text is sent", async () => {
  for (const [status, expected] of [
    [200, "outcome_unknown"],
    [400, "invalid_request"],
    [413, "unexpected_response"],
    [500, "outcome_unknown"],
  ]) {
    const { code, sent } = streaming([says(status)]);
    assert.equal(await code(), expected, String(status));
    assert.deepEqual(sent, ["stream"], String(status));
  }
});

test("after an abort, no text is sent", async () => {
  const controller = new AbortController();
  const aborts = async ({ init }) => {
    controller.abort("mine");
    await new Promise(done => setTimeout(done));
    assert.ok(init.signal.aborted);
    return isRefused();
  };
  const { client, sent } = streaming([aborts, created]);
  await assert.rejects(client.createTask(request(), { signal: controller.signal }), reason => reason === "mine");
  await new Promise(done => setTimeout(done, 10));
  assert.deepEqual(sent, ["stream"]);
});

test("if Request converts streams to text, or ignores duplex, a create is sent as text", async () => {
  const text = { "content-type": "text/plain;charset=UTF-8" };
  const fakes = [
    // Like Firefox: `[object ReadableStream]`.
    class {
      constructor(url, { body }) {
        this.headers = new Headers(body && text);
      }
    },
    class {
      constructor(url, { duplex, body }) {
        this.headers = new Headers(body && duplex && text);
      }
    },
    class {
      headers = new Headers();
    },
    class {
      constructor() {
        throw new TypeError("no streams");
      }
    },
    undefined,
  ];
  for (const fake of fakes) {
    await withGlobal("Request", fake, async () => {
      const { code, sent } = streaming([created]);
      assert.equal(await code(), "ok");
      assert.deepEqual(sent, ["text"], String(fake));
    });
  }
});

test("without ReadableStream, a create is sent as text", async () => {
  await withGlobal("ReadableStream", undefined, async () => {
    const { code, sent } = streaming([created]);
    assert.equal(await code(), "ok");
    assert.deepEqual(sent, ["text"]);
  });
});

test("a create that is sent as stream and text is written into the store once", async () => {
  const noted = [];
  const items = new Map();
  const store = {
    get: key => items.get(key),
    set: (key, value) => (noted.push(key), items.set(key, value)),
    delete: key => items.delete(key),
    keys: () => [...items.keys()],
  };
  const text = streaming([created], { store, streamCreates: false });
  assert.equal(await text.code(), "ok");
  const usual = noted.splice(0).length;
  const { code } = streaming([isRefused, created], { store });
  assert.equal(await code(), "ok");
  assert.equal(noted.length, usual);
});

test("streamCreates must be a boolean", () => {
  for (const streamCreates of ["yes", 1, null, {}]) {
    assert.throws(() => new Sd2Client({ apiKey: "key", streamCreates }), { code: "invalid_argument" });
  }
});
