// The key is sent in one header and shown nowhere else.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { load } from "../../support/project.mjs";
import { answer, request, taskOf } from "../../support/service.mjs";

const { generateAll, memoryStore, resume, Sd2Client } = await load();
const KEY = "sk-live-7f3a9c-secret";

/** Everything that a program can read from a value. */
const shown = (value, seen = new Set()) => {
  if (Object(value) !== value) return String(value);
  if (seen.has(value)) return "";
  seen.add(value);
  let text = "";
  for (const look of [
    () =>
      inspect(value, { depth: Infinity, showHidden: true, getters: true, showProxy: true, maxStringLength: Infinity }),
    () => JSON.stringify(value),
    () => `${value}`,
    () => value.stack,
    () => value.message,
  ]) {
    try {
      text += look();
    } catch {
      // This value cannot be shown this way.
    }
  }
  for (const name of Reflect.ownKeys(value))
    text += String(name) + shown(Reflect.getOwnPropertyDescriptor(value, name).value, seen);
  return text + shown(value.cause, seen);
};
const hides = (value, what) => assert.ok(!shown(value).includes(KEY), `${what}: ${shown(value)}`);

test("the scan for the key would find it", () => {
  for (const value of [
    KEY,
    { a: [KEY] },
    new Error(KEY),
    new Error("a", { cause: { b: KEY } }),
    new Map([[KEY, 1]]),
    { [KEY]: 1 },
    Object.defineProperty({}, "a", { value: KEY }),
  ]) {
    assert.ok(shown(value).includes(KEY), inspect(value));
  }
});

/** Responses and errors that repeat the key. */
const echoes = [
  () => answer({ message: KEY, error: { message: KEY } }, 400),
  () => answer(`Bearer ${KEY}`, 401),
  () => answer({ [KEY]: KEY, taskId: KEY, status: KEY, credits: KEY, availableCredits: KEY }, 500),
  () => answer(`<html>${KEY}`, 200),
  () => answer({ ...taskOf(KEY, "FAILED"), error: `The key ${KEY}`, [KEY]: [KEY] }),
  () => answer({ taskId: `task_${KEY}`, credits: 1, availableCredits: 2, status: "PENDING", note: KEY }),
  () => {
    throw new Error(`Bearer ${KEY}`, { cause: { code: KEY, message: KEY, name: KEY, cause: KEY } });
  },
  () => {
    throw KEY;
  },
  () => {
    throw Object.assign(new Error(KEY), { headers: { Authorization: KEY }, code: KEY, name: KEY });
  },
  () => ({ status: 200, headers: { get: () => KEY }, text: () => Promise.reject(new Error(KEY)) }),
  () => ({ status: KEY }),
  () => ({ status: 429, headers: { get: () => KEY }, text: async () => KEY }),
];

test("no result, error, event, update, stored text or console output contains a repeated key", async () => {
  const said = [];
  const { error, log, warn } = console;
  for (const name of ["error", "log", "warn"]) console[name] = (...all) => said.push(all);
  globalThis.reportError = error => said.push(error);
  try {
    for (const echo of echoes) {
      const store = memoryStore();
      const events = [];
      const urls = [];
      const fetch = async (url, init) => {
        urls.push([url, init.body]);
        assert.equal(init.headers.Authorization, `Bearer ${KEY}`);
        return echo();
      };
      const client = new Sd2Client({ apiKey: KEY, fetch, logger: event => events.push(event), store, maxRetries: 1 });
      const options = {
        timeoutMs: 150,
        pollIntervalMs: 30,
        onCreated: id => events.push(id),
        onUpdate: update => events.push(update),
      };
      const results = generateAll(client, [request(), request()], options);
      const all = async iterator => {
        const all = [];
        for await (const each of iterator) all.push(each);
        return all;
      };
      const calls = [
        client.createTask(request()),
        client.queryTask("task"),
        client.getCredits(),
        client.waitForTask("task", options),
        client.generate(request(), options),
        all(results),
        all(resume(client, options)),
      ];
      for (const value of [client, results, ...calls]) hides(value, "pending");
      for (const settled of await Promise.allSettled(calls)) hides(settled, `${echo}`);
      for (const value of [client, results, ...calls, results.running, events, urls, [...store]])
        hides(value, `${echo}`);
    }
  } finally {
    Object.assign(console, { error, log, warn });
    delete globalThis.reportError;
  }
  hides(said, "console");
});

test("the error about a wrong key does not contain it", () => {
  for (const options of [
    { apiKey: `${KEY} ${KEY}` },
    { apiKey: `${KEY}\u00e9` },
    { apiKey: { key: KEY } },
    { apiKey: [KEY] },
    { apiKey: KEY, headers: { authorization: KEY } },
    { apiKey: KEY, headers: { [`bad ${KEY}`]: KEY } },
    { apiKey: KEY, baseUrl: `https://user:${KEY}@example.com` },
    { apiKey: KEY, baseUrl: `https://example.com?key=${KEY}` },
    { apiKey: KEY, timeoutMs: KEY },
    { apiKey: KEY, fetch: KEY },
    { apiKey: KEY, store: KEY },
  ]) {
    try {
      new Sd2Client(options);
      assert.fail("it was accepted");
    } catch (error) {
      assert.equal(error.code, "invalid_argument");
      hides(error, inspect(Object.keys(options)));
    }
  }
});
