// Calls of `onUpdate` between responses, so that a progress bar moves.
import assert from "node:assert/strict";
import { test } from "node:test";
import { installClock } from "../../support/clock.mjs";
import { load } from "../../support/project.mjs";
import { answer, makeService, request } from "../../support/service.mjs";

const { generateAll, Sd2Client } = await load();
const clock = installClock();
const page = new EventTarget();
Object.assign(globalThis, {
  ononline: null,
  document: { visibilityState: "visible" },
  addEventListener: (...all) => page.addEventListener(...all),
  removeEventListener: (...all) => page.removeEventListener(...all),
});
const show = visibilityState => {
  document.visibilityState = visibilityState;
  page.dispatchEvent(new Event("visibilitychange"));
};

const clientOf = service => new Sd2Client({ apiKey: "key", fetch: service.fetch });

/** Makes a video, and resolves to the updates and their times. */
const watch = async (client, options, work = call => clock.run(call)) => {
  const updates = [];
  const onUpdate = update => updates.push({ at: clock.now, ...update });
  const call = client.generate(request(), { onUpdate, ...options });
  await work(call);
  return updates;
};

const isRising = updates => {
  for (const [index, { progress, elapsedMs }] of updates.entries()) {
    const before = updates[index - 1];
    assert.ok(!before || (progress >= before.progress && elapsedMs >= before.elapsedMs), JSON.stringify(updates));
  }
};

test("between two responses, onUpdate reports the time and the progress each second", async () => {
  const service = makeService(clock, { spanOf: () => 26_000 });
  const updates = await watch(clientOf(service));
  assert.ok(updates.length >= 24, `${updates.length}`);
  isRising(updates);
  const running = updates.filter(({ task }) => task.status === "PROCESSING");
  const steps = running.slice(1).map(({ at }, index) => at - running[index].at);
  assert.ok(Math.max(...steps) <= 1_100, steps.join());
  const moves = running.slice(1).filter(({ progress }, index) => progress > running[index].progress);
  assert.ok(moves.length > 0.9 * running.length);
  assert.deepEqual([updates.at(-1).progress, updates.at(-2).progress < 1], [1, true]);
  const polls = updates.map(({ polls }) => polls);
  assert.equal(polls.at(-1), service.polls);
  assert.equal(clock.timers, 0);
});

test("the progress of a first task is cautious, and that of a fourth one is nearly 1 at its end", async () => {
  const service = makeService(clock, { spanOf: () => 26_000 });
  // With the times of the service, from which the client learns.
  const fetch = async (...all) => {
    const body = JSON.parse(await (await service.fetch(...all)).text());
    const { end } = service.tasks.find(({ taskId }) => taskId === body.taskId);
    const completeTime = body.status === "COMPLETED" ? end : null;
    return answer({ ...body, createTime: end - 26_000, completeTime });
  };
  const client = clientOf({ fetch });
  const atEnd = [];
  for (let i = 0; i < 4; i++) {
    const updates = await watch(client);
    isRising(updates);
    atEnd.push(updates.filter(({ task }) => task.status === "PROCESSING").at(-1).progress);
  }
  assert.ok(atEnd[0] > 0.4 && atEnd[0] < 0.65, `${atEnd[0]}`);
  assert.ok(atEnd[3] > 0.9 && atEnd[3] < 1, `${atEnd[3]}`);
});

test("progressIntervalMs sets the interval; with 0 or too long an interval, onUpdate reports only responses", async () => {
  for (const [progressIntervalMs, least, most] of [
    [250, 70, 130],
    [5_000, 8, 16],
    [0, 3, 12],
    [Infinity, 3, 12],
    [1e12, 3, 12],
  ]) {
    const updates = await watch(clientOf(makeService(clock)), { progressIntervalMs });
    const { length } = updates;
    assert.ok(length >= least && length <= most, `${progressIntervalMs}: ${length}`);
    assert.equal(clock.timers, 0);
  }
  for (const progressIntervalMs of [-1, Number.NaN, "often"]) {
    const client = clientOf({ fetch: () => assert.fail("It was sent.") });
    await assert.rejects(client.generate(request(), { progressIntervalMs }), ({ code, message }) => {
      assert.deepEqual([code, /progressIntervalMs/.test(message)], ["invalid_argument", true]);
      return true;
    });
  }
});

