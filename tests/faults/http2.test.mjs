// Creates over HTTP/2 in Chromium, which resends a text body when a reused connection breaks, but not a stream.
import assert from "node:assert/strict";
import { test } from "node:test";
import { startChromium } from "../support/chromium.mjs";
import { dist } from "../support/project.mjs";
import { startSandbox } from "../support/sandbox.mjs";
import { startHttp2 } from "./http2.mjs";
import { page } from "./platforms.mjs";

const KEY = "sandbox-key";
const sandbox = await startSandbox("--www", page, "--mount", `/package=${dist}`);
/** Accepts only creates with a Content-Length, like some gateways. */
const wantsLength = (path, headers) => (path.endsWith("/createTask") && !headers["content-length"] ? 411 : undefined);
const secure = await startHttp2(sandbox);
const strict = await startHttp2(sandbox, wantsLength);
const browser = await startChromium("--ignore-certificate-errors");

/** A page with a client. It closes when the test ends. */
const open = async (t, { url }, service, options) => {
  await sandbox.reset();
  const context = await browser.newContext();
  t.after(() => context.close());
  const tab = await context.newPage();
  await tab.goto(`${url}/`);
  await tab.evaluate(options => (globalThis.client = new Sd2Client(options)), {
    apiKey: KEY,
    baseUrl: service.baseUrl,
    ...options,
  });
  return {
    create: () =>
      tab.evaluate(() => {
        const request = { model: "sd2", inputs: { prompt: "A cat playing piano" } };
        return client.createTask(request).then(
          () => "ok",
          error => error.code,
        );
      }),
  };
};

/** Breaks the connection of a page's second create. Returns its code, the creates that arrived, and the tasks. */
const broken = async (t, kind, streamCreates, from = secure) => {
  const { create } = await open(t, from, secure, { streamCreates });
  assert.equal(await create(), "ok");
  await sandbox.faults({ on: "createTask", kind });
  const code = await create();
  const { createRequests, tasksMade } = await sandbox.ledger();
  return `${code} ${createRequests - 1}/${tasksMade - 1}`;
};

test("over HTTP/2, Chromium resends a create if its reused connection breaks, but not a streamed one", async t => {
  assert.equal(await broken(t, "reset_after", false), "ok 2/2");
  assert.equal(await broken(t, "reset_after", true), "outcome_unknown 1/1");
});

test("Chromium does not resend a streamed create that broke before the work", async t => {
  assert.equal(await broken(t, "reset_before", false), "ok 2/1");
  assert.equal(await broken(t, "reset_before", true), "outcome_unknown 1/0");
});

test("Chromium does not resend a streamed create to another origin", async t => {
  assert.equal(await broken(t, "reset_after", false, sandbox), "ok 2/2");
  assert.equal(await broken(t, "reset_after", true, sandbox), "outcome_unknown 1/1");
});

test("over HTTP/1.1, where Chromium cannot stream, creates arrive once as text", async t => {
  const { create } = await open(t, sandbox, sandbox, { streamCreates: true });
  for (let count = 1; count < 3; count++) {
    assert.equal(await create(), "ok");
    const { createRequests, tasksMade, endpoints } = await sandbox.ledger();
    assert.deepEqual([createRequests, tasksMade], [count, count]);
    assert.ok(endpoints.createTask.headers.includes("content-length"));
  }
});

test("after a 411 a create is sent as text, and later ones immediately", async t => {
  const { create } = await open(t, strict, strict, { streamCreates: true });
  for (const posts of [2, 3]) {
    assert.equal(await create(), "ok");
    assert.equal(strict.posts.length, posts);
  }
  assert.equal((await sandbox.ledger()).tasksMade, 2);
});
