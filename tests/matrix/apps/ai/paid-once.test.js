// The real `ai` package over the emulator: whatever fails, each wanted video is at most one task.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  experimental_generateVideo as generateVideo,
  experimental_getVideoStatus as getVideoStatus,
  experimental_startVideo as startVideo,
} from "ai";
import { Sd2Error } from "sd2-client";
import { createSd2 } from "sd2-client/ai-sdk";
import { createEmulator } from "sd2-client/emulator";

globalThis.AI_SDK_LOG_WARNINGS = false;
const prompt = "A cat playing piano";
const file = { data: new Uint8Array([0]), mediaType: "video/mp4" };

/** A service, a model of it, the ids that `onCreated` told, and calls of `ai` that wait for nothing. */
const start = (emulatorOptions, clientOptions) => {
  const service = createEmulator({ speed: 2_000, ...emulatorOptions });
  const ids = [];
  const sd2 = createSd2({
    apiKey: "sandbox-key",
    fetch: service.fetch,
    onCreated: taskId => ids.push(taskId),
    ...clientOptions,
  });
  const model = sd2.video("sd2");
  const options = { model, prompt, download: async () => file };
  const wait = { providerOptions: { sd2: { pollIntervalMs: 5 } } };
  const poll = { poll: { intervalMs: 1, delay: () => new Promise(done => setImmediate(done)) } };
  return {
    service,
    model,
    ids,
    generate: more => generateVideo({ ...options, ...wait, ...more }),
    /** By way of `doStart` and `doStatus`. */
    poll: more => generateVideo({ ...options, ...wait, ...poll, ...more }),
    start: more => startVideo({ model, prompt, ...wait, ...more }),
  };
};
const errorOf = promise =>
  promise.then(
    () => assert.fail("It did not fail."),
    error => error,
  );
const made = service => service.ledger().tasksMade;
const WAYS = ["generate", "poll"];

for (const way of WAYS) {
  test(`${way}: a video is one task, and its id is told`, async () => {
    const all = start();
    const { video, providerMetadata, warnings } = await all[way]({ duration: 5, aspectRatio: "9:16" });
    assert.deepEqual([...video.uint8Array], [0]);
    assert.deepEqual(warnings, []);
    const [{ taskId, creditsUsed, width, height }] = providerMetadata.sd2.videos;
    assert.deepEqual([taskId, creditsUsed, width, height], [all.ids[0], 200, 720, 1280]);
    assert.deepEqual([made(all.service), all.ids.length], [1, 1]);
  });

  test(`${way}: a create whose answer was lost is not repeated`, async () => {
    const all = start();
    all.service.fault({ on: "createTask", kind: "reset_after" });
    const error = await errorOf(all[way]());
    assert.deepEqual([Sd2Error.is(error), error.code], [true, "outcome_unknown"]);
    const { tasksMade, createRequests } = all.service.ledger();
    assert.deepEqual([tasksMade, createRequests], [1, 1]);
  });

  for (const [name, fault] of [
    ["a 500", { kind: "status", status: 500 }],
    ["a 503 after the work", { kind: "status", status: 503, after: true }],
    ["an answer that is not JSON", { kind: "not_json" }],
  ]) {
    test(`${way}: ${name} is not repeated, whatever maxRetries is`, async () => {
      const all = start();
      all.service.fault({ on: "createTask", ...fault });
      const error = await errorOf(all[way]({ maxRetries: 5 }));
      assert.equal(error.code, "outcome_unknown");
      assert.equal(all.service.ledger().createRequests, 1);
    });
  }

  test(`${way}: four videos are four tasks, although the account runs three`, async () => {
    const all = start();
    const { videos, warnings } = await all[way]({ n: 4 });
    assert.deepEqual([videos.length, warnings.length], [4, 0]);
    assert.deepEqual([made(all.service), new Set(all.ids).size], [4, 4]);
  });

  test(`${way}: when one of four creates fails, the other videos are there, and a warning tells`, async () => {
    const all = start();
    all.service.fault({ on: "createTask", kind: "reset_after", skip: 1 });
    const { videos, warnings } = await all[way]({ n: 4 });
    assert.equal(videos.length, 3);
    assert.match(warnings.map(({ message }) => message).join(), /^A video is missing: .*charged/);
    assert.deepEqual([all.service.ledger().createRequests - limited(all.service), made(all.service)], [4, 4]);
  });

  test(`${way}: an abort while it waits leaves one task`, async () => {
    const all = start({ speed: 0.001 });
    const controller = new AbortController();
    all.service.fault({ on: "queryTask", kind: "latency", ms: 0 });
    const going = errorOf(all[way]({ abortSignal: controller.signal }));
    while (!all.ids.length) await new Promise(done => setImmediate(done));
    controller.abort(new Error("mine"));
    assert.equal((await going).message, "mine");
    assert.equal(made(all.service), 1);
  });

  test(`${way}: an abort before it begins sends nothing`, async () => {
    const all = start();
    const error = await errorOf(all[way]({ abortSignal: AbortSignal.abort(new Error("mine")) }));
    assert.equal(error.message, "mine");
    assert.equal(all.service.ledger().createRequests, 0);
  });
}

