// Whose "no" counts: only the service's own, in JSON, and a "not found" only when it is said again.
import assert from "node:assert/strict";
import { test } from "node:test";
import { installClock } from "./clock.mjs";
import { load } from "./project.mjs";
import { answer, makeService, request, taskOf } from "./service.mjs";

const { memoryStore, resume, Sd2Client } = await load();
const clock = installClock();

/** Answers polls with these in turn, and then as the service would. */
const serviceOf = (polls, options) =>
  makeService(clock, {
    ...options,
    override: (endpoint, number) => (endpoint === "queryTask" ? polls[number] : undefined),
  });
const clientOf = (service, options) => new Sd2Client({ apiKey: "key", fetch: service.fetch, ...options });
const failure = promise =>
  clock.run(
    promise.then(
      value => assert.fail(JSON.stringify(value)),
      error => error,
    ),
  );
const unknown = answer({ message: "Task not found" }, 404);
const page = status => answer(`<!DOCTYPE html><title>${status}</title>`, status);
const collect = async results => {
  const all = [];
  for await (const result of results) all.push(result);
  return all;
};
const held = store => [...store.keys()];

test("a new task that one machine does not know yet is asked for again", async () => {
  for (const count of [1, 2, 7]) {
    const service = serviceOf(Array(count).fill(unknown));
    assert.equal((await clock.run(clientOf(service).generate(request()))).status, "COMPLETED");
  }
});

test("a task of createTask is new for a wait and for a question, too", async () => {
  for (const method of ["waitForTask", "queryTask"]) {
    const service = serviceOf([unknown, unknown, unknown]);
    const client = clientOf(service);
    const { taskId } = await clock.run(client.createTask(request()));
    assert.equal((await clock.run(client[method](taskId))).taskId, taskId);
  }
});

test("a new task stays new for a minute, and no longer", async () => {
  const service = makeService(clock, { override: endpoint => endpoint === "queryTask" && unknown });
  const begin = clock.now;
  const error = await failure(clientOf(service).generate(request()));
  assert.equal(error.code, "not_found");
  assert.ok(clock.now - begin >= 60_000 && clock.now - begin < 90_000, `${clock.now - begin}`);
});

test("an unknown task is not found when the service said so three times over ten seconds", async () => {
  for (const pollIntervalMs of [undefined, 1_000, 30_000]) {
    const service = makeService(clock);
    const begin = clock.now;
    const error = await failure(clientOf(service).waitForTask("task_of_nobody", { pollIntervalMs }));
    assert.deepEqual([error.code, error.status, error.taskId], ["not_found", 404, "task_of_nobody"]);
    assert.ok(service.polls >= 3 && clock.now - begin >= 10_000, `${service.polls} in ${clock.now - begin}`);
  }
});

test("two refusals between good answers end no wait", async () => {
  const running = answer(taskOf("task", "PROCESSING"));
  const polls = [unknown, unknown, running, unknown, unknown, running, answer(taskOf("task", "COMPLETED"))];
  const service = serviceOf(polls);
  assert.equal(
    (await clock.run(clientOf(service).waitForTask("task", { pollIntervalMs: 20_000 }))).status,
    "COMPLETED",
  );
});

test("a question about an old task is answered at once", async () => {
  const service = makeService(clock);
  assert.equal((await failure(clientOf(service).queryTask("task_of_nobody"))).code, "not_found");
  assert.equal(service.polls, 1);
});

test("a page between good polls ends no wait, whatever its status", async () => {
  for (const status of [400, 401, 402, 403, 404]) {
    for (const answer of [page(status), serviceOf.empty(status), serviceOf.text(status)]) {
      const service = serviceOf([undefined, answer, undefined, answer, answer]);
      assert.equal((await clock.run(clientOf(service).generate(request()))).status, "COMPLETED", `${status}`);
    }
  }
});
serviceOf.empty = status => answer("", status);
serviceOf.text = status => answer("error code: 1010", status);

test("the service's own refusal ends a wait at once", async () => {
  for (const [status, code] of [
    [400, "invalid_request"],
    [401, "unauthorized"],
    [402, "insufficient_credits"],
    [403, "forbidden"],
  ]) {
    const service = serviceOf([undefined, answer({ message: "no" }, status)]);
    const error = await failure(clientOf(service).generate(request()));
    assert.deepEqual([error.code, service.polls], [code, 2]);
  }
});

test("a host that is not the service empties no store", async () => {
  for (const reply of [() => page(404), () => answer("", 404), () => answer("Tunnel not found", 404)]) {
    const store = memoryStore();
    const before = clientOf(makeService(clock, { spanOf: () => Infinity }), { store });
    for (const prompt of ["a", "b", "c"]) await clock.run(before.createTask(request(prompt)));
    await clock.pass(100);
    const stranger = clientOf({ fetch: async () => reply() }, { store });
    const results = await clock.run(collect(resume(stranger, { timeoutMs: 120_000 })));
    await clock.pass(100);
    assert.deepEqual(
      results.map(({ error }) => error.code),
      Array(3).fill("wait_timeout"),
    );
    assert.equal(held(store).length, 3);
  }
});

test("one not found of a question leaves the task in the store, and three of a wait do not", async () => {
  const store = memoryStore();
  const service = makeService(clock);
  await clock.run(clientOf(service, { store }).createTask(request()));
  service.tasks.length = 0;
  await clock.pass(120_000);
  const client = clientOf(service, { store });
  assert.equal((await failure(client.queryTask("task_0"))).code, "not_found");
  await clock.pass(100);
  assert.equal(held(store).length, 1);
  assert.equal((await failure(client.waitForTask("task_0"))).code, "not_found");
  await clock.pass(100);
  assert.equal(held(store).length, 0);
});

test("a wait that ran out keeps the task in the store, though it has seen it", async () => {
  const store = memoryStore();
  const service = makeService(clock, { spanOf: () => Infinity });
  const error = await failure(clientOf(service, { store }).generate(request(), { timeoutMs: 30_000 }));
  await clock.pass(100);
  assert.deepEqual([error.code, error.task.status, held(store).length], ["wait_timeout", "PROCESSING", 1]);
});
