// Many videos through the account's three slots, in virtual time.
import assert from "node:assert/strict";
import { test } from "node:test";
import { installClock } from "../../support/clock.mjs";
import { load } from "../../support/project.mjs";
import { answer, makeService, request } from "../../support/service.mjs";

const { generateAll, resume, Sd2Client } = await load();
const clock = installClock();

const clientOf = (service, options) => new Sd2Client({ apiKey: "key", fetch: service.fetch, ...options });

/** Collects all results. The consumer calls `pause` with each. */
const collect = async (results, pause = () => {}) => {
  const all = [];
  for await (const result of results) {
    all.push(result);
    await pause(result);
  }
  return all;
};

const many = count => Array.from({ length: count }, (_, i) => request(i));

/** The end times of jobs on three machines, each of which takes the next job as soon as it is free. */
const makespan = spans => {
  const machines = [0, 0, 0];
  for (const span of spans) {
    machines.sort((a, b) => a - b);
    machines[0] += span;
  }
  return Math.max(...machines);
};

test("generateAll sends hundreds of requests through three slots, each once", async () => {
  const service = makeService(clock, { spanOf: i => 10_000 + ((i * 7919) % 50_000) });
  const results = await clock.run(collect(generateAll(clientOf(service), many(150))));
  assert.deepEqual([results.length, service.creates, service.most], [150, 150, 3]);
  assert.deepEqual(
    results.map(({ index }) => index).sort((a, b) => a - b),
    many(150).map((_, i) => i),
  );
  for (const { index, request, task } of results)
    assert.equal(
      service.tasks.find(({ taskId }) => taskId === task.taskId).request.inputs.prompt,
      String(index),
      request,
    );
});

test("generateAll uses three slots to within 5 % of the ideal", async () => {
  const spans = Array.from({ length: 45 }, (_, i) => 60_000 + ((i * 7919) % 240_000));
  const service = makeService(clock, { spanOf: i => spans[i] });
  const begin = clock.now;
  await clock.run(collect(generateAll(clientOf(service), many(45))));
  const ratio = (clock.now - begin) / makespan(spans);
  assert.ok(ratio >= 1 && ratio < 1.05, `${ratio}`);
});

test("generateAll yields results in the order of completion", async () => {
  const spans = [90_000, 20_000, 40_000, 5_000, 5_000];
  const service = makeService(clock, { spanOf: i => spans[i] });
  const results = await clock.run(collect(generateAll(clientOf(service), many(5), { pollIntervalMs: 1_000 })));
  assert.deepEqual(
    results.map(({ index }) => index),
    [1, 3, 4, 2, 0],
  );
});

test("results that wait for the consumer are yielded in the order of completion", async () => {
  const spans = [90_000, 60_000, 20_000, 5_000];
  const service = makeService(clock, { spanOf: i => spans[i] });
  const results = generateAll(clientOf(service), many(4));
  const first = await clock.run(results.next());
  await clock.pass(600_000);
  const others = await clock.run(collect(results));
  assert.deepEqual(
    [first.value, ...others].map(({ index }) => index),
    [2, 3, 1, 0],
  );
});

test("generateAll starts no more requests than a slow consumer takes results", async () => {
  const service = makeService(clock, { spanOf: () => 1_000 });
  let pulled = 0;
  let taken = 0;
  let most = 0;
  const source = (function* () {
    for (const each of many(30)) {
      pulled++;
      yield each;
    }
  })();
  const results = generateAll(clientOf(service), source, { pollIntervalMs: 500 });
  await clock.run(
    collect(results, async () => {
      taken++;
      await clock.sleep(60_000);
      most = Math.max(most, pulled - taken);
    }),
  );
  assert.deepEqual([pulled, service.creates, most], [30, 30, 3]);
});

test("generateAll does nothing before the first call of next()", async () => {
  const service = makeService(clock);
  let isAsked = false;
  const source = { [Symbol.iterator]: () => ({ next: () => ((isAsked = true), { done: true }) }) };
  generateAll(clientOf(service), source);
  await clock.pass(10_000);
  assert.deepEqual([isAsked, service.creates], [false, 0]);
});

test("the requests may be any iterable or async iterable", async () => {
  for (const source of [
    [request(0), Promise.resolve(request(1))],
    new Set([request(0), request(1)]),
    (function* () {
      yield request(0);
      yield request(1);
    })(),
    (async function* () {
      yield request(0);
      await clock.sleep(100_000);
      yield request(1);
    })(),
  ]) {
    const service = makeService(clock);
    const results = await clock.run(collect(generateAll(clientOf(service), source)));
    results.sort((a, b) => a.index - b.index);
    assert.deepEqual(
      results.map(({ index, task }) => [index, task?.status]),
      [
        [0, "COMPLETED"],
        [1, "COMPLETED"],
      ],
    );
  }
});

