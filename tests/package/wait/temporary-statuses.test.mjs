// Temporary statuses, after which a safe call is repeated.
import assert from "node:assert/strict";
import { test } from "node:test";
import { installClock } from "../../support/clock.mjs";
import { load } from "../../support/project.mjs";
import { answer, taskOf } from "../../support/service.mjs";

const { Sd2Client } = await load();
const clock = installClock();
const BALANCE = { credits: 1, availableCredits: 1 };
const start = (failures, reply, good, options) => {
  const service = { asked: 0 };
  const fetch = async () => (service.asked++ < failures ? reply() : answer(good));
  service.client = new Sd2Client({ apiKey: "key", fetch, ...options });
  return service;
};

for (const status of [408, 425]) {
  for (const reply of [
    () => answer({ message: "Too slow" }, status),
    () => answer("<html>", status),
    () => answer("", status),
  ]) {
    test(`a safe call is repeated after ${status}`, async () => {
      const asked = start(2, reply, BALANCE);
      assert.deepEqual(await clock.run(asked.client.getCredits()), BALANCE);
      assert.equal(asked.asked, 3);
      const task = taskOf("task", "COMPLETED");
      assert.deepEqual(await clock.run(start(4, reply, task).client.queryTask("task")), task);
      assert.deepEqual(await clock.run(start(30, reply, task).client.waitForTask("task")), task);
    });
  }

  test(`a safe call rejects if ${status} persists`, async () => {
    const service = start(Infinity, () => answer({ message: "Too slow" }, status), BALANCE);
    const error = await clock.run(service.client.getCredits().catch(error => error));
    assert.deepEqual([error.code, error.status, service.asked], ["unexpected_response", status, 5]);
    assert.match(error.message, /Too slow/);
  });

  test(`Retry-After of ${status} is obeyed`, async () => {
    const begin = clock.now;
    await clock.run(start(1, () => answer("", status, { "retry-after": "7" }), BALANCE).client.getCredits());
    assert.equal(clock.now - begin, 7_000);
    const patience = start(1, () => answer("", status, { "retry-after": "61" }), BALANCE);
    assert.equal((await clock.run(patience.client.getCredits().catch(error => error))).retryAfterMs, 61_000);
  });
}

test("with maxRetries: 0 a call is sent once", async () => {
  const service = start(1, () => answer("", 408), BALANCE, { maxRetries: 0 });
  await clock.run(service.client.getCredits().catch(() => {}));
  assert.equal(service.asked, 1);
});
