// What is in a store during calls, and what `resume` makes of it after the page has closed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { installClock } from "../../support/clock.mjs";
import { makeLocks, withLocks } from "../../support/locks.mjs";
import { load } from "../../support/project.mjs";
import { answer, makeService, request } from "../../support/service.mjs";

const { forget, generateAll, localStorageStore, memoryStore, resume, Sd2Client, Sd2Error } = await load();
const clock = installClock();
const KEY = "secret-key";

const clientOf = (service, store, options) => new Sd2Client({ apiKey: KEY, fetch: service.fetch, store, ...options });

/** The items of a store. */
const held = store => {
  const items = [...store.values()].map(text => JSON.parse(text));
  return items.map(({ request, taskId }) => (taskId ? { request, taskId } : { request }));
};

/** A store whose methods take time. */
const slowly = (store, span = 20) =>
  Object.fromEntries(
    ["get", "set", "delete", "keys"].map(name => [
      name,
      async (...all) => (await clock.sleep(span), store[name](...all)),
    ]),
  );

const collect = async results => {
  const all = [];
  for await (const result of results) all.push(result);
  return all;
};

/** Closes the page: its calls stop, and its tasks run on. Returns the service for the next page. */
const reload = service => {
  clock.clear();
  const next = makeService(clock);
  next.tasks.push(...service.tasks);
  return next;
};