/** Creates that the service refused because three tasks ran. */
const limited = service => service.ledger().requests.filter(({ status }) => status === 429).length;

test("a wait that timed out goes on with the id, and nothing is made again", async () => {
  const all = start({ speed: 0.001 });
  const error = await errorOf(all.generate({ providerOptions: { sd2: { pollIntervalMs: 5, pollTimeoutMs: 30 } } }));
  assert.deepEqual([error.code, error.taskId], ["wait_timeout", all.ids[0]]);
  assert.equal((await getVideoStatus(all.model, { operation: error.taskId })).status, "pending");
  await all.service.advance(60_000);
  const { status, videos } = await getVideoStatus(all.model, { operation: error.taskId });
  assert.deepEqual([status, videos[0].mediaType], ["completed", "video/mp4"]);
  assert.equal(made(all.service), 1);
});

test("so does a poll of ai that timed out", async () => {
  const all = start({ speed: 0.001 });
  const error = await errorOf(all.poll({ poll: { intervalMs: 1, timeoutMs: 30 } }));
  assert.match(error.message, /timed out/);
  await all.service.advance(60_000);
  assert.equal((await getVideoStatus(all.model, { operation: all.ids })).status, "completed");
  assert.equal(made(all.service), 1);
});

test("polls that fail end no wait", async () => {
  const all = start({ speed: 0.001 }, { maxRetries: 0 });
  const { operation } = await all.start();
  all.service.fault({ on: "queryTask", kind: "status", status: 503 }, { on: "queryTask", kind: "reset_before" });
  await all.service.advance(60_000);
  assert.equal((await getVideoStatus(all.model, { operation })).status, "completed");
  assert.equal(made(all.service), 1);
});

test("a start of four videos is one operation, which survives a process", async () => {
  const all = start();
  const { operation } = await all.start({ n: 4 });
  assert.deepEqual(operation, all.ids);
  await all.service.advance(60_000);
  const other = createSd2({ apiKey: "sandbox-key", fetch: all.service.fetch }).video("sd2");
  const { status, videos } = await getVideoStatus(other, { operation: JSON.parse(JSON.stringify(operation)) });
  assert.deepEqual([status, videos.length, made(all.service)], ["completed", 4, 4]);
});

test("a task that failed is told in the service's words", async () => {
  const all = start({ speed: 0.001 });
  const { operation } = await all.start({ n: 2 });
  all.service.task(operation[0], { finish: "FAILED", error: "The prompt was refused." });
  assert.equal((await getVideoStatus(all.model, { operation })).status, "pending");
  await all.service.advance(60_000);
  const { status, videos, warnings } = await getVideoStatus(all.model, { operation });
  assert.deepEqual([status, videos.length], ["completed", 1]);
  assert.match(warnings[0].message, /The prompt was refused\./);
  const failed = await getVideoStatus(all.model, { operation: operation[0] });
  assert.equal(failed.status, "error");
  assert.match(failed.error, /The prompt was refused\./);
});

test("a webhook's address becomes the callBackUrl", async () => {
  const all = start({ speed: 0.001 });
  await all.start({ webhookUrl: "https://app.example/hook" });
  await all.service.advance(60_000);
  assert.equal(all.service.ledger().callbacks[0].url, "https://app.example/hook");
});
