// Nothing that a store does loses a task or ends a call: it is reported.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { installClock } from "./clock.mjs";
import { load } from "./project.mjs";
import { makeService, request } from "./service.mjs";

const { generateAll, localStorageStore, memoryStore, resume, Sd2Client } = await load();
const clock = installClock();

let reported;
beforeEach(() => {
  reported = [];
  globalThis.reportError = error => reported.push(error);
});

const clientOf = (service, store) => new Sd2Client({ apiKey: "key", fetch: service.fetch, store });
const collect = async results => {
  const all = [];
  for await (const result of results) all.push(result);
  return all;
};

const mine = new Error("mine");
const faults = {
  throws: () => {
    throw mine;
  },
  "throws no error": () => {
    throw undefined;
  },
  rejects: () => Promise.reject(mine),
  "rejects later": () => clock.sleep(50).then(() => Promise.reject(null)),
  hangs: () => new Promise(() => {}),
  "gives a hostile thenable": () => ({
    get then() {
      throw mine;
    },
  }),
};

for (const [what, fault] of Object.entries(faults)) {
  for (const names of [["get"], ["set"], ["delete"], ["get", "set", "delete"]]) {
    test(`a store whose ${names.join(", ")} ${what} ends no call`, async () => {
      const memory = memoryStore();
      const store = Object.fromEntries(
        ["get", "set", "delete"].map(name => [name, names.includes(name) ? fault : (...all) => memory[name](...all)]),
      );
      const service = makeService(clock);
      const client = clientOf(service, store);
      assert.equal((await clock.run(client.generate(request()))).status, "COMPLETED");
      const { taskId } = await clock.run(client.createTask(request()));
      assert.equal((await clock.run(client.waitForTask(taskId))).status, "COMPLETED");
      const results = await clock.run(collect(generateAll(client, [request(), request("[fail]")])));
      assert.deepEqual(results.map(({ task, error }) => task?.status ?? error.code).sort(), [
        "COMPLETED",
        "task_failed",
      ]);
      // What could not be deleted is there again, and has ended.
      for (const { task, error } of await clock.run(collect(resume(client)))) assert.ok(task ?? error.task);
      assert.equal(service.creates, 4);
      assert.ok(reported.length > 0);
      await clock.pass(60_000);
      assert.equal(clock.timers, 0);
    });
  }
}

for (const garbage of [
  "",
  "no JSON",
  "null",
  "[]",
  "7",
  '"text"',
  '{"a":null}',
  '{"a":7,"b":[]}',
  '{"__proto__":{"x":1}}',
  '{"a":{"taskId":7}}',
  7,
  {},
  true,
  Symbol("mine"),
  new Uint8Array(3),
]) {
  test(`a store that holds ${String(JSON.stringify(garbage) ?? "a symbol")} is used all the same`, async () => {
    const store = memoryStore();
    store.set("sd2-client", garbage);
    const service = makeService(clock);
    assert.deepEqual(await clock.run(collect(resume(clientOf(service, store)))), []);
    const client = clientOf(service, store);
    const call = client.generate(request());
    await clock.pass(5_000);
    const entries = Object.values(JSON.parse(store.get("sd2-client")));
    assert.deepEqual(entries, [{ request: request(), taskId: "task_0" }]);
    const [{ task }] = await clock.run(collect(resume(clientOf(service, store))));
    assert.equal(task.status, "COMPLETED");
    await clock.run(call);
    assert.equal(store.size, 0);
  });
}

test("a store that answers after its time overwrites nothing", async () => {
  const memory = memoryStore();
  let isSlow = true;
  const store = {
    get: key => (isSlow ? clock.sleep(60_000).then(() => "{}") : memory.get(key)),
    set: (key, value) => memory.set(key, value),
    delete: key => memory.delete(key),
  };
  const service = makeService(clock, { spanOf: () => Infinity });
  const client = clientOf(service, store);
  void client.generate(request("a")).catch(() => {});
  await clock.pass(4_000);
  assert.equal(service.creates, 0);
  isSlow = false;
  await clock.pass(100_000);
  const entries = Object.values(JSON.parse(memory.get("sd2-client")));
  assert.deepEqual(entries, [{ request: request("a"), taskId: "task_0" }]);
  clock.clear();
});

test("an abort is immediate also where the store hangs", async () => {
  const store = { get: () => new Promise(() => {}), set() {}, delete() {} };
  const service = makeService(clock);
  const controller = new AbortController();
  const call = clientOf(service, store)
    .generate(request(), { signal: controller.signal })
    .catch(error => error);
  await clock.pass(1_000);
  controller.abort("mine");
  await clock.settle();
  assert.equal(await Promise.race([call, "late"]), "mine");
  await clock.pass(60_000);
  assert.deepEqual([service.creates, clock.timers], [0, 0]);
});

test("where localStorage is forbidden, work goes on", async () => {
  Object.defineProperty(globalThis, "localStorage", {
    get: () => {
      throw new Error("SecurityError");
    },
    configurable: true,
  });
  assert.equal(
    (await clock.run(clientOf(makeService(clock), localStorageStore()).generate(request()))).status,
    "COMPLETED",
  );
  assert.ok(reported.every(({ message }) => message === "SecurityError") && reported.length > 0);
  delete globalThis.localStorage;
});

test("a store without its three functions is refused, by its name", () => {
  for (const store of [{}, 7, "store", { get() {}, set() {} }, { get() {}, set() {}, delete: 1 }]) {
    assert.throws(
      () => clientOf(makeService(clock), store),
      error => error.code === "invalid_argument" && /store\./.test(error.message),
    );
  }
  clientOf(makeService(clock), null);
});