for (const kind of ["sync", "async"]) {
  const make = () => {
    const memory = memoryStore();
    return { memory, store: kind === "sync" ? memory : slowly(memory) };
  };

  test(`${kind}: the store has the request before it is sent, then the task, and nothing after the call`, async () => {
    const { memory, store } = make();
    const seen = [];
    const service = makeService(clock, { override: endpoint => void seen.push([endpoint, held(memory)]) });
    const mine = request("a");
    await clock.run(clientOf(service, store).generate(mine));
    await clock.pass(100);
    assert.deepEqual(seen[0], ["createTask", [{ request: mine }]]);
    assert.deepEqual(seen[1], ["queryTask", [{ request: mine, taskId: "task_0" }]]);
    assert.deepEqual([held(memory), memory.size], [[], 0]);
  });

  test(`${kind}: resume reports outcome_unknown for a create during which the page closed`, async () => {
    const { memory, store } = make();
    const service = makeService(clock, { latency: 5_000 });
    void clientOf(service, store)
      .generate(request("a"))
      .catch(() => {});
    await clock.pass(1_000);
    assert.equal(service.creates, 1);
    const next = reload(service);
    const client = clientOf(next, store);
    const [{ index, request: of, error, task }, ...others] = await clock.run(collect(resume(client)));
    assert.deepEqual([index, of, error.code, task, others], [0, request("a"), "outcome_unknown", undefined, []]);
    assert.ok(
      Sd2Error.is(error) && !error.retryable && /may have been created and charged/.test(error.message),
      error.message,
    );
    // It is reported once.
    assert.deepEqual([await clock.run(collect(resume(client))), memory.size], [[], 0]);
    assert.deepEqual([next.creates, next.polls], [0, 0]);
  });

  test(`${kind}: resume waits for tasks that ran when the page closed`, async () => {
    const { memory, store } = make();
    const service = makeService(clock);
    const before = clientOf(service, store);
    for (const prompt of ["a", "[fail]", "c"]) void before.generate(request(prompt)).catch(() => {});
    await clock.pass(5_000);
    const next = reload(service);
    const updates = [];
    const results = await clock.run(
      collect(resume(clientOf(next, store), { onUpdate: update => updates.push(update) })),
    );
    const of = Object.fromEntries(
      results.map(({ request, task, error }) => [request.inputs.prompt, task?.status ?? error.code]),
    );
    assert.deepEqual(of, { a: "COMPLETED", "[fail]": "task_failed", c: "COMPLETED" });
    assert.ok(
      updates.length >= 3 &&
        updates.every(({ index, request }) => results.find(r => r.index === index).request === request),
    );
    assert.deepEqual([next.creates, memory.size], [0, 0]);
  });

  test(`${kind}: resume returns ended tasks at once, and reports and removes unknown ones`, async () => {
    const { memory, store } = make();
    const service = makeService(clock);
    const before = clientOf(service, store);
    for (const prompt of ["a", "b"]) void before.generate(request(prompt)).catch(() => {});
    await clock.pass(5_000);
    const next = reload(service);
    next.tasks.pop();
    await clock.pass(3_600_000);
    const begin = clock.now;
    const results = await clock.run(collect(resume(clientOf(next, store))));
    // The service says "not found" three times over ten seconds.
    assert.ok(clock.now - begin >= 10_000 && clock.now - begin < 60_000);
    assert.deepEqual(results.map(({ task, error }) => task?.status ?? error.code).sort(), ["COMPLETED", "not_found"]);
    assert.equal(memory.size, 0);
  });

  test(`${kind}: an error that does not end the task leaves it in the store`, async () => {
    for (const [status, code] of [
      [401, "unauthorized"],
      [403, "forbidden"],
      [undefined, "wait_timeout"],
      ["abort", "mine"],
    ]) {
      const { memory, store } = make();
      const service = makeService(clock, {
        spanOf: () => Infinity,
        override: endpoint =>
          typeof status === "number" && endpoint === "queryTask" && answer({ message: "no" }, status),
      });
      const controller = new AbortController();
      if (status === "abort") setTimeout(() => controller.abort({ code: "mine" }), 20_000);
      const call = clientOf(service, store).generate(request(), { timeoutMs: 60_000, signal: controller.signal });
      const error = await clock.run(call.catch(error => error));
      await clock.pass(100);
      assert.equal(error.code, code);
      assert.deepEqual(held(memory), [{ request: request(), taskId: "task_0" }]);
      const resumed = resume(clientOf(service, store), { timeoutMs: 10_000 });
      const [result] = await clock.run(collect(resumed));
      assert.ok(result.error);
      await clock.pass(100);
      assert.equal(held(memory).length, 1);
    }
  });

  test(`${kind}: a create that certainly made no task leaves nothing in the store`, async () => {
    for (const [status, code] of [
      [400, "invalid_request"],
      [402, "insufficient_credits"],
      [404, "not_found"],
      [500, "outcome_unknown"],
      [302, "outcome_unknown"],
      [415, "unexpected_response"],
    ]) {
      const { memory, store } = make();
      const service = makeService(clock, { override: () => answer({}, status) });
      for (const method of ["generate", "createTask"]) {
        const error = await clock.run(
          clientOf(service, store)
            [method](request())
            .catch(error => error),
        );
        await clock.pass(100);
        assert.deepEqual([error.code, memory.size], [code, 0], method);
      }
    }
  });

  test(`${kind}: a create that waits for a slot has no item`, async () => {
    const { memory, store } = make();
    let isFull = true;
    const service = makeService(clock, {
      override: endpoint => endpoint === "createTask" && isFull && answer({}, 429),
    });
    const call = clientOf(service, store).generate(request());
    await clock.pass(3_000);
    assert.ok(service.creates >= 1);
    assert.deepEqual(held(memory), []);
    isFull = false;
    assert.equal((await clock.run(call)).status, "COMPLETED");
    await clock.pass(100);
    assert.equal(memory.size, 0);
  });

  test(`${kind}: the task of createTask stays in the store until a call sees its end`, async () => {
    const { memory, store } = make();
    const service = makeService(clock);
    const client = clientOf(service, store);
    const { taskId } = await clock.run(client.createTask(request()));
    await clock.pass(100);
    assert.deepEqual(held(memory), [{ request: request(), taskId }]);
    assert.equal((await clock.run(client.queryTask(taskId))).status, "PROCESSING");
    assert.equal(held(memory).length, 1);
    await clock.pass(60_000);
    assert.equal((await clock.run(client.queryTask(taskId))).status, "COMPLETED");
    await clock.pass(100);
    assert.equal(memory.size, 0);
    const other = await clock.run(client.createTask(request()));
    const [{ task }] = await clock.run(collect(resume(client)));
    assert.deepEqual([task.taskId, memory.size], [other.taskId, 0]);
  });
}

