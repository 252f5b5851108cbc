// Unknown options are refused, because ignoring one could send a paid request to the wrong place or without a limit.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "../../support/project.mjs";
import { answer, request, taskOf } from "../../support/service.mjs";

const { confirmCallback, generateAll, memoryStore, resume, Sd2Client, signCallbackUrl } = await load();
const KEY = "sk-live-7f3a9c-secret";

const refusal = (error, words) => {
  assert.equal(error.code, "invalid_argument", `${error.stack}`);
  assert.ok(error.message.includes(words), error.message);
  assert.ok(!error.message.includes(KEY), error.message);
};
const refused = (work, words) => {
  let error;
  try {
    work();
  } catch (thrown) {
    error = thrown;
  }
  assert.ok(error, "it was accepted");
  refusal(error, words);
};

for (const [name, meant] of [
  ["base_url", "baseUrl"],
  ["baseURL", "baseUrl"],
  ["BASE_URL", "baseUrl"],
  ["url", "baseUrl"],
  ["apikey", "apiKey"],
  ["api_key", "apiKey"],
  ["key", "apiKey"],
  ["timeout", "timeoutMs"],
  ["timeout_ms", "timeoutMs"],
  ["retries", "maxRetries"],
  ["maxRetry", "maxRetries"],
  ["concurency", "concurrency"],
  ["maxConcurrency", "concurrency"],
  ["header", "headers"],
  ["validation", "validate"],
  ["fetchImpl", "fetch"],
  ["allow_insecure", "allowInsecure"],
  ["stream_creates", "streamCreates"],
]) {
  test(`the constructor refuses ${name} and names ${meant}`, () => {
    refused(
      () => new Sd2Client({ apiKey: KEY, [name]: "https://example.com" }),
      `There is no option ${name}: write ${meant}.`,
    );
  });
}

test("the error about an unknown option lists all options if none is similar", () => {
  refused(() => new Sd2Client({ apiKey: KEY, zone: 1 }), "There is no option zone. These exist: apiKey, baseUrl");
});

test("the constructor refuses options of calls", () => {
  for (const name of ["signal", "pollIntervalMs", "onUpdate", "maxCredits"]) {
    refused(() => new Sd2Client({ apiKey: KEY, [name]: 1 }), `There is no option ${name}`);
  }
});

test("the error does not show a name that may be a key", () => {
  refused(() => new Sd2Client({ apiKey: KEY, [KEY]: true }), "There is no option of this name");
  refused(() => new Sd2Client({ [KEY]: true }), "There is no option of this name");
});

test("options that are undefined count as missing", async () => {
  const options = {
    baseUrl: undefined,
    base_url: undefined,
    timeout: undefined,
    fetch: async () => answer({ credits: 1, availableCredits: 1 }),
  };
  const client = new Sd2Client({ apiKey: KEY, ...options });
  assert.equal((await client.getCredits({ timeout: undefined, signal: undefined })).credits, 1);
  assert.equal((await client.getCredits(undefined)).credits, 1);
});

test("options must be an object, but not a signal, an array or a promise", async () => {
  const strange = [
    "sk-live",
    5,
    true,
    7n,
    Symbol("a"),
    [],
    [1],
    () => {},
    new Map(),
    Promise.resolve({}),
    AbortSignal.abort(),
    new AbortController(),
    new Headers(),
    new Date(),
    new URL("https://example.com"),
  ];
  const client = new Sd2Client({ apiKey: KEY, fetch: () => assert.fail("it was sent") });
  for (const options of strange) {
    refused(() => new Sd2Client(options), "must be an object");
    refused(() => generateAll(client, [], options), "must be an object");
    refusal(await client.getCredits(options).catch(error => error), "must be an object");
    refusal(await client.createTask(request(), options).catch(error => error), "must be an object");
    refusal(
      await signCallbackUrl("https://example.com", "x".repeat(32), options).catch(error => error),
      "must be an object",
    );
  }
});

test("options may be an object without a prototype, of a class, or a module", () => {
  class Options {
    apiKey = KEY;
  }
  new Sd2Client(new Options());
  new Sd2Client(Object.assign(Object.create(null), { apiKey: KEY }));
});

const calls = {
  createTask: (client, options) => client.createTask(request(), options),
  queryTask: (client, options) => client.queryTask("task", options),
  getCredits: (client, options) => client.getCredits(options),
  waitForTask: (client, options) => client.waitForTask("task", options),
  generate: (client, options) => client.generate(request(), options),
  confirmCallback: (client, options) => confirmCallback(client, JSON.stringify(taskOf("task", "PENDING")), options),
  generateAll: (client, options) => generateAll(client, [request()], options).next(),
  resume: (client, options) => resume(client, options).next(),
};
for (const [name, call] of Object.entries(calls)) {
  test(`${name} refuses unknown options, and sends nothing`, async () => {
    const client = new Sd2Client({ apiKey: KEY, store: memoryStore(), fetch: () => assert.fail("it was sent") });
    for (const [wrong, meant] of [
      ["timeout", "timeoutMs"],
      ["interval", "pollIntervalMs"],
      ["poll_interval", "pollIntervalMs"],
      ["abortSignal", "signal"],
      ["onupdate", "onUpdate"],
    ]) {
      const error = await (async () => call(client, { [wrong]: 300 }))().catch(error => error);
      refusal(error, `There is no option ${wrong}: write ${meant}.`);
    }
    refusal(
      await (async () => call(client, { progressbar: 1 }))().catch(error => error),
      "These exist: signal, timeoutMs",
    );
  });
}

test("generateAll and resume refuse unknown options at once, before next()", () => {
  const client = new Sd2Client({ apiKey: KEY, store: memoryStore() });
  refused(() => generateAll(client, [], { max_credits: 5 }), "write maxCredits");
  refused(() => generateAll(client, [], { concurency: 5 }), "write concurrency");
  refused(() => resume(client, { timeout: 5 }), "write timeoutMs");
  refused(() => resume(client, { maxCredits: 5 }), "There is no option maxCredits");
});

test("generate refuses the options maxCredits and concurrency", async () => {
  const client = new Sd2Client({ apiKey: KEY, fetch: () => assert.fail("it was sent") });
  for (const name of ["maxCredits", "concurrency"]) {
    refusal(await client.generate(request(), { [name]: 1 }).catch(error => error), `There is no option ${name}`);
  }
});

test("signCallbackUrl refuses unknown options", async () => {
  for (const [wrong, meant] of [
    ["expires_at", "expiresAt"],
    ["expires", "expiresAt"],
    ["reference", "ref"],
  ]) {
    const error = await signCallbackUrl("https://example.com", "x".repeat(32), { ref: "a", [wrong]: 1 }).catch(
      error => error,
    );
    refusal(error, `There is no option ${wrong}: write ${meant}.`);
  }
});
