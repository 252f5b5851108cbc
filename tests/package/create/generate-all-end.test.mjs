// The early end of `generateAll`: a break, a return, a throw, an abort.
import assert from "node:assert/strict";
import { test } from "node:test";
import { installClock } from "../../support/clock.mjs";
import { load } from "../../support/project.mjs";
import { answer, makeService, request } from "../../support/service.mjs";

const { generateAll, memoryStore, Sd2Client } = await load();
const clock = installClock();

const clientOf = (service, options) => new Sd2Client({ apiKey: "key", fetch: service.fetch, ...options });
const isAborted = signal => signal.aborted;

/** An endless source that records whether it was closed. */
const endless = () => {
  const source = {
    pulled: 0,
    isClosed: false,
    *[Symbol.iterator]() {
      try {
        for (;;) yield request(source.pulled++);
      } finally {
        source.isClosed = true;
      }
    },
  };
  return source;
};

/** Checks that nothing more is sent and no timer is left. */
const isQuiet = async service => {
  const before = [service.creates, service.polls];
  await clock.pass(3_600_000);
  assert.deepEqual([service.creates, service.polls], before);
  assert.equal(clock.timers, 0);
};

/** The first task takes 10 s, all others an hour. */
const uneven = options => makeService(clock, { spanOf: i => (i ? 3_600_000 : 10_000), ...options });

test("a break stops creates and polls, and `running` lists the tasks that still run", async () => {
  const service = uneven();
  const source = endless();
  const results = generateAll(clientOf(service), source);
  await clock.run(
    (async () => {
      for await (const { index } of results) {
        assert.equal(index, 0);
        // The slot of the first request is taken before its result is yielded.
        await clock.sleep(20_000);
        break;
      }
    })(),
  );
  assert.equal(source.isClosed, true);
  assert.deepEqual(
    results.running.map(({ index, taskId }) => [index, taskId]),
    [
      [1, "task_1"],
      [2, "task_2"],
      [3, "task_3"],
    ],
  );
  assert.equal(results.running[0].request.inputs.prompt, "1");
  await isQuiet(service);
  assert.deepEqual(await results.next(), { done: true, value: undefined });
});

test("a break lets a running create finish", async () => {
  const service = uneven({ latency: 5_000 });
  const results = generateAll(clientOf(service), endless());
  await clock.run(
    (async () => {
      for await (const { index } of results) {
        assert.equal(index, 0);
        await clock.settle();
        // The fourth create was just sent.
        assert.equal(service.creates, 4);
        break;
      }
    })(),
  );
  assert.deepEqual(
    results.running.map(({ taskId }) => taskId),
    ["task_1", "task_2", "task_3"],
  );
  assert.ok([...service.signals].every(isAborted));
  await isQuiet(service);
});

test("a create that got a 429 is not repeated after a break", async () => {
  const service = uneven({
    latency: 5_000,
    override: (endpoint, number) =>
      endpoint === "createTask" && number >= 3 && clock.sleep(5_000).then(() => answer({}, 429)),
  });
  const results = generateAll(clientOf(service), endless());
  await clock.run(
    (async () => {
      for await (const _ of results) {
        await clock.settle();
        break;
      }
    })(),
  );
  assert.deepEqual([service.creates, results.running.length], [4, 2]);
  await isQuiet(service);
});

test("a throw in the loop ends generateAll like a break", async () => {
  const service = uneven();
  const source = endless();
  const results = generateAll(clientOf(service), source);
  const loop = async () => {
    for await (const _ of results) throw new Error("mine");
  };
  await assert.rejects(clock.run(loop()), /mine/);
  assert.ok(source.isClosed && results.running.length >= 2);
  await isQuiet(service);
});

test("return() ends generateAll while next() is pending", async () => {
  const service = makeService(clock, { spanOf: () => Infinity });
  const source = endless();
  const results = generateAll(clientOf(service), source);
  const pending = [results.next(), results.next()];
  await clock.pass(10_000);
  assert.deepEqual(await clock.run(results.return()), { done: true, value: undefined });
  for (const next of pending) assert.deepEqual(await next, { done: true, value: undefined });
  assert.deepEqual([source.isClosed, results.running.length], [true, 3]);
  await isQuiet(service);
});