test("an abort during a create leaves its item for resume", async () => {
  const store = memoryStore();
  const service = makeService(clock, { latency: 5_000 });
  const client = clientOf(service, store);
  const controller = new AbortController();
  const call = client.generate(request(), { signal: controller.signal });
  await clock.pass(1_000);
  controller.abort("mine");
  assert.equal(await call.catch(reason => reason), "mine");
  const results = await clock.run(collect(resume(client)));
  assert.deepEqual(
    results.map(({ error }) => error.code),
    ["outcome_unknown"],
  );
});

test("an abort before the create is sent removes its item", async () => {
  for (const span of [20, 2_000]) {
    const memory = memoryStore();
    const service = makeService(clock);
    const client = clientOf(service, slowly(memory, span));
    const controller = new AbortController();
    const call = client.generate(request(), { signal: controller.signal }).catch(reason => reason);
    await clock.pass(0.5 * span);
    controller.abort("mine");
    assert.equal(await call, "mine");
    await clock.pass(20_000);
    assert.deepEqual([service.creates, memory.size], [0, 0]);
  }
});

test("a failed call does not remove items of other calls", async () => {
  const store = memoryStore();
  const service = makeService(clock, {
    latency: 5_000,
    override: (endpoint, number, body) => body?.inputs.prompt === "b" && answer({}, 404),
  });
  const client = clientOf(service, store);
  void client.generate(request("a")).catch(() => {});
  await clock.pass(1_000);
  const { code } = await client.createTask(request("b")).catch(error => error);
  await clock.pass(100);
  assert.deepEqual([code, held(store)], ["not_found", [{ request: request("a") }]]);
  clock.clear();
});

test("resume leaves out tasks for which the client already waits", async () => {
  const store = memoryStore();
  const service = makeService(clock);
  const client = clientOf(service, store);
  const call = client.generate(request());
  const during = client.generate(request());
  await clock.pass(20);
  assert.deepEqual(await collect(resume(client)), []);
  await clock.pass(5_000);
  assert.deepEqual(await collect(resume(client)), []);
  await clock.run(Promise.all([call, during]));
});

test("a break out of resume keeps the tasks whose results were not returned", async () => {
  const store = memoryStore();
  const service = makeService(clock, { latency: 5_000 });
  const before = clientOf(service, store);
  void before.generate(request("a")).catch(() => {});
  void before.generate(request("b")).catch(() => {});
  await clock.pass(1_000);
  clock.clear();
  const client = clientOf(service, store);
  const takeOne = async () => {
    for await (const { error } of resume(client)) return error.code;
  };
  assert.equal(await clock.run(takeOne()), "outcome_unknown");
  assert.equal(held(store).length, 1);
  assert.equal((await clock.run(collect(resume(client)))).length, 1);
  assert.deepEqual(await clock.run(collect(resume(client))), []);
});

test("a result that the consumer has not taken is there again after a reload", async () => {
  const store = memoryStore();
  const service = makeService(clock);
  const before = generateAll(
    clientOf(service, store),
    [1, 2, 3].map(prompt => request(prompt)),
  );
  const { value } = await clock.run(before.next());
  await clock.pass(600_000);
  assert.deepEqual(before.running, []);
  const next = reload(service);
  const resumed = await clock.run(collect(resume(clientOf(next, store))));
  // The first result is returned again, because it may not have been taken.
  const found = resumed.map(({ task }) => task.taskId).sort();
  assert.deepEqual([found, found.includes(value.task.taskId), store.size], [["task_0", "task_1", "task_2"], true, 0]);
});

