// However a call ends, it leaves no timer, listener, request or body.
import assert from "node:assert/strict";
import { test } from "node:test";
import { installClock } from "../../support/clock.mjs";
import { load } from "../../support/project.mjs";
import { answer, request, taskOf } from "../../support/service.mjs";

const { generateAll, Sd2Client } = await load();
const clock = installClock();

// The parts of a page that the library uses.
const page = new EventTarget();
let pageListeners = 0;
Object.assign(globalThis, {
  ononline: null,
  addEventListener: (...all) => (pageListeners++, page.addEventListener(...all)),
  removeEventListener: (...all) => (pageListeners--, page.removeEventListener(...all)),
});

/** A signal that counts its listeners. */
const counting = () => {
  const controller = new AbortController();
  const { signal } = controller;
  let listeners = 0;
  for (const [name, step] of [
    ["addEventListener", 1],
    ["removeEventListener", -1],
  ]) {
    const original = signal[name];
    signal[name] = (...all) => ((listeners += step), original.apply(signal, all));
  }
  return { controller, signal, listeners: () => listeners };
};

const hang = () => new Promise(() => {});
const streams = [];
/** A response whose body never ends, and which records whether it was cancelled. */
const endless = (status = 200) =>
  function endless() {
    const stream = { isCancelled: false };
    streams.push(stream);
    const body = new ReadableStream({
      pull: controller => clock.sleep(1_000).then(() => controller.enqueue(new Uint8Array(10))),
      cancel: () => void (stream.isCancelled = true),
    });
    return new Response(body, { status });
  };

const running = () => answer(taskOf("task", "PROCESSING"));
const created = () => answer({ taskId: "task" });
const full = () => answer({}, 429);
const down = () => answer({}, 503);
const completed = () => answer(taskOf("task", "COMPLETED"));
const balance = () => answer({ credits: 1, availableCredits: 1 });

/** Responds with these in turn, and repeats the last one. */
const inTurn = (...replies) => {
  // The signals of requests without a complete response.
  const signals = new Set();
  let count = 0;
  const fetch = async (_, { signal }) => {
    signals.add(signal);
    await clock.sleep(10);
    const reply = replies[Math.min(count++, replies.length - 1)];
    if (reply.name !== "endless" && reply !== hang) signals.delete(signal);
    return reply();
  };
  return { fetch, signals, count: () => count };
};

const methods = {
  createTask: (client, options) => client.createTask(request(), options),
  queryTask: (client, options) => client.queryTask("task", options),
  getCredits: (client, options) => client.getCredits(options),
  waitForTask: (client, options) => client.waitForTask("task", options),
  generate: (client, options) => client.generate(request(), options),
  generateAll: (client, options) => generateAll(client, [request(), request()], options).next(),
};

const phases = [
  ["before the answer", [hang], Object.keys(methods)],
  ["in the body", [endless()], Object.keys(methods)],
  ["in the body of a failure", [endless(500)], Object.keys(methods)],
  ["before a retry", [down], ["queryTask", "getCredits", "waitForTask"]],
  ["before another try of a full account", [full], ["generate", "generateAll"]],
  ["between two polls", [running], ["waitForTask"]],
  ["between the creation and the first poll", [created], ["generate", "generateAll"]],
  ["in a poll", [created, hang], ["generate", "generateAll"]],
  ["in a poll's body", [created, endless()], ["generate", "generateAll"]],
];

const isNothingLeft = (signals, listeners) => {
  assert.deepEqual([listeners(), pageListeners], [0, 0]);
  assert.ok([...signals].every(({ aborted }) => aborted));
  assert.ok(streams.every(({ isCancelled }) => isCancelled));
};

for (const [when, replies, names] of phases) {
  for (const name of names) {
    for (const at of [1, 15, 500, 1_000]) {
      test(`${name}: an abort ${when}, after ${at} ms, leaves nothing behind`, async () => {
        streams.length = 0;
        const { fetch, signals, count } = inTurn(...replies);
        const { controller, signal, listeners } = counting();
        const client = new Sd2Client({ apiKey: "key", fetch, maxRetries: 100 });
        const call = methods[name](client, { signal }).catch(error => error);
        await clock.pass(at);
        controller.abort("mine");
        await clock.settle();
        assert.equal(await Promise.race([call, "late"]), "mine");
        isNothingLeft(signals, listeners);
        // The rest belongs to the test: a response that is on its way, or the next piece of a body.
        await clock.pass(1_100);
        assert.equal(clock.timers, 0);
        isNothingLeft(signals, listeners);
        const sent = count();
        await clock.pass(3_600_000);
        assert.equal(count(), sent);
      });
    }
  }
}

test("an aborted call that waited for a slot leaves nothing behind", async () => {
  const { fetch } = inTurn(hang);
  const client = new Sd2Client({ apiKey: "key", fetch, concurrency: 1 });
  const first = counting();
  const second = counting();
  const calls = [first, second].map(({ signal }) => client.generate(request(), { signal }).catch(error => error));
  await clock.pass(100);
  for (const { controller } of [second, first]) controller.abort("mine");
  assert.deepEqual(await Promise.all(calls), ["mine", "mine"]);
  assert.deepEqual([first.listeners(), second.listeners(), pageListeners, clock.timers], [0, 0, 0, 0]);
});

for (const [name, replies] of [
  ["createTask", [created]],
  ["createTask", [down]],
  ["queryTask", [down, running]],
  [
    "queryTask",
    [
      () => {
        throw new Error("mine");
      },
    ],
  ],
  ["getCredits", [balance]],
  ["getCredits", [endless()]],
  ["waitForTask", [running, down, completed]],
  ["waitForTask", [() => answer({}, 404)]],
  ["waitForTask", [running]],
  ["waitForTask", [hang]],
  ["generate", [full, created, running, completed]],
  ["generate", [down]],
  ["generateAll", [created, created, completed]],
]) {
  test(`${name}: the end of the call leaves nothing behind: ${replies.map(({ name }) => name || "throws")}`, async () => {
    streams.length = 0;
    const { fetch, signals } = inTurn(...replies);
    const { signal, listeners } = counting();
    const client = new Sd2Client({ apiKey: "key", fetch, timeoutMs: 20_000 });
    const iterator = name === "generateAll" && generateAll(client, [request(), request()], { signal });
    const all = async () => {
      for await (const _ of iterator);
    };
    await clock.run((iterator ? all() : methods[name](client, { signal, timeoutMs: 20_000 })).catch(() => {}));
    await clock.pass(1_100);
    assert.equal(clock.timers, 0);
    isNothingLeft(signals, listeners);
  });
}
