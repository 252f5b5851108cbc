// The Worker of docs/webhooks.md in workerd, with callbacks of the emulated service, which repeats refused ones.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { load, write } from "../../support/project.mjs";
import { startSandbox } from "../../support/sandbox.mjs";
import { snippets } from "../../support/snippets.mjs";
import { bundle, reroute, startWorker } from "../../support/workerd.mjs";

const { signCallbackUrl } = await load();
const SECRET = "32 bytes that nobody else can know";
// So slow that tasks end only when a test ends them.
const sandbox = await startSandbox("--seconds", "100000");

const [{ source }] = snippets("docs/webhooks.md");
write("webhook/page.ts", source);
const entry = write(
  "webhook/worker.js",
  `import worker from "./page.ts";
   let refusals = 0;
   export default {
     fetch(request, env) {
       if (request.headers.has("x-refuse")) return new Response(refusals = Number(request.headers.get("x-refuse")));
       if (new URL(request.url).pathname === "/callback" && refusals-- > 0) return new Response("No.", { status: 500 });
       return worker.fetch(request, env);
     },
   };`,
);
// The URL of the latest create.
let callBackUrl;
const worker = startWorker(await bundle(entry), "2026-04-01", {
  bindings: { SD2_API_KEY: "sandbox-key", CALLBACK_SECRET: SECRET },
  kvNamespaces: ["VIDEOS"],
  outboundService: reroute(sandbox, body => (callBackUrl = body ? JSON.parse(body).callBackUrl : callBackUrl)),
});
const origin = await worker.ready;
const videos = await worker.getKVNamespace("VIDEOS");

beforeEach(() => sandbox.reset());

/** Orders a video: `{ ref, taskId, callBackUrl }`. */
const order = async () => {
  const response = await fetch(origin, { method: "POST", body: JSON.stringify({ prompt: "A cat playing piano" }) });
  assert.equal(response.status, 200);
  return { ...(await response.json()), callBackUrl };
};

const post = async (url, body) =>
  (await fetch(url, { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) })).status;
/** The task that the Worker has for an order. */
const stored = ref => videos.get(`video/${ref}`, "json");
const queries = async () => (await sandbox.ledger()).endpoints.queryTask?.count ?? 0;

/** The callback of a task in the ledger, once it was delivered or the last attempt failed. */
const callback = async taskId => {
  for (;;) {
    const found = (await sandbox.ledger()).callbacks.find(callback => callback.taskId === taskId);
    if (found?.delivered || found?.attempts.length === 4) return found;
    await new Promise(done => setTimeout(done, 10));
  }
};

/** Ends a task, and waits for its callback. */
const finish = async (taskId, how = "COMPLETED") => {
  await sandbox.task(taskId, { finish: how, ...(how === "FAILED" && { error: "blocked" }) });
  return callback(taskId);
};

const TIME = { timeout: 120_000 };

test("after the callback, the app has the video", TIME, async () => {
  const { ref, taskId, callBackUrl } = await order();
  assert.ok(callBackUrl.startsWith(new URL("/callback?sd2_token=", origin).href), callBackUrl);
  const { url, attempts } = await finish(taskId);
  assert.equal(url, callBackUrl);
  assert.deepEqual(
    attempts.map(({ status }) => status),
    [200],
  );
  const task = await stored(ref);
  assert.deepEqual([task.taskId, task.status, task.output.length], [taskId, "COMPLETED", 1]);
});

test("after the callback of a failed task, the app has its error", TIME, async () => {
  const { ref, taskId } = await order();
  await finish(taskId, "FAILED");
  const { status, error } = await stored(ref);
  assert.deepEqual([status, error], ["FAILED", "blocked"]);
});

test("after three refused callbacks, the fourth one with the same signed URL is accepted", TIME, async () => {
  const { ref, taskId } = await order();
  await fetch(origin, { headers: { "x-refuse": "3" } });
  const { attempts } = await finish(taskId);
  assert.deepEqual(
    attempts.map(({ status }) => status),
    [500, 500, 500, 200],
  );
  const pauses = attempts.slice(1).map(({ at }, index) => at - attempts[index].at);
  for (const [index, pause] of [1_000, 5_000, 30_000].entries()) assert.ok(pauses[index] >= pause, `${pauses}`);
  assert.equal((await stored(ref)).status, "COMPLETED");
});