test("resume returns tasks that generateAll left running", async () => {
  const store = memoryStore();
  const service = makeService(clock, { spanOf: i => 10_000 * (i + 1) });
  const client = clientOf(service, store);
  const results = generateAll(
    client,
    [1, 2, 3, 4, 5].map(prompt => request(prompt)),
  );
  await clock.run(
    (async () => {
      for await (const _ of results) break;
    })(),
  );
  const left = results.running.map(({ taskId }) => taskId).sort();
  assert.ok(left.length >= 2);
  const resumed = await clock.run(collect(resume(client)));
  assert.deepEqual(resumed.map(({ task }) => task.taskId).sort(), left);
});

for (const [kind, makeStore] of [
  ["at once", memory => memory],
  ["after 3 ms", memory => slowly(memory, 3)],
]) {
  for (const [what, makeOwn] of [
    ["with Web Locks", () => makeLocks(() => clock.sleep(3))],
    ["without Web Locks", () => undefined],
  ]) {
    test(`four clients that share a store which answers ${kind} lose no task, ${what}`, () =>
      withLocks(makeOwn(), async () => {
        const memory = memoryStore();
        const store = makeStore(memory);
        const service = makeService(clock, { slots: 100 });
        const clients = [0, 1, 2, 3].map(() => clientOf(service, store));
        for (let i = 0; i < 12; i++) void clients[i % 4].generate(request(i)).catch(() => {});
        await clock.pass(40);
        assert.equal(held(memory).length, 12);
        await clock.pass(5_000);
        const kept = held(memory).map(({ taskId }) => taskId);
        assert.deepEqual(kept.sort(), service.tasks.map(({ taskId }) => taskId).sort());
        const next = reload(service);
        const results = await clock.run(collect(resume(clientOf(next, store))));
        assert.deepEqual([results.length, memory.size], [12, 0]);
      }));
  }
}

test("a call that ends before it gets its lock sends nothing and leaves no item and no lock", async () => {
  const locks = makeLocks(() => clock.sleep(900));
  await withLocks(locks, async () => {
    const store = memoryStore();
    const service = makeService(clock);
    const controller = new AbortController();
    const call = clientOf(service, store).createTask(request(), { signal: controller.signal });
    const settled = call.catch(reason => reason);
    await clock.pass(500);
    controller.abort("mine");
    assert.equal(await settled, "mine");
    await clock.pass(10_000);
    assert.deepEqual([service.tasks.length, store.size, locks.held()], [0, 0, []]);
  });
});

test("a call works without a lock if it cannot get one", async () => {
  for (const locking of [
    () => Promise.reject(new Error("SecurityError")),
    () => {
      throw new Error("SecurityError");
    },
    () => undefined,
    () => new Promise(() => {}),
    // Granted after the timeout.
    async (_, options, work) => (await clock.sleep(2_000), work()),
  ]) {
    await withLocks({ request: locking }, async () => {
      const store = memoryStore();
      const service = makeService(clock);
      const { taskId } = await clock.run(clientOf(service, store).createTask(request()));
      assert.equal(held(store)[0].taskId, taskId);
    });
  }
});

