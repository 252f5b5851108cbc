// A response about another task than the requested one is refused.
import assert from "node:assert/strict";
import { test } from "node:test";
import { installClock } from "../../support/clock.mjs";
import { load } from "../../support/project.mjs";
import { answer, taskOf } from "../../support/service.mjs";

const { confirmCallback, Sd2Client } = await load();
const clock = installClock();
const clientOf = (...ids) => {
  let count = 0;
  const fetch = async () => answer(taskOf(ids[Math.min(count++, ids.length - 1)], "COMPLETED"));
  return new Sd2Client({ apiKey: "key", fetch });
};
const failure = promise =>
  clock.run(
    promise.then(
      value => assert.fail(JSON.stringify(value)),
      error => error,
    ),
  );

test("queryTask rejects a response about another task", async () => {
  for (const [asked, answered] of [
    ["task_a", "task_b"],
    ["task_a", "TASK_A"],
    ["task_a", "task_a2"],
  ]) {
    for (const call of [
      client => client.queryTask(asked),
      client => confirmCallback(client, taskOf(asked, "COMPLETED")),
    ]) {
      const error = await failure(call(clientOf(answered)));
      assert.deepEqual([error.code, error.taskId], ["unexpected_response", asked]);
      assert.match(error.message, /another task/);
      assert.match(error.body, new RegExp(answered));
    }
  }
});

test("a wait ignores responses about another task", async () => {
  assert.equal((await clock.run(clientOf("task_b", "task_b", "task_a").waitForTask("task_a"))).taskId, "task_a");
});

test("a wait that gets only responses about another task times out", async () => {
  const updates = [];
  const error = await failure(
    clientOf("task_b").waitForTask("task_a", { timeoutMs: 60_000, onUpdate: update => updates.push(update) }),
  );
  assert.deepEqual([error.code, error.task, updates], ["wait_timeout", undefined, []]);
  assert.match(error.message, /another task/);
});
