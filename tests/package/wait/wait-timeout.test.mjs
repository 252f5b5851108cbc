// The error of a wait that times out says what the wait has seen.
import assert from "node:assert/strict";
import { test } from "node:test";
import { installClock } from "../../support/clock.mjs";
import { load } from "../../support/project.mjs";
import { answer, request, taskOf } from "../../support/service.mjs";

const { Sd2Client } = await load();
const clock = installClock();
const running = () => answer(taskOf("task", "PROCESSING"));

/** The error of a wait with these responses to its polls. The last one is repeated. */
const timeout = (replies, options = { timeoutMs: 60_000 }) => {
  let count = 0;
  const fetch = async () => replies[Math.min(count++, replies.length - 1)]();
  const call = new Sd2Client({ apiKey: "key", fetch }).waitForTask("task", options);
  return clock
    .run(
      call.then(
        () => assert.fail(),
        error => error,
      ),
    )
    .then(error => {
      assert.deepEqual([error.code, error.taskId, error.retryable], ["wait_timeout", "task", true]);
      return error;
    });
};

test("wait_timeout has the status and the body of the last failed response", async () => {
  for (const [status, body, words] of [
    [502, "Bad gateway", /status 502: Bad gateway\./],
    [429, { message: "Daily quota exceeded" }, /Daily quota exceeded/],
    [403, "<html>Blocked</html>", /a page instead of a reason/],
  ]) {
    const error = await timeout([() => answer(body, status)]);
    assert.deepEqual([error.status, error.body], [status, typeof body === "string" ? body : JSON.stringify(body)]);
    assert.match(error.message, words);
    assert.match(error.message, /waitForTask/);
    assert.equal(error.task, undefined);
  }
});

test("wait_timeout has the error of fetch as its cause", async () => {
  const error = await timeout([() => Promise.reject(new TypeError("socket hang up"))]);
  assert.equal(error.cause.message, "socket hang up");
  assert.match(error.message, /connection failed/);
  assert.equal(error.status, undefined);
});

test("wait_timeout says that the last attempt had no response", async () => {
  assert.match(
    (await timeout([() => new Promise(() => {})], { timeoutMs: 120_000 })).message,
    /did not answer in time/,
  );
});

test("wait_timeout has the last task, and its message the status of that task", async () => {
  for (const status of ["PENDING", "PROCESSING", "ARCHIVED"]) {
    const error = await timeout([running, () => answer(taskOf("task", status))]);
    assert.deepEqual(error.task, taskOf("task", status));
    assert.match(error.message, new RegExp(`was ${status} `));
    assert.deepEqual([error.status, error.body, error.cause], [undefined, undefined, undefined]);
  }
});

test("wait_timeout has the problem of the last poll, and the task of an earlier one", async () => {
  const error = await timeout([running, () => answer("", 503)]);
  assert.deepEqual([error.task.status, error.status], ["PROCESSING", 503]);
  assert.match(error.message, /status 503/);
  const passed = await timeout([() => answer("", 503), running]);
  assert.deepEqual([passed.task.status, passed.status], ["PROCESSING", undefined]);
});

test("wait_timeout reports the problem before an attempt that the deadline cut short", async () => {
  let count = 0;
  const slow = () => (count++ < 3 ? answer("Bad gateway", 502) : new Promise(() => {}));
  const error = await timeout([slow], { timeoutMs: 10_000, pollIntervalMs: 3_000 });
  assert.equal(error.status, 502);
});

test("wait_timeout does not claim that an unseen task still runs", async () => {
  for (const reply of [() => answer("", 502), () => answer({ message: "no" }, 404), () => new Promise(() => {})]) {
    assert.ok(!/goes on/.test((await timeout([reply], { timeoutMs: 5_000 })).message));
  }
});

test("wait_timeout does not contain the key", async () => {
  const key = "sk-live-0123456789abcdef";
  const fetch = async () => answer(`rejected ${key}`, 502);
  const error = await clock.run(
    new Sd2Client({ apiKey: key, fetch }).waitForTask("task", { timeoutMs: 5_000 }).catch(error => error),
  );
  assert.ok(!JSON.stringify([error, error.message]).includes(key));
  assert.match(error.message, /rejected \[key\]/);
});

test("a timeout before there is a task reports the problem of the creates", async () => {
  const fetch = async () => answer({ message: "Daily quota exceeded" }, 429);
  const call = new Sd2Client({ apiKey: "key", fetch }).generate(request(), { timeoutMs: 60_000 });
  const error = await clock.run(call.catch(error => error));
  assert.deepEqual([error.code, error.status, error.taskId], ["wait_timeout", 429, undefined]);
  assert.match(error.message, /before a task was created.*Daily quota exceeded/);
});

test("a wait that shares another one's poll does not claim that the service could not be reached", async () => {
  const fetch = async () => (await clock.sleep(2_000), running());
  const client = new Sd2Client({ apiKey: "key", fetch });
  const ends = [6_000, 1_000].map(timeoutMs => client.waitForTask("task", { timeoutMs }).catch(error => error));
  const [, { code, message }] = await clock.run(Promise.all(ends));
  assert.equal(code, "wait_timeout");
  assert.doesNotMatch(message, /could not be reached/);
});
