// A result that was paid is never thrown away with the refusal, and never handed on unless it is safe.
import assert from "node:assert/strict";
import { test } from "node:test";
import { installClock } from "./clock.mjs";
import { load } from "./project.mjs";
import { answer, taskOf, VIDEO } from "./service.mjs";

const { confirmCallback, Sd2Client } = await load();
const clock = installClock();
const clientOf = (output, status = "COMPLETED") =>
  new Sd2Client({ apiKey: "key", fetch: async () => answer({ ...taskOf("task", status), output }) });
const failure = promise =>
  clock.run(
    promise.then(
      value => assert.fail(JSON.stringify(value)),
      error => error,
    ),
  );

const [video] = VIDEO;
/** What was paid for, in shapes that are not the documented one. */
const UNREADABLE = [
  "https://static.example.com/a.mp4",
  { url: "https://static.example.com/a.mp4" },
  [video, { url: "" }, video],
  [{ url: "https://static example.com/video.mp4" }],
  ["https://static.example.com/a.mp4"],
];
/** What must never be shown as a video. */
const UNSAFE = [
  [{ url: ["javascript:alert(1)"] }],
  [{ url: { toString: "javascript:alert(1)" } }],
  [video, { url: "javascript:alert(1)" }],
  [["javascript:alert(1)"]],
  ["javascript:alert(1)"],
  { 0: { url: "javascript:alert(1)" }, length: 1 },
  "javascript:alert(1)",
  7,
];

test("a completed task that cannot be read is in the error as it came", async () => {
  for (const output of [...UNREADABLE, ...UNSAFE]) {
    for (const call of [
      client => client.waitForTask("task"),
      client => client.queryTask("task"),
      client => confirmCallback(client, { taskId: "task", status: "COMPLETED" }),
    ]) {
      const error = await failure(call(clientOf(output)));
      assert.deepEqual(
        [error.code, error.taskId, error.task],
        ["unexpected_response", "task", { ...taskOf("task", "COMPLETED"), output }],
      );
    }
  }
});

test("what is not safe is not told as an update", async () => {
  for (const output of UNSAFE) {
    const updates = [];
    await failure(clientOf(output).waitForTask("task", { onUpdate: update => updates.push(update) }));
    assert.deepEqual(updates, []);
  }
});

test("a task that still runs has no output that is none, and fails no call", async () => {
  for (const output of [...UNREADABLE, ...UNSAFE]) {
    for (const status of ["PENDING", "PROCESSING", "FAILED", "ARCHIVED"]) {
      assert.equal((await clientOf(output, status).queryTask("task")).output, null);
    }
  }
});

test("a completed task that has no output yet is an answer", async () => {
  for (const output of [null, [], undefined])
    assert.equal((await clientOf(output).queryTask("task")).status, "COMPLETED");
});
