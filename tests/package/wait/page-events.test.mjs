// A page that was hidden, offline or frozen polls at once when it returns.
import assert from "node:assert/strict";
import { test } from "node:test";
import { installClock } from "../../support/clock.mjs";
import { load } from "../../support/project.mjs";
import { answer, request, taskOf } from "../../support/service.mjs";

const { Sd2Client } = await load();
const clock = installClock();
const page = new EventTarget();
Object.assign(globalThis, {
  ononline: null,
  document: { visibilityState: "visible" },
  addEventListener: (...all) => page.addEventListener(...all),
  removeEventListener: (...all) => page.removeEventListener(...all),
});
const dispatch = type => page.dispatchEvent(new Event(type));

const start = (reply = () => answer(taskOf("task", "PROCESSING"))) => {
  const sent = [];
  const client = new Sd2Client({
    apiKey: "key",
    fetch: async url => (sent.push(url), reply(url, sent.length)),
  });
  return { client, sent };
};

for (const type of ["visibilitychange", "online", "pageshow"]) {
  test(`${type} ends a pause between two polls`, async () => {
    const { client, sent } = start();
    const controller = new AbortController();
    const wait = client.waitForTask("task", { pollIntervalMs: 3_600_000, signal: controller.signal }).catch(() => {});
    await clock.pass(1_000);
    assert.equal(sent.length, 1);
    dispatch(type);
    await clock.settle();
    assert.equal(sent.length, 2);
    // Only once.
    await clock.pass(10_000);
    assert.equal(sent.length, 2);
    controller.abort();
    await wait;
    dispatch(type);
    await clock.settle();
    assert.equal(sent.length, 2);
  });
}

test("a page that becomes hidden does not poll early", async () => {
  const { client, sent } = start();
  const controller = new AbortController();
  const wait = client.waitForTask("task", { pollIntervalMs: 3_600_000, signal: controller.signal }).catch(() => {});
  await clock.pass(1_000);
  document.visibilityState = "hidden";
  for (const type of ["visibilitychange", "online", "pageshow"]) dispatch(type);
  await clock.settle();
  assert.equal(sent.length, 1);
  document.visibilityState = "visible";
  dispatch("visibilitychange");
  await clock.settle();
  assert.equal(sent.length, 2);
  controller.abort();
  await wait;
});

test("the online event ends an outage", async () => {
  let isOnline = false;
  const { client, sent } = start(() => {
    if (!isOnline) throw new TypeError("Failed to fetch");
    return answer(taskOf("task", "COMPLETED"));
  });
  const wait = client.waitForTask("task");
  await clock.pass(60_000);
  const { length } = sent;
  isOnline = true;
  dispatch("online");
  await clock.settle();
  assert.equal((await wait).status, "COMPLETED");
  assert.equal(sent.length, length + 1);
  assert.equal(clock.timers, 0);
});

test("a machine that slept through the deadline of a wait polls once more", async () => {
  const { now } = Date;
  let status = "PROCESSING";
  const { client, sent } = start(() => answer(taskOf("task", status)));
  for (const [left, code] of [
    ["COMPLETED", undefined],
    ["PROCESSING", "wait_timeout"],
  ]) {
    sent.length = 0;
    const wait = client.waitForTask("task", { pollIntervalMs: 5_000 }).then(
      () => undefined,
      error => error.code,
    );
    await clock.pass(1_000);
    assert.equal(sent.length, 1);
    Date.now = () => now() + 3_600_000;
    status = left;
    assert.equal(await clock.run(wait), code);
    assert.ok(sent.length > 1 && sent.length < 5, String(sent.length));
    Date.now = now;
    status = "PROCESSING";
  }
  assert.equal(clock.timers, 0);
});

test("a returning page does not shorten Retry-After or the pause of a create", async () => {
  const { client, sent } = start((_, number) =>
    number === 1 ? answer({}, 503, { "retry-after": "20" }) : answer(taskOf("task", "COMPLETED")),
  );
  const wait = client.waitForTask("task");
  await clock.pass(1_000);
  dispatch("online");
  await clock.pass(18_000);
  assert.equal(sent.length, 1);
  await clock.run(wait);

  const full = start(url => (url.endsWith("createTask") ? answer({}, 429) : answer(taskOf("task", "COMPLETED"))));
  const controller = new AbortController();
  const call = full.client.generate(request(), { pollIntervalMs: 4_000, signal: controller.signal }).catch(() => {});
  await clock.pass(1_000);
  dispatch("online");
  await clock.pass(1_000);
  assert.equal(full.sent.length, 1);
  controller.abort();
  await call;
});