for (const what of ["with Web Locks", "without Web Locks", "without locks in the store"]) {
  /** A client, and the store of another client, which is the same one. */
  const share = () => {
    const memory = memoryStore();
    return { memory, store: what.endsWith("store") ? slowly(memory, 3) : memory };
  };
  const locks = () => (what === "with Web Locks" ? makeLocks() : undefined);

  test(`resume returns the task of a create that another client is sending, ${what}`, () =>
    withLocks(locks(), async () => {
      const { memory, store } = share();
      const service = makeService(clock, { latency: 28_000 });
      const call = clientOf(service, store).createTask(request("a"));
      await clock.pass(1_000);
      const results = await clock.run(collect(resume(clientOf(service, store))));
      const { taskId } = await call;
      assert.deepEqual(
        results.map(({ task, error }) => task?.taskId ?? error.code),
        [taskId],
      );
      assert.deepEqual([service.creates, memory.size], [1, 0]);
    }));

  test(`resume ignores a create whose item another client is still writing, ${what}`, () =>
    withLocks(locks(), async () => {
      const { store } = share();
      const refused = () => answer({ message: "no credits" }, 402);
      const late = () => clock.sleep(20_000).then(refused);
      const call = clientOf(makeService(clock, { override: late }), store).createTask(request("a"));
      call.catch(() => {});
      await clock.pass(1_000);
      const results = await clock.run(collect(resume(clientOf(makeService(clock), store))));
      assert.deepEqual(results, []);
      await assert.rejects(call, { code: "insufficient_credits" });
    }));

  test(`resume ends by its timeoutMs while another client creates, ${what}, and leaves no timer`, () =>
    withLocks(locks(), async () => {
      const { store } = share();
      const service = makeService(clock, { latency: 28_000 });
      const call = clientOf(service, store).createTask(request("a"));
      await clock.pass(1_000);
      const begin = clock.now;
      const client = clientOf(makeService(clock), store);
      assert.deepEqual(await clock.run(collect(resume(client, { timeoutMs: 5_000 }))), []);
      assert.ok(clock.now - begin <= 5_100, `${clock.now - begin}`);
      const controller = new AbortController();
      const aborted = collect(resume(client, { signal: controller.signal })).catch(reason => reason);
      await clock.pass(2_500);
      const { timers } = clock;
      controller.abort("mine");
      assert.equal(await aborted, "mine");
      await clock.settle();
      assert.ok(clock.timers < timers);
      await clock.run(call);
      await clock.pass(10_000);
      assert.equal(clock.timers, 0);
    }));
}

test("a create without a client is lost 15 s after its attempt must have ended, or at once if its lock is free", async () => {
  for (const [locks, least, most] of [
    [undefined, 43_000, 47_000],
    [makeLocks(), 0, 1_000],
  ]) {
    await withLocks(locks, async () => {
      const store = memoryStore();
      const service = makeService(clock, { latency: 60_000 });
      void clientOf(service, store)
        .createTask(request("a"))
        .catch(() => {});
      await clock.pass(100);
      clock.clear();
      // A browser releases the locks of a closed page.
      const begin = clock.now;
      await withLocks(locks && makeLocks(), async () => {
        const [{ error }] = await clock.run(collect(resume(clientOf(makeService(clock), store))));
        assert.equal(error.code, "outcome_unknown");
        const took = clock.now - begin;
        assert.ok(took >= least && took <= most, `${took}`);
      });
      assert.equal(store.size, 0);
    });
  }
});

test("the create of a sleeping page is not lost while the page has its lock", async () => {
  const locks = makeLocks();
  await withLocks(locks, async () => {
    const store = memoryStore();
    const service = makeService(clock, { latency: 60_000 });
    void clientOf(service, store)
      .createTask(request("a"))
      .catch(() => {});
    await clock.pass(100);
    clock.clear();
    await clock.pass(3_600_000);
    assert.deepEqual(await clock.run(collect(resume(clientOf(makeService(clock), store)))), []);
    assert.equal(store.size, 1);
  });
});

test("if a client crashed between the writes of a task and its create, resume returns one task", async () => {
  const memory = memoryStore();
  const store = { ...slowly(memory, 3), delete: () => new Promise(() => {}) };
  const service = makeService(clock);
  void clientOf(service, store).createTask(request("a"));
  await clock.pass(1_000);
  assert.equal(memory.size, 2);
  clock.clear();
  const results = await clock.run(collect(resume(clientOf(service, memory))));
  assert.deepEqual([results.map(({ task }) => task?.status), memory.size], [["COMPLETED"], 0]);
});

