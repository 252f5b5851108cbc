// Faults of a store are reported. They never lose a task or end a call.
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { installClock } from "../../support/clock.mjs";
import { withLocks } from "../../support/locks.mjs";
import { load } from "../../support/project.mjs";
import { answer, makeService, request } from "../../support/service.mjs";

const { forget, generateAll, localStorageStore, memoryStore, resume, Sd2Client } = await load();
const clock = installClock();

let reported;
beforeEach(() => {
  reported = [];
  globalThis.reportError = error => reported.push(error);
});

const clientOf = (service, store, options) => new Sd2Client({ apiKey: "key", fetch: service.fetch, store, ...options });
const collect = async results => {
  const all = [];
  for await (const result of results) all.push(result);
  return all;
};

/** A store with the methods of a memory store, and others in their place. */
const storeOf = (memory, others) => ({
  ...Object.fromEntries(["get", "set", "delete", "keys"].map(name => [name, (...all) => memory[name](...all)])),
  ...others,
});

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
  for (const names of [["get"], ["set"], ["delete"], ["keys"], ["get", "set", "delete", "keys"]]) {
    test(`a store whose ${names.join(", ")} ${what} does not end calls`, async () => {
      const memory = memoryStore();
      const store = Object.fromEntries(
        ["get", "set", "delete", "keys"].map(name => [
          name,
          names.includes(name) ? fault : (...all) => memory[name](...all),
        ]),
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
      await clock.run(client.createTask(request()));
      // An item that could not be deleted is returned again, as ended.
      for (const { task, error } of await clock.run(collect(resume(client)))) assert.ok(task ?? error.task);
      assert.equal(service.creates, 5);
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
  "{}",
  '{"request":7,"taskId":"task_0"}',
  '{"__proto__":{"request":{}}}',
  '{"request":{},"taskId":7}',
  '{"request":{},"taskId":"another"}',
  7,
  {},
  true,
  Symbol("mine"),
  new Uint8Array(3),
]) {
  const text = String(JSON.stringify(garbage) ?? "a symbol");
  test(`an item with ${text} is reported, and does not hide other items`, async () => {
    for (const key of ["sd2-client.task.bad", "sd2-client.create.bad"]) {
      const store = memoryStore();
      const isTask = key.includes("task");
      // An item with a request counts as a create.
      if (!isTask && text.includes("taskId")) continue;
      store.set(key, garbage);
      const events = [];
      const service = makeService(clock);
      void clientOf(service, store)
        .generate(request())
        .catch(() => {});
      await clock.pass(5_000);
      const client = clientOf(service, store, { logger: event => events.push(event) });
      const [{ task }, ...others] = await clock.run(collect(resume(client)));
      assert.deepEqual([task.status, others, [...store.keys()]], ["COMPLETED", [], [key]]);
      assert.ok(reported.some(({ message }) => message.includes(key)));
      assert.deepEqual(
        events.filter(({ type }) => type === "store"),
        [{ type: "store", method: "get", key }],
      );
      clock.clear();
    }
  });

  test(`a list of the first version with ${text} is reported, and does not hide tasks`, async () => {
    const store = memoryStore();
    store.set("sd2-client", garbage);
    store.set("sd2-client.task.task_0", JSON.stringify({ request: request(), taskId: "task_0" }));
    const service = makeService(clock);
    await clock.run(clientOf(service, undefined).createTask(request()));
    const results = await clock.run(collect(resume(clientOf(service, store))));
    assert.ok(results.some(({ task }) => task?.status === "COMPLETED"));
    assert.ok(reported.length || !store.has("sd2-client"));
  });
}

test("the entries of the first version's list are moved to separate items", async () => {
  const store = memoryStore();
  const service = makeService(clock);
  await clock.run(clientOf(service).createTask(request("a")));
  store.set(
    "sd2-client",
    JSON.stringify({
      x1: { request: request("a"), taskId: "task_0" },
      x2: { request: request("lost") },
      x3: null,
      x4: { request: request("gone"), taskId: "a/b é" },
    }),
  );
  const written = new Set();
  const set = store.set.bind(store);
  store.set = (key, value) => (written.add(key), set(key, value));
  const results = await clock.run(collect(resume(clientOf(service, store))));
  const keys = ["sd2-client.create.x2", "sd2-client.task.a%2fb%20%e9", "sd2-client.task.task_0"];
  assert.deepEqual([...written].sort(), keys);
  const told = results.map(({ request, task, error }) => [request.inputs.prompt, task?.status ?? error.code]);
  assert.deepEqual(told.sort(), [
    ["a", "COMPLETED"],
    ["gone", "not_found"],
    ["lost", "outcome_unknown"],
  ]);
  assert.deepEqual([store.size, service.creates], [0, 1]);
});

test("a store that answers after the timeout ends up without items", async () => {
  for (const slow of ["set", "delete"]) {
    const memory = memoryStore();
    const store = Object.fromEntries(
      ["get", "set", "delete", "keys"].map(name => [
        name,
        async (...all) => (name === slow && (await clock.sleep(60_000)), memory[name](...all)),
      ]),
    );
    const service = makeService(clock);
    const call = clientOf(service, store).generate(request("a"));
    await clock.pass(4_000);
    assert.equal(service.creates, slow === "set" ? 0 : 1);
    await clock.run(call);
    await clock.pass(300_000);
    assert.deepEqual([[...memory.keys()], clock.timers], [[], 0]);
  }
});

test("a store that hangs delays a call once, by 5 s", async () => {
  const hang = () => new Promise(() => {});
  const hanging = { get: hang, set: hang, delete: hang, keys: hang };
  for (const names of [["set"], ["delete"], ["set", "delete"], ["get", "set", "delete", "keys"]]) {
    const memory = memoryStore();
    const store = Object.fromEntries(
      ["get", "set", "delete", "keys"].map(name => [
        name,
        names.includes(name) ? hang : (...all) => memory[name](...all),
      ]),
    );
    const begin = clock.now;
    await clock.run(clientOf(makeService(clock), store).createTask(request()));
    assert.ok(clock.now - begin <= 5_100, `${names}: createTask took ${clock.now - begin} ms`);
    const polled = clock.now;
    const { fetch } = makeService(clock, { spanOf: () => 10_000 });
    await clock.run(clientOf({ fetch }, store).generate(request(), { pollIntervalMs: 1_000 }));
    assert.ok(clock.now - polled <= 16_500, `${names}: generate took ${clock.now - polled} ms`);
  }
  for (const work of [client => collect(resume(client)), client => forget(client, "task_0")]) {
    const begin = clock.now;
    await clock.run(work(clientOf(makeService(clock), hanging)));
    assert.ok(clock.now - begin <= 5_000, `It took ${clock.now - begin} ms.`);
  }
  clock.clear();
});

test("resume waits for a store that hangs only once, and ends by its timeoutMs", async () => {
  const memory = memoryStore();
  for (let i = 0; i < 500; i++) {
    memory.set(`sd2-client.task.task_${i}`, JSON.stringify({ request: request(i), taskId: `task_${i}` }));
  }
  const service = makeService(clock);
  service.tasks.push(...Array.from({ length: 500 }, (_, i) => ({ taskId: `task_${i}`, end: 0 })));
  const isHanging = key => key.endsWith("7");
  const storeOf = (get, remove) => ({ get, set() {}, delete: remove, keys: async () => [...memory.keys()] });
  const hang = () => new Promise(() => {});

  // All items hang.
  let begin = clock.now;
  assert.deepEqual(await clock.run(collect(resume(clientOf(service, storeOf(hang, hang))))), []);
  assert.ok(clock.now - begin <= 5_000);

  // If deletes hang, results are returned all the same, and the end waits once.
  begin = clock.now;
  const all = await clock.run(
    collect(
      resume(
        clientOf(
          service,
          storeOf(async key => memory.get(key), hang),
        ),
      ),
    ),
  );
  assert.equal(all.length, 500);
  assert.ok(clock.now - begin < 12_000, `It took ${clock.now - begin} ms.`);

  // A tenth of the items hang, and there is a limit.
  begin = clock.now;
  const get = async key => (isHanging(key) ? hang() : memory.get(key));
  const found = await clock.run(
    collect(
      resume(
        clientOf(
          service,
          storeOf(get, async () => {}),
        ),
        { timeoutMs: 12_000 },
      ),
    ),
  );
  assert.ok(found.length >= 90 && found.length < 500, String(found.length));
  assert.ok(clock.now - begin <= 12_200, `It took ${clock.now - begin} ms.`);
});

test("a Web Lock that hangs delays calls and resume only briefly", async () => {
  await withLocks({ request: () => new Promise(() => {}) }, async () => {
    const store = memoryStore();
    let begin = clock.now;
    const service = makeService(clock);
    await clock.run(clientOf(service, store).createTask(request()));
    assert.ok(clock.now - begin <= 1_100, `It took ${clock.now - begin} ms.`);
    const item = { request: request(), until: clock.now + 1e9, isLocked: true };
    store.set("sd2-client.create.x", JSON.stringify(item));
    begin = clock.now;
    const results = await clock.run(collect(resume(clientOf(service, store), { timeoutMs: 60_000 })));
    assert.deepEqual(
      results.map(({ task }) => task.status),
      ["COMPLETED"],
    );
    assert.ok(clock.now - begin <= 61_000);
  });
});

test("a task whose item could not be written is returned with stored: false", async () => {
  const events = [];
  const full = {
    get() {},
    delete() {},
    keys: () => [],
    set: () => Promise.reject(new DOMException("full", "QuotaExceededError")),
  };
  const client = clientOf(makeService(clock), full, { logger: event => events.push(event) });
  assert.deepEqual(await clock.run(client.createTask(request())), { taskId: "task_0", stored: false });
  const of = events.filter(({ type }) => type === "store");
  assert.deepEqual([of[0].method, of[0].key.slice(0, 18)], ["set", "sd2-client.create."]);
  assert.deepEqual(of[1], { type: "store", method: "set", key: "sd2-client.task.task_0" });
  assert.ok(reported.every(({ name }) => name === "QuotaExceededError") && reported.length === 2);

  const told = [];
  const onCreated = (...all) => told.push(all);
  assert.equal((await clock.run(client.generate(request(), { onCreated }))).status, "COMPLETED");
  await clock.run(collect(generateAll(client, [request("b")], { onCreated })));
  assert.deepEqual(told, [
    ["task_1", { stored: false }],
    [{ index: 0, request: request("b"), taskId: "task_2", stored: false }],
  ]);

  const kept = clientOf(makeService(clock), memoryStore());
  assert.deepEqual(await clock.run(kept.createTask(request())), { taskId: "task_0" });
  await clock.run(kept.generate(request(), { onCreated }));
  assert.deepEqual(told.at(-1), ["task_1", { stored: true }]);
  assert.deepEqual(await clock.run(clientOf(makeService(clock)).createTask(request())), { taskId: "task_0" });
});

test("if the task's item cannot be written, the create's item stays until the caller has the result", async () => {
  const memory = memoryStore();
  const set = (key, value) => {
    if (key.includes("task")) throw new Error("full");
    memory.set(key, value);
  };
  const store = { get: key => memory.get(key), set, delete: key => memory.delete(key), keys: () => memory.keys() };
  const client = clientOf(makeService(clock), store);
  assert.deepEqual(await clock.run(client.createTask(request())), { taskId: "task_0", stored: false });
  assert.equal(memory.size, 1);
  const [{ error }] = await clock.run(collect(resume(client)));
  assert.equal(error.code, "outcome_unknown");
  await clock.run(client.generate(request()));
  await clock.pass(100);
  assert.equal(memory.size, 0);
});

test("an abort is immediate, even if the store hangs", async () => {
  const store = { get() {}, set: () => new Promise(() => {}), delete() {}, keys: () => [] };
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

test("if localStorage is forbidden, calls work without it", async () => {
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

test("a store without one of the four functions is refused, and the error names the function", () => {
  for (const store of [
    {},
    7,
    "store",
    { get() {}, set() {}, delete() {} },
    { get() {}, set() {}, delete: 1, keys() {} },
  ]) {
    assert.throws(
      () => clientOf(makeService(clock), store),
      error => error.code === "invalid_argument" && /store\./.test(error.message),
    );
  }
  clientOf(makeService(clock), null);
});

test("a store that hangs delays a refused create by 10 s at most", async () => {
  for (const method of ["set", "delete"]) {
    const store = storeOf(memoryStore(), { [method]: () => new Promise(() => {}) });
    const fetch = async () => answer({ message: "no" }, 400);
    const client = clientOf({ fetch }, store);
    for (const call of ["createTask", "generate"]) {
      const began = clock.now;
      await clock.run(assert.rejects(client[call](request()), { code: "invalid_request" }));
      assert.ok(clock.now - began <= 10_000, `${method} ${call}`);
    }
  }
});

test("an abort while the store writes the task ends no other call", async () => {
  const memory = memoryStore();
  let isSlow = false;
  const slowly =
    name =>
    async (...all) => {
      if (isSlow) await clock.sleep(1_500);
      return memory[name](...all);
    };
  const store = storeOf(memory, { set: slowly("set"), delete: slowly("delete") });
  const client = clientOf({ fetch: async () => ((isSlow = true), answer({ taskId: "mine" })) }, store);
  const other = new Sd2Client({
    apiKey: "key",
    fetch: async () => (await clock.sleep(3_000), answer({ taskId: "other" })),
  });
  const controller = new AbortController();
  const mine = client.createTask(request(), { signal: controller.signal });
  while (!isSlow) await clock.settle();
  await clock.settle();
  // They get the memory of the machine that has ended.
  const others = Array.from({ length: 5 }, () => other.createTask(request()));
  await clock.settle();
  controller.abort();
  assert.deepEqual(await clock.run(Promise.all([mine, ...others])), [
    { taskId: "mine" },
    ...others.map(() => ({ taskId: "other" })),
  ]);
});

test("resume returns a task whose create ended after its key was listed", async () => {
  const memory = memoryStore();
  const service = makeService(clock);
  const store = storeOf(memory, {
    get: async key => {
      if (key.includes(".create.")) await clock.sleep(3_000);
      return memory.get(key);
    },
  });
  const creating = async (...all) => (await clock.sleep(2_000), service.fetch(...all));
  const made = clientOf({ fetch: creating }, memory).createTask(request());
  await clock.pass(1_000);
  const results = await clock.run(collect(resume(clientOf(service, store))));
  const { taskId } = await made;
  assert.deepEqual(
    results.map(({ task }) => task?.taskId),
    [taskId],
  );
});