test("while the account is full, onUpdate reports the service's message each second", async () => {
  let isFull = true;
  const service = makeService(clock, {
    override: endpoint => endpoint === "createTask" && isFull && answer({ message: "Three tasks run." }, 429),
  });
  const updates = await watch(clientOf(service), { pollIntervalMs: 10_000 }, async call => {
    await clock.pass(25_000);
    isFull = false;
    await clock.run(call);
  });
  const slots = updates.filter(({ task }) => task === null);
  assert.ok(slots.length >= 25, `${slots.length}`);
  assert.ok(slots.every(({ message, progress }) => message.includes("Three tasks run.") && progress === 0));
  const [first, last] = [slots[0], slots.at(-1)];
  assert.ok(last.elapsedMs - first.elapsedMs > 24_000 && last.polls === 3);
});

test("in a hidden page, onUpdate reports only responses until the page returns", async () => {
  const service = makeService(clock, { spanOf: () => 100_000 });
  const updates = await watch(clientOf(service), { pollIntervalMs: 20_000 }, async call => {
    await clock.pass(22_000);
    show("hidden");
    await clock.pass(1_000);
    // The timer of the wait.
    assert.equal(clock.timers, 1);
    await clock.pass(39_000);
    assert.equal(clock.timers, 1);
    show("visible");
    await clock.pass(5_000);
    await clock.run(call);
  });
  isRising(updates);
  const begin = updates[0].at;
  const during = (from, to) => updates.filter(({ at }) => at - begin > from && at - begin <= to).length;
  assert.ok(during(0, 1_900) >= 1 && during(2_500, 41_500) <= 2, `${during(2_500, 41_500)}`);
  assert.ok(during(42_500, 46_500) >= 4);
});

for (const [what, end] of [
  ["an abort", (call, controller) => controller.abort("mine")],
  ["the end of its time", () => clock.pass(60_000)],
]) {
  test(`after ${what}, onUpdate is not called again, and no timer is left`, async () => {
    const controller = new AbortController();
    const updates = [];
    const call = clientOf(makeService(clock, { spanOf: () => Infinity }))
      .generate(request(), {
        signal: controller.signal,
        timeoutMs: 50_000,
        onUpdate: update => updates.push(update),
      })
      .catch(error => error);
    await clock.pass(10_500);
    assert.ok(updates.length >= 7);
    await end(call, controller);
    await call;
    await clock.settle();
    const { length } = updates;
    assert.equal(clock.timers, 0);
    await clock.pass(60_000);
    assert.equal(updates.length, length);
  });
}

test("onUpdate may throw or abort between two responses", async () => {
  const reported = [];
  globalThis.reportError = error => reported.push(error);
  const service = makeService(clock);
  const onUpdate = () => {
    throw new Error("mine");
  };
  assert.equal((await clock.run(clientOf(service).generate(request(), { onUpdate }))).status, "COMPLETED");
  assert.ok(reported.length > 20);
  const controller = new AbortController();
  let count = 0;
  const call = clientOf(service).generate(request(), {
    signal: controller.signal,
    onUpdate: () => ++count === 4 && controller.abort("mine"),
  });
  assert.equal(await clock.run(call.catch(reason => reason)), "mine");
  assert.deepEqual([count, clock.timers], [4, 0]);
});

test("generateAll reports the progress of each request between responses", async () => {
  const updates = [];
  const onUpdate = ({ index, progress }) => updates.push([index, progress]);
  const results = generateAll(clientOf(makeService(clock)), [request("a"), request("b")], { onUpdate });
  await clock.run(
    (async () => {
      for await (const { error } of results) assert.equal(error, undefined);
    })(),
  );
  for (const of of [0, 1]) assert.ok(updates.filter(([index]) => index === of).length > 25);
});