test("generateAll calls next() of its source one at a time, and not after its end", async () => {
  let asked = 0;
  let isAsking = false;
  const source = {
    [Symbol.asyncIterator]: () => ({
      async next() {
        assert.equal(isAsking, false);
        isAsking = true;
        await clock.sleep(5);
        isAsking = false;
        return asked++ < 5 ? { value: request(asked) } : { done: true };
      },
    }),
  };
  await clock.run(collect(generateAll(clientOf(makeService(clock)), source)));
  assert.equal(asked, 6);
});

for (const [name, source] of [
  [
    "throws",
    (function* () {
      yield request(0);
      throw new Error("mine");
    })(),
  ],
  [
    "rejects",
    (async function* () {
      yield request(0);
      throw new Error("mine");
    })(),
  ],
  ["gives a promise that rejects", [request(0), Promise.reject(new Error("mine"))]],
  [
    "gives what cannot be read",
    {
      [Symbol.iterator]: () => {
        let count = 0;
        return {
          next: () =>
            count++
              ? {
                  get done() {
                    throw new Error("mine");
                  },
                }
              : { value: request(0) },
        };
      },
    },
  ],
]) {
  if (Array.isArray(source)) source[1].catch(() => {});
  test(`if the source ${name}, the running requests are yielded before the error`, async () => {
    const given = [];
    const results = generateAll(clientOf(makeService(clock)), source);
    await assert.rejects(clock.run(collect(results, result => given.push(result))), /^Error: mine/);
    assert.deepEqual(
      given.map(({ index, task }) => [index, task?.status]),
      [[0, "COMPLETED"]],
    );
    assert.deepEqual(await results.next(), { done: true, value: undefined });
  });
}

test("a failed request does not stop the others", async () => {
  const service = makeService(clock, {
    override: (endpoint, number) => endpoint === "createTask" && number === 2 && answer({ message: "down" }, 500),
  });
  const requests = [request("a"), { model: "sd3" }, request("[fail]"), request("c"), request("d"), undefined];
  const results = await clock.run(collect(generateAll(clientOf(service), requests)));
  const codes = Object.fromEntries(results.map(({ index, task, error }) => [index, error?.code ?? task.status]));
  assert.deepEqual(codes, {
    0: "COMPLETED",
    1: "invalid_request",
    2: "task_failed",
    3: "outcome_unknown",
    4: "COMPLETED",
    5: "invalid_request",
  });
});

test("generateAll and other calls share the slots of the client", async () => {
  const service = makeService(clock, { slots: 100 });
  const client = clientOf(service);
  const all = [
    collect(generateAll(client, many(10))),
    collect(generateAll(client, many(10), { concurrency: 7 })),
    ...many(5).map(each => client.generate(each)),
  ];
  await clock.run(Promise.all(all));
  assert.deepEqual([service.creates, service.most], [25, 3]);
});

test("the concurrency of generateAll limits only this call", async () => {
  const service = makeService(clock, { slots: 100 });
  await clock.run(collect(generateAll(clientOf(service), many(6), { concurrency: 1 })));
  assert.equal(service.most, 1);
  const wide = makeService(clock, { slots: 100 });
  await clock.run(collect(generateAll(clientOf(wide, { concurrency: 5 }), many(12))));
  assert.equal(wide.most, 5);
});

test("generateAll waits for slots that others use", async () => {
  // Others use two of the three slots for four minutes.
  const begin = clock.now;
  const service = makeService(clock);
  for (const taskId of ["other_1", "other_2"]) service.tasks.push({ taskId, end: begin + 240_000 });
  const results = await clock.run(collect(generateAll(clientOf(service), many(20))));
  assert.ok(results.every(({ task }) => task.status === "COMPLETED"));
  assert.deepEqual([service.tasks.length, service.most], [22, 3]);
});

test("onUpdate and onCreated get the index and the request", async () => {
  const told = { onCreated: [], onUpdate: [] };
  const options = {
    onCreated: job => told.onCreated.push(job),
    onUpdate: job => told.onUpdate.push(job),
  };
  const requests = many(4);
  await clock.run(collect(generateAll(clientOf(makeService(clock)), requests, options)));
  assert.deepEqual(
    told.onCreated.map(({ index, request, taskId }) => [index, request === requests[index], taskId]),
    [
      [0, true, "task_0"],
      [1, true, "task_1"],
      [2, true, "task_2"],
      [3, true, "task_3"],
    ],
  );
  for (let i = 0; i < 4; i++) {
    const progress = told.onUpdate.filter(({ index }) => index === i).map(({ progress }) => progress);
    assert.equal(progress.at(-1), 1);
    assert.deepEqual(
      progress,
      [...progress].sort((a, b) => a - b),
    );
  }
});