test("4,000 creates access the store 3 times each, and each item has one create", async () => {
  const memory = memoryStore();
  const counts = {};
  let longest = 0;
  const store = Object.fromEntries(
    ["get", "set", "delete", "keys"].map(name => [
      name,
      (key, value) => {
        counts[name] = (counts[name] ?? 0) + 1;
        longest = Math.max(longest, value?.length ?? 0);
        return memory[name](key, value);
      },
    ]),
  );
  const service = makeService(clock, { slots: Infinity, latency: 1 });
  const client = clientOf(service, store);
  for (let i = 0; i < 40; i++) {
    await clock.run(Promise.all(Array.from({ length: 100 }, (_, j) => client.createTask(request(100 * i + j)))));
  }
  assert.deepEqual(counts, { set: 8_000, delete: 4_000 });
  assert.deepEqual([memory.size, longest < 250], [4_000, true]);

  // The accesses of resume are bounded, too.
  let running = 0;
  let most = 0;
  const fetch = async (...all) => {
    most = Math.max(most, ++running);
    try {
      return await service.fetch(...all);
    } finally {
      running--;
    }
  };
  await clock.pass(60_000);
  const results = await clock.run(collect(resume(clientOf({ fetch }, store))));
  assert.deepEqual([results.length, memory.size, counts.get, counts.keys], [4_000, 0, 4_000, 1]);
  assert.ok(most > 8 && most <= 16, `${most}`);
});

test("resume accepts a concurrency, and refuses an invalid one", async () => {
  const store = memoryStore();
  const service = makeService(clock, { slots: 100 });
  for (let i = 0; i < 9; i++) await clock.run(clientOf(service, store).createTask(request(i)));
  let running = 0;
  let most = 0;
  const fetch = async (...all) => {
    most = Math.max(most, ++running);
    return service.fetch(...all).finally(() => running--);
  };
  const results = await clock.run(collect(resume(clientOf({ fetch }, store), { concurrency: 2 })));
  assert.deepEqual([results.length, most], [9, 2]);
  for (const options of [
    { concurrency: 0 },
    { concurrency: "2" },
    { timeoutMs: -1 },
    { timeoutMs: "1" },
    { maxCredits: 1 },
  ]) {
    assert.throws(() => resume(clientOf(service, store), options), { code: "invalid_argument" });
  }
});

test("forget removes a running task from the store, and only from there", async () => {
  const store = memoryStore();
  const service = makeService(clock);
  const client = clientOf(service, store);
  const [{ taskId }, other] = [
    await clock.run(client.createTask(request("a"))),
    await clock.run(client.createTask(request("b"))),
  ];
  await forget(client, taskId);
  assert.deepEqual(held(store), [{ request: request("b"), taskId: other.taskId }]);
  await forget(client, "no such task");
  assert.equal((await clock.run(client.waitForTask(taskId))).status, "COMPLETED");
});

test("localStorageStore uses its prefix, and never stores the API key", async () => {
  const items = new Map();
  globalThis.localStorage = {
    getItem: name => items.get(name) ?? null,
    setItem: (name, value) => void items.set(name, String(value)),
    removeItem: name => void items.delete(name),
  };
  globalThis.localStorage = new Proxy(globalThis.localStorage, {
    ownKeys: () => [...items.keys()],
    getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
  });
  const service = makeService(clock);
  const client = clientOf(service, localStorageStore("a/"));
  const other = clientOf(service, localStorageStore());
  void client.generate(request("mine"));
  void other.generate(request("other's"));
  await clock.pass(5_000);
  assert.deepEqual([...items.keys()].sort(), ["a/sd2-client.task.task_0", "sd2-client.task.task_1"]);
  assert.equal([...items.values()].join().includes(KEY), false);
  const next = reload(service);
  const [{ request: of }, ...others] = await clock.run(collect(resume(clientOf(next, localStorageStore("a/")))));
  assert.deepEqual([of.inputs.prompt, others, [...items.keys()]], ["mine", [], ["sd2-client.task.task_1"]]);
  delete globalThis.localStorage;
});
