// Calls that wait for a full account report that they wait, and do not wait forever.
import assert from "node:assert/strict";
import { test } from "node:test";
import { installClock } from "../../support/clock.mjs";
import { load } from "../../support/project.mjs";
import { answer, makeService, request } from "../../support/service.mjs";

const { generateAll, Sd2Client } = await load();
const clock = installClock();
const MINUTE = 60_000;
const full = () => answer({ message: "Daily quota exceeded" }, 429);
const clientOf = (service, options) => new Sd2Client({ apiKey: "key", fetch: service.fetch, ...options });
const failure = promise =>
  clock.run(
    promise.then(
      value => assert.fail(JSON.stringify(value)),
      error => error,
    ),
  );

test("creates that get only 429 for fifteen minutes reject with concurrency_limit", async () => {
  for (const options of [{}, { timeoutMs: Infinity }, { pollIntervalMs: 30_000 }]) {
    const begin = clock.now;
    const error = await failure(clientOf({ fetch: async () => full() }).generate(request(), options));
    assert.deepEqual(
      [error.code, error.status, error.retryable, error.taskId],
      ["concurrency_limit", 429, true, undefined],
    );
    assert.match(error.message, /Daily quota exceeded/);
    assert.ok(clock.now - begin >= 15 * MINUTE && clock.now - begin < 16 * MINUTE, `${clock.now - begin}`);
  }
});

test("onUpdate reports each 429, with the service's message and without a task", async () => {
  const updates = [];
  await failure(
    clientOf({ fetch: async () => full() }).generate(request(), {
      onUpdate: update => updates.push(update),
      progressIntervalMs: 0,
      timeoutMs: MINUTE,
    }),
  );
  assert.ok(updates.length > 3);
  for (const [index, { task, message, polls, progress, elapsedMs }] of updates.entries()) {
    assert.deepEqual([task, polls, progress], [null, index + 1, 0]);
    assert.match(message, /Daily quota exceeded/);
    assert.ok(elapsedMs >= 0 && elapsedMs <= MINUTE);
  }
});

test("onUpdate of generateAll says which request waits for a slot", async () => {
  const updates = [];
  const results = generateAll(clientOf({ fetch: async () => full() }), [request("a")], {
    onUpdate: update => updates.push(update),
    timeoutMs: MINUTE,
  });
  await clock.run(results.next());
  assert.deepEqual([updates[0].index, updates[0].request, updates[0].task], [0, request("a"), null]);
});

test("while a task of this client runs, a create waits for its slot", async () => {
  // The first task runs for an hour, while the account takes no other one.
  const service = makeService(clock, { slots: 1, spanOf: number => (number ? 30_000 : 60 * MINUTE) });
  const client = clientOf(service);
  const first = client.generate(request("a"), { timeoutMs: Infinity });
  const second = client.generate(request("b"), { timeoutMs: Infinity });
  assert.equal((await clock.run(second)).status, "COMPLETED");
  assert.equal((await clock.run(first)).status, "COMPLETED");
});

test("the fifteen minutes start again when a task of this client ends", async () => {
  let isFull = false;
  const service = makeService(clock, {
    spanOf: () => 10 * MINUTE,
    override: endpoint => endpoint === "createTask" && isFull && full(),
  });
  const client = clientOf(service);
  const first = client.generate(request("a"));
  await clock.pass(1_000);
  isFull = true;
  const begin = clock.now;
  const second = client.generate(request("b")).catch(error => error);
  assert.equal((await clock.run(first)).status, "COMPLETED");
  assert.equal((await clock.run(second)).code, "concurrency_limit");
  // Not fifteen minutes after the first refusal. The exact time is random.
  assert.ok(clock.now - begin >= 24 * MINUTE && clock.now - begin < 30 * MINUTE, `${(clock.now - begin) / MINUTE}`);
});

test("a create takes a slot that becomes free after fourteen minutes", async () => {
  const begin = clock.now;
  const service = makeService(clock, {
    override: endpoint => endpoint === "createTask" && clock.now - begin < 14 * MINUTE && full(),
  });
  assert.equal((await clock.run(clientOf(service).generate(request()))).status, "COMPLETED");
});

test("generateAll ends if there is never a slot, after one wait of fifteen minutes", async () => {
  const begin = clock.now;
  const results = [];
  const client = clientOf({ fetch: async () => full() });
  const all = (async () => {
    for await (const { error } of generateAll(
      client,
      Array.from({ length: 30 }, (_, i) => request(i)),
    ))
      results.push(error.code);
  })();
  await clock.run(all);
  assert.deepEqual(results, Array(30).fill("concurrency_limit"));
  assert.ok(clock.now - begin < 20 * MINUTE, `${clock.now - begin}`);
});

test("the fifteen minutes start again after a pause without creates", async () => {
  const client = clientOf({ fetch: async () => full() });
  await failure(client.generate(request()));
  await clock.pass(10 * MINUTE);
  const begin = clock.now;
  await failure(client.generate(request()));
  assert.ok(clock.now - begin >= 15 * MINUTE);
});