test("parallel calls of next() get each result once", async () => {
  const results = generateAll(clientOf(makeService(clock)), many(9));
  const takers = await clock.run(Promise.all([collect(results), collect(results), collect(results)]));
  assert.deepEqual(
    takers
      .flat()
      .map(({ index }) => index)
      .sort(),
    [0, 1, 2, 3, 4, 5, 6, 7, 8],
  );
});

test("generateAll throws at once if an argument is wrong, and the error says which", () => {
  const client = clientOf(makeService(clock));
  for (const [args, message] of [
    [[], /requests/],
    [[null], /requests/],
    [[{}], /requests/],
    [[7], /requests/],
    [[[], { concurrency: 0 }], /concurrency/],
    [[[], { concurrency: 1.5 }], /concurrency/],
    [[[], { concurrency: "3" }], /concurrency/],
    [[[], { concurrency: NaN }], /concurrency/],
    [[[], { maxCredits: -1 }], /maxCredits/],
    [[[], { maxCredits: NaN }], /maxCredits/],
    [[[], { maxCredits: "much" }], /maxCredits/],
    [[[], { maxCredits: null }], /maxCredits/],
    [[[], { signal: {} }], /signal/],
    [[[], { onUpdate: 7 }], /onUpdate/],
    [[[], { onCreated: {} }], /onCreated/],
  ]) {
    assert.throws(
      () => generateAll(client, ...args),
      error => error.code === "invalid_argument" && message.test(error.message),
    );
  }
  assert.throws(
    () => resume(client),
    error => error.code === "invalid_argument" && /store/.test(error.message),
  );
});

test("an outage causes few unknown outcomes, not one for each request", async () => {
  // The outage starts at the seventh create, and lasts for ten minutes.
  const service = makeService(clock, {
    override: () => {
      if (service.creates > 6 && clock.now - begin < 600_000) throw new TypeError("Failed to fetch");
    },
  });
  const begin = clock.now;
  const results = await clock.run(collect(generateAll(clientOf(service), many(60), { pollIntervalMs: 5_000 })));
  const unknown = results.filter(({ error }) => error?.code === "outcome_unknown");
  assert.equal(unknown.length, 1);
  assert.equal(results.filter(({ task }) => task).length, 60 - unknown.length);
});

/** A service that loses the first create, and responds to queries of the balance with `balance()`. */
const losing = balance =>
  makeService(clock, {
    override: (endpoint, number) => {
      if (endpoint === "createTask" && number === 0) throw new TypeError("Failed to fetch");
      if (endpoint === "queryTask" && !service.tasks.length) return balance();
    },
  });
let service;

test("any response ends an outage, even an HTML page", async () => {
  for (const balance of [() => answer("<html>"), () => answer("", 404), () => answer("", 302), () => answer({}, 401)]) {
    service = losing(balance);
    const results = await clock.run(collect(generateAll(clientOf(service), many(5), { concurrency: 1 })));
    assert.deepEqual(
      results.map(({ task, error }) => task?.status ?? error.code),
      ["outcome_unknown", ...Array(4).fill("COMPLETED")],
    );
  }
});

test("in an endless outage all requests fail, and only the first ones wait for its end", async () => {
  service = makeService(clock, {
    override: () => {
      throw new TypeError("Failed to fetch");
    },
  });
  const begin = clock.now;
  const results = await clock.run(collect(generateAll(clientOf(service), many(60))));
  const codes = results.map(({ error }) => error.code);
  assert.equal(codes.filter(code => code === "outcome_unknown").length, service.creates);
  assert.ok(
    service.creates <= 3 && codes.every(code => ["outcome_unknown", "wait_timeout", "network"].includes(code)),
    `${codes}`,
  );
  assert.ok(clock.now - begin < 45 * 60_000, `${clock.now - begin}`);
});

test("in a long outage each request fails by its timeoutMs, and costs nothing", async () => {
  service = losing(() => answer("", 503));
  const begin = clock.now;
  const results = await clock.run(
    collect(generateAll(clientOf(service), many(3), { concurrency: 1, timeoutMs: 60_000, maxCredits: 600 })),
  );
  assert.deepEqual(
    results.map(({ error }) => error.code),
    ["outcome_unknown", "wait_timeout", "wait_timeout"],
  );
  assert.match(results[1].error.message, /before a task was created/);
  assert.equal(results[1].error.taskId, undefined);
  assert.ok(clock.now - begin >= 120_000 && clock.now - begin < 125_000, `${clock.now - begin}`);
  assert.equal(service.creates, 1);
});
