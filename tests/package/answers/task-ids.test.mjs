// Untrusted input cannot cause requests of any size.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "../../support/project.mjs";
import { answer, request, taskOf } from "../../support/service.mjs";

const { confirmCallback, parseCallback, Sd2Client } = await load();
const start = (reply = id => taskOf(id, "COMPLETED")) => {
  const urls = [];
  const fetch = async url => (urls.push(url), answer(reply(new URL(url).searchParams.get("taskId"))));
  return { urls, client: new Sd2Client({ apiKey: "key", fetch, maxRetries: 0 }) };
};
const failure = promise =>
  promise.then(
    value => assert.fail(JSON.stringify(value)),
    error => error,
  );
const TOO_LONG = ["x".repeat(201), "é".repeat(101), "x".repeat(3_000_000)];
const LONGEST = ["x".repeat(200), "é".repeat(100)];

test("a callback with a long task id is refused, and nothing is sent", async () => {
  for (const taskId of TOO_LONG) {
    const { client, urls } = start();
    for (const body of [{ taskId, status: "COMPLETED" }, JSON.stringify({ taskId, status: "COMPLETED" })]) {
      const error = await failure(confirmCallback(client, body));
      assert.equal(error.code, "unexpected_response");
      assert.ok(error.message.length < 500 && JSON.stringify(error).length < 5_000);
      assert.throws(() => parseCallback(body), { code: "unexpected_response" });
    }
    assert.deepEqual(urls, []);
  }
});

test("each method refuses a long task id without sending anything", async () => {
  for (const taskId of TOO_LONG) {
    for (const method of ["queryTask", "waitForTask"]) {
      const { client, urls } = start();
      const error = await failure(client[method](taskId));
      assert.deepEqual([error.code, urls.length], ["invalid_argument", 0]);
      assert.ok(JSON.stringify(error).length < 5_000);
    }
  }
});

test("a task id of 200 bytes is accepted", async () => {
  for (const taskId of LONGEST) {
    const { client } = start();
    assert.equal((await client.queryTask(taskId)).taskId, taskId);
    assert.equal((await confirmCallback(client, { taskId, status: "COMPLETED" })).taskId, taskId);
  }
});

test("a blank task id is refused", async () => {
  for (const taskId of ["", " ", "\t\n", "\u00a0"]) {
    const { client, urls } = start();
    assert.equal((await failure(client.queryTask(taskId))).code, "invalid_argument");
    assert.equal((await failure(confirmCallback(client, { taskId, status: "COMPLETED" }))).code, "unexpected_response");
    assert.deepEqual(urls, []);
  }
});

test("a create whose response has an invalid task id is outcome_unknown", async () => {
  for (const taskId of [...TOO_LONG, " "]) {
    assert.equal((await failure(start(() => ({ taskId })).client.createTask(request()))).code, "outcome_unknown");
  }
});

test("half of a character in a task id is refused, and nothing is sent", async () => {
  const { client, urls } = start();
  for (const taskId of ["\ud800", "task\udfff"]) {
    for (const method of ["queryTask", "waitForTask"]) {
      assert.equal((await failure(client[method](taskId))).code, "invalid_argument");
    }
    const body = JSON.stringify({ taskId, status: "COMPLETED" });
    assert.equal((await failure(confirmCallback(client, body))).code, "unexpected_response");
  }
  assert.deepEqual(urls, []);
  const creator = new Sd2Client({ apiKey: "key", fetch: async () => answer({ taskId: "task\ud800" }) });
  for (const method of ["createTask", "generate"]) {
    assert.equal((await failure(creator[method](request()))).code, "outcome_unknown");
  }
});
