// WebAssembly that traps during a call: nothing hangs, and the next call works.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { installClock } from "../../support/clock.mjs";
import { load } from "../../support/project.mjs";
import { answer, makeService, request, taskOf } from "../../support/service.mjs";
import { trapping } from "../../support/trapping.mjs";

const clock = installClock();
const uncaught = [];
const note = error => uncaught.push(error);
process.on("uncaughtException", note).on("unhandledRejection", note);
after(() => process.off("uncaughtException", note).off("unhandledRejection", note));

const slim = await load("sd2-client/slim");
await slim.init(trapping());
const { estimateCredits, parseCallback, Sd2Client, Sd2Error, validateRequest } = slim;
const works = () => assert.equal(estimateCredits({ model: "sd2" }).total, 200);
const isBroken = error =>
  Sd2Error.is(error) &&
  error.code === "not_initialized" &&
  !error.retryable &&
  /The WebAssembly stopped/.test(error.message) &&
  error.cause instanceof Error;

/** Makes an import of the module throw at its next use. The error passes through the module like a trap. */
const breakNext = (owner, name) => {
  const original = owner[name];
  owner[name] = () => {
    owner[name] = original;
    throw new WebAssembly.RuntimeError("unreachable");
  };
};

const settled = promise =>
  promise.then(
    value => ({ value }),
    error => ({ error }),
  );

test("a function that traps throws an error, and works again", () => {
  works();
  for (let i = 0; i < 3; i++) {
    assert.throws(() => parseCallback("{}"), isBroken);
    works();
    assert.equal(validateRequest(request()).valid, true);
  }
});

test("a call that traps at its start rejects, and the next one works", async () => {
  const client = new Sd2Client({ apiKey: "key", fetch: async () => answer(taskOf("task", "COMPLETED")) });
  const { error } = await settled(client.getCredits());
  assert.ok(isBroken(error), error);
  assert.equal((await client.queryTask("task")).status, "COMPLETED");
});

for (const [what, breaks] of [
  ["in a function", () => assert.throws(() => parseCallback("{}"), isBroken)],
  ["in a call's begin", async () => void (await settled(new Sd2Client({ apiKey: "key" }).getCredits()))],
  ["when an answer comes", () => breakNext(Date, "now")],
]) {
  test(`a trap ${what} rejects all calls of all clients with advice, and new calls work`, async () => {
    const service = makeService(clock, { latency: 1_000, slots: 100, spanOf: () => 60_000 });
    const slow = makeService(clock, { latency: 100_000 });
    const clients = [service, service, slow].map(
      ({ fetch }) => new Sd2Client({ apiKey: "key", fetch, concurrency: 1 }),
    );
    const running = clients[0].generate(request());
    const queued = clients[0].generate(request());
    await clock.pass(5_000);
    const waiting = clients[1].waitForTask("task_0");
    const creating = clients[2].createTask(request());
    const asking = clients[2].queryTask("task_0");
    const all = [running, queued, waiting, creating, asking].map(settled);
    await clock.settle();
    await breaks();
    await clock.pass(20_000);
    const errors = [];
    for (const each of all) errors.push((await Promise.race([each, Promise.resolve({ error: "hangs" })])).error);
    for (const error of errors)
      assert.ok(Sd2Error.is(error) && /The WebAssembly stopped/.test(error.message), String(error));
    assert.deepEqual(
      errors.map(({ code }) => code),
      ["not_initialized", "not_initialized", "not_initialized", "outcome_unknown", "not_initialized"],
    );
    assert.deepEqual([errors[0].taskId, errors[3].taskId], ["task_0", undefined]);
    assert.match(errors[0].message, /task_0 goes on/);
    assert.match(errors[3].message, /may have been created and charged/);
    const before = [service.creates, service.polls, slow.creates, slow.polls];
    // Timers and responses of the abandoned instance have no effect.
    await clock.pass(200_000);
    assert.deepEqual([service.creates, service.polls, slow.creates, slow.polls], before);
    works();
    assert.equal((await clock.run(clients[0].waitForTask(errors[0].taskId))).status, "COMPLETED");
    assert.equal((await clock.run(clients[0].generate(request()))).status, "COMPLETED");
    assert.deepEqual(uncaught, []);
  });
}

test("a trap in a timer between two polls ends the wait", async () => {
  const service = makeService(clock, { spanOf: () => Infinity });
  const client = new Sd2Client({ apiKey: "key", fetch: service.fetch });
  const call = settled(client.generate(request()));
  await clock.pass(5_000);
  breakNext(Math, "random");
  const { error } = await clock.run(call);
  assert.deepEqual([error.code, error.taskId], ["not_initialized", "task_0"]);
  works();
});

test("generateAll and resume continue after a trap", async () => {
  const store = slim.memoryStore();
  const service = makeService(clock);
  const client = new Sd2Client({ apiKey: "key", fetch: service.fetch, store });
  const results = [];
  const work = (async () => {
    for await (const result of slim.generateAll(
      client,
      [0, 1, 2, 3, 4, 5].map(prompt => request(prompt)),
    ))
      results.push(result);
  })();
  await clock.pass(5_000);
  assert.throws(() => parseCallback("{}"), isBroken);
  await clock.run(work);
  assert.deepEqual(results.map(({ task, error }) => task?.status ?? error.taskId).sort(), [
    "COMPLETED",
    "COMPLETED",
    "COMPLETED",
    "task_0",
    "task_1",
    "task_2",
  ]);
  const resumed = [];
  await clock.run(
    (async () => {
      for await (const { task } of slim.resume(client)) resumed.push(task.taskId);
    })(),
  );
  assert.deepEqual([resumed.sort(), store.size], [["task_0", "task_1", "task_2"], 0]);
});

test("functions work again after a stack overflow", async () => {
  const service = makeService(clock);
  const client = new Sd2Client({ apiKey: "key", fetch: service.fetch });
  const call = settled(client.generate(request()));
  await clock.pass(5_000);
  const thrown = new Set();
  const dive = () => {
    try {
      dive();
    } catch {
      // The stack is full here; try at each step on the way back.
    }
    try {
      validateRequest(request());
    } catch (error) {
      thrown.add(error.name);
      if (thrown.size > 5) return;
    }
  };
  dive();
  works();
  assert.equal(validateRequest(request()).valid, true);
  // The call ends whether the module broke or not.
  const { error, value } = await clock.run(call);
  assert.ok(value?.status === "COMPLETED" || isBroken(error), String(error));
  for (const name of thrown) assert.ok(["RangeError", "Sd2Error"].includes(name), name);
  assert.equal((await clock.run(client.generate(request()))).status, "COMPLETED");
});

test("no trap caused an uncaught error", async () => {
  await clock.pass(1_000_000);
  assert.deepEqual(uncaught, []);
});