test("return() before the first next() closes the source, and sends nothing", async () => {
  const service = makeService(clock);
  const source = endless();
  const iterator = source[Symbol.iterator]();
  iterator.next();
  const results = generateAll(clientOf(service), { [Symbol.iterator]: () => iterator });
  await clock.run(results.return());
  assert.deepEqual([service.creates, source.isClosed], [0, true]);
  assert.equal((await results.next()).done, true);
});

test("return() does not wait for a source that hangs", async () => {
  const service = makeService(clock, { spanOf: () => Infinity });
  const source = (async function* () {
    yield request();
    await new Promise(() => {});
  })();
  const results = generateAll(clientOf(service), source);
  results.next();
  await clock.pass(10_000);
  await clock.run(results.return());
  assert.equal(results.running.length, 1);
  await isQuiet(service);
});

/** A signal that counts its listeners. */
const counting = () => {
  const controller = new AbortController();
  const { signal } = controller;
  let listeners = 0;
  const add = signal.addEventListener;
  const remove = signal.removeEventListener;
  signal.addEventListener = (...all) => (listeners++, add.apply(signal, all));
  signal.removeEventListener = (...all) => (listeners--, remove.apply(signal, all));
  return { controller, signal, listeners: () => listeners };
};

for (const [when, at] of [
  ["the creation", 20],
  ["the wait", 5_000],
  ["a poll", 1_560],
]) {
  test(`an abort during ${when} ends all jobs at once with the reason of the signal`, async () => {
    const service = makeService(clock, { spanOf: () => Infinity });
    const source = endless();
    const { controller, signal, listeners } = counting();
    const results = generateAll(clientOf(service), source, { signal, pollIntervalMs: 1_500 });
    const next = results.next();
    next.catch(() => {});
    await clock.pass(at);
    const reason = { mine: true };
    controller.abort(reason);
    // No time has passed.
    await clock.settle();
    await assert.rejects(Promise.race([next, Promise.resolve("late")]), error => error === reason);
    assert.deepEqual([source.isClosed, listeners(), clock.timers - (at === 5_000 ? 0 : clock.timers)], [true, 0, 0]);
    assert.ok([...service.signals].every(isAborted));
    await isQuiet(service);
    assert.equal((await results.next()).done, true);
  });
}

test("generateAll with an aborted signal sends nothing", async () => {
  const service = makeService(clock);
  const source = endless();
  const reason = new Error("mine");
  for (const signal of [AbortSignal.abort(reason)]) {
    const results = generateAll(clientOf(service), source, { signal });
    await assert.rejects(results.next(), error => error === reason);
  }
  assert.deepEqual([service.creates, source.pulled], [0, 0]);
});

test("generateAll throws any reason of an abort, even undefined", async () => {
  for (const reason of [null, 0, "", "text", Symbol("mine")]) {
    const service = makeService(clock, { spanOf: () => Infinity });
    const controller = new AbortController();
    const results = generateAll(clientOf(service), endless(), { signal: controller.signal, maxCredits: 1e6 });
    const next = results.next().then(assert.fail, error => error);
    await clock.pass(5_000);
    controller.abort(reason);
    assert.equal(await clock.run(next), reason);
  }
});

test("a normal end of generateAll leaves no listener, timer or request", async () => {
  const service = makeService(clock);
  const { signal, listeners } = counting();
  const results = generateAll(clientOf(service), [request(), request("[fail]"), {}], { signal });
  await clock.run(
    (async () => {
      for await (const _ of results);
    })(),
  );
  assert.equal(listeners(), 0);
  assert.deepEqual(results.running, []);
  await isQuiet(service);
});

test("a break sends no create that waits for the store", async () => {
  const service = makeService(clock);
  const store = Object.assign(memoryStore(), { set: () => clock.sleep(1_000) });
  const client = clientOf(service, { store });
  const work = async () => {
    for await (const { error } of generateAll(client, [request(""), request(), request()])) {
      assert.equal(error.code, "invalid_request");
      break;
    }
  };
  await clock.run(work());
  await isQuiet(service);
  assert.equal(service.creates, 0);
});

test("a call that cannot start has its own error", async () => {
  const client = clientOf(makeService(clock));
  const codes = [];
  for await (const { error } of generateAll(client, [request()], { progressIntervalMs: -1 })) codes.push(error.code);
  assert.deepEqual(codes, ["invalid_argument"]);
});