test("a request to an unsigned URL is refused without a query to the service", TIME, async () => {
  const { ref, taskId, callBackUrl } = await order();
  const { callBackUrl: other } = await order();
  const asked = await queries();
  const forged = { taskId, status: "COMPLETED", output: [{ url: "https://evil.example/a.mp4", width: 1, height: 1 }] };
  const [time, reference, code] = new URL(callBackUrl).searchParams.get("sd2_token").split(".");
  // Signed an hour ago, for half an hour.
  const { now } = Date;
  Date.now = () => now() - 3_600_000;
  const old = await signCallbackUrl(new URL("/callback", origin), SECRET, { ref, expiresAt: Date.now() + 1_800_000 });
  Date.now = now;
  const otherRef = new URL(other).searchParams.get("sd2_token").split(".")[1];
  for (const url of [
    new URL("/callback", origin),
    new URL(`/callback?ref=${ref}`, origin),
    callBackUrl.replace(reference, otherRef),
    callBackUrl.replace(time, Number(time) + 1),
    callBackUrl.replace(
      code,
      code.replace(/^./, first => (first === "A" ? "B" : "A")),
    ),
    callBackUrl.replace("?", "?a=1&"),
    `${callBackUrl}&a=1`,
    await signCallbackUrl(new URL("/callback", origin), "another secret of theirs", { ref }),
    await signCallbackUrl(new URL("/callback", "https://example.com"), SECRET, { ref }).then(url =>
      url.replace("https://example.com/", origin.href),
    ),
    old,
  ]) {
    assert.equal(await post(url, forged), 401, `${url}`);
  }
  assert.equal(await queries(), asked);
  assert.equal(await stored(ref), null);
});

test("a false body at a signed URL is not believed", TIME, async () => {
  const ended = await order();
  await finish(ended.taskId);
  const { ref, taskId, callBackUrl } = await order();
  const output = [{ url: "https://evil.example/a.mp4", width: 1, height: 1 }];
  for (const [status, body] of [
    [503, { taskId, status: "COMPLETED", output }],
    [503, { taskId, status: "FAILED", error: "forged" }],
    [403, await stored(ended.ref)],
    [400, { taskId: "task_of_nobody", status: "COMPLETED", output }],
    [400, { status: "COMPLETED", output }],
    [400, "<html>"],
    [400, ""],
  ]) {
    assert.equal(await post(callBackUrl, body), status, JSON.stringify(body));
    assert.equal(await stored(ref), null);
  }
  // The true callback still counts.
  await finish(taskId);
  assert.match((await stored(ref)).output[0].url, new RegExp(`^${sandbox.url}/`));
});

test("a repeated callback changes nothing, and causes no query", TIME, async () => {
  const { ref, taskId, callBackUrl } = await order();
  await finish(taskId);
  const [before, asked] = [await stored(ref), await queries()];
  for (const body of [before, { ...before, status: "FAILED", output: null, error: "forged" }, "{}"])
    assert.equal(await post(callBackUrl, body), 200);
  assert.deepEqual([await stored(ref), await queries()], [before, asked]);
});

test("if the response to a create is lost, the callback assigns the task to its order", TIME, async () => {
  await sandbox.faults({ on: "createTask", kind: "no_task_id" });
  const response = await fetch(origin, { method: "POST", body: JSON.stringify({ prompt: "a" }) });
  assert.equal(response.status, 500);
  const { taskId } = (await sandbox.ledger()).tasks.at(-1);
  assert.equal((await finish(taskId)).delivered, true);
  const ended = await Promise.all(
    (await videos.list({ prefix: "video/" })).keys.map(({ name }) => videos.get(name, "json")),
  );
  assert.deepEqual(
    ended.filter(task => task.taskId === taskId).map(({ status }) => status),
    ["COMPLETED"],
  );
});

for (const date of ["2022-11-30", "2024-01-01"]) {
  test(`URLs are signed and verified in workerd as of ${date}`, TIME, async () => {
    const entry = write(
      "webhook/signing.js",
      `import { signCallbackUrl, verifyCallbackUrl } from "sd2-client";
       export default {
         async fetch(request) {
           const signed = await signCallbackUrl(request.url, "a secret of 16 characters", { ref: "\\ufeffünï" });
           return Response.json([await verifyCallbackUrl(signed, "a secret of 16 characters"), await verifyCallbackUrl(signed + "a", "a secret of 16 characters")]);
         },
       };`,
    );
    const worker = startWorker(await bundle(entry), date);
    const [said, changed] = await (await worker.dispatchFetch("http://worker/hook?a=%7e")).json();
    assert.deepEqual([said.ref, changed], ["\ufeffünï", null]);
  });
}
