// Errors of the caller's functions are reported, and calls continue.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { inspect } from "node:util";
import { load } from "../../support/project.mjs";
import { answer, request, taskOf } from "../../support/service.mjs";

const { generateAll, Sd2Client, Sd2Error } = await load();
const uncaught = [];
const note = error => uncaught.push(error);
process.on("uncaughtException", note).on("unhandledRejection", note);
after(() => process.off("uncaughtException", note).off("unhandledRejection", note));

const trap = () => {
  throw new Error("trap");
};
const proxy = new Proxy(
  {},
  { get: trap, has: trap, ownKeys: trap, getPrototypeOf: trap, getOwnPropertyDescriptor: trap },
);
const thrown = [
  new Error("mine"),
  "text",
  undefined,
  null,
  0,
  Symbol("mine"),
  7n,
  () => {},
  Object.create(null),
  proxy,
  {
    get message() {
      throw new Error("trap");
    },
  },
  { toString: trap, name: {} },
  { cause: proxy },
  new Sd2Error("mine", { code: "network" }),
];
const ways = thrown.flatMap(what => [
  () => {
    throw what;
  },
  () => Promise.reject(what),
  () => ({ then: (_, reject) => reject(what) }),
  () => ({
    get then() {
      throw what;
    },
  }),
]);

/** A service that makes a task at the first try and completes it at the second poll. */
const service = () => {
  let polls = 0;
  return async url =>
    url.endsWith("createTask") ? answer({ taskId: "task" }) : answer(taskOf("task", polls++ ? "COMPLETED" : "PENDING"));
};

for (const [name, report] of [
  ["takes it", () => {}],
  ["throws, too", trap],
  ["is missing", undefined],
]) {
  test(`logger, onCreated, onUpdate and store may throw anything; reportError ${name}`, async () => {
    const { error } = console;
    let reports = 0;
    globalThis.reportError = report && ((...all) => (reports++, report(...all)));
    console.error = (...all) => (reports++, report?.(...all));
    try {
      for (const way of ways) {
        const store = { get: way, set: way, delete: way, keys: way, lock: way };
        const client = new Sd2Client({ apiKey: "key", fetch: service(), logger: way, store });
        const task = await client.generate(request(), { onCreated: way, onUpdate: way, pollIntervalMs: 1 });
        assert.equal(task.status, "COMPLETED");
        for await (const { task } of generateAll(
          new Sd2Client({ apiKey: "key", fetch: service(), logger: way }),
          [request()],
          { onCreated: way, onUpdate: way, pollIntervalMs: 1 },
        )) {
          assert.equal(task.status, "COMPLETED");
        }
      }
    } finally {
      console.error = error;
      delete globalThis.reportError;
    }
    assert.ok(reports > ways.length, `${reports}`);
  });
}

test("fetch may throw anything", async () => {
  for (const way of ways) {
    const client = new Sd2Client({ apiKey: "key", fetch: way, maxRetries: 0 });
    for (const [call, code] of [
      [client.getCredits(), "network"],
      [client.createTask(request()), "outcome_unknown"],
    ]) {
      const error = await call.catch(error => error);
      assert.ok(Sd2Error.is(error) && error.code === code, inspect(error));
    }
  }
});

test("a listener may abort, call the client again, and change what it is given", async () => {
  const client = new Sd2Client({
    apiKey: "key",
    fetch: service(),
    logger(event) {
      for (const name of Object.keys(event)) delete event[name];
    },
  });
  const controller = new AbortController();
  const inner = [];
  const outer = client.generate(request(), {
    signal: controller.signal,
    pollIntervalMs: 1,
    onCreated: taskId => inner.push(client.waitForTask(taskId, { pollIntervalMs: 1 })),
    onUpdate: update => {
      update.task.status = "FAILED";
      controller.abort("mine");
    },
  });
  assert.equal(await outer.catch(reason => reason), "mine");
  assert.equal((await inner[0]).status, "COMPLETED");
});

test("the tests of throwing functions caused no uncaught error", async () => {
  await new Promise(done => setTimeout(done, 20));
  assert.deepEqual(uncaught, []);
});
