// Only refusals of the service itself, in JSON, are final; a "not found" only if it is repeated.
import assert from "node:assert/strict";
import { test } from "node:test";
import { installClock } from "../../support/clock.mjs";
import { load } from "../../support/project.mjs";
import { answer, makeService, request, taskOf } from "../../support/service.mjs";

const { memoryStore, resume, Sd2Client } = await load();
const clock = installClock();

/** Sends these responses to polls in turn, and then those of the service. */
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

test("a new task that is not found is polled again", async () => {
  for (const count of [1, 2, 7]) {
    const service = serviceOf(Array(count).fill(unknown));
    assert.equal((await clock.run(clientOf(service).generate(request()))).status, "COMPLETED");
  }
});

test("a task of createTask counts as new for waitForTask and queryTask", async () => {
  for (const method of ["waitForTask", "queryTask"]) {
    const service = serviceOf([unknown, unknown, unknown]);
    const client = clientOf(service);
    const { taskId } = await clock.run(client.createTask(request()));
    assert.equal((await clock.run(client[method](taskId))).taskId, taskId);
  }
});

test("a task counts as new for a minute", async () => {
  const service = makeService(clock, { override: endpoint => endpoint === "queryTask" && unknown });
  const begin = clock.now;
  const error = await failure(clientOf(service).generate(request()));
  assert.equal(error.code, "not_found");
  assert.ok(clock.now - begin >= 60_000 && clock.now - begin < 90_000, `${clock.now - begin}`);
});

test("a wait rejects with not_found after three responses over ten seconds", async () => {
  for (const pollIntervalMs of [undefined, 1_000, 30_000]) {
    const service = makeService(clock);
    const begin = clock.now;
    const error = await failure(clientOf(service).waitForTask("task_of_nobody", { pollIntervalMs }));
    assert.deepEqual([error.code, error.status, error.taskId], ["not_found", 404, "task_of_nobody"]);
    assert.ok(service.polls >= 3 && clock.now - begin >= 10_000, `${service.polls} in ${clock.now - begin}`);
  }
});

test("two refusals between good responses do not end a wait", async () => {
  const running = answer(taskOf("task", "PROCESSING"));
  const polls = [unknown, unknown, running, unknown, unknown, running, answer(taskOf("task", "COMPLETED"))];
  const service = serviceOf(polls);
  assert.equal(
    (await clock.run(clientOf(service).waitForTask("task", { pollIntervalMs: 20_000 }))).status,
    "COMPLETED",
  );
});

test("queryTask of an old task rejects with not_found at once", async () => {
  const service = makeService(clock);
  assert.equal((await failure(clientOf(service).queryTask("task_of_nobody"))).code, "not_found");
  assert.equal(service.polls, 1);
});

test("an HTML page between good polls does not end a wait, whatever its status", async () => {
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

test("responses of another host remove nothing from the store", async () => {
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

test("a not_found of queryTask leaves the task in the store; three of a wait remove it", async () => {
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

test("a wait that timed out leaves its task in the store", async () => {
  const store = memoryStore();
  const service = makeService(clock, { spanOf: () => Infinity });
  const error = await failure(clientOf(service, { store }).generate(request(), { timeoutMs: 30_000 }));
  await clock.pass(100);
  assert.deepEqual([error.code, error.task.status, held(store).length], ["wait_timeout", "PROCESSING", 1]);
});
