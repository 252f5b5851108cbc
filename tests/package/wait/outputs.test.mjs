// A paid result is never lost with an error, and an unsafe one is never shown.
import assert from "node:assert/strict";
import { test } from "node:test";
import { installClock } from "../../support/clock.mjs";
import { load } from "../../support/project.mjs";
import { answer, taskOf, VIDEO } from "../../support/service.mjs";

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
/** Paid outputs in undocumented shapes. */
const UNREADABLE = [
  "https://static.example.com/a.mp4",
  { url: "https://static.example.com/a.mp4" },
  [video, { url: "" }, video],
  [{ url: "https://static example.com/video.mp4" }],
  ["https://static.example.com/a.mp4"],
];
/** Outputs that must never be shown as a video. */
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

test("the error about an unreadable completed task contains the task unchanged", async () => {
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

test("an unsafe output is not reported by onUpdate", async () => {
  for (const output of UNSAFE) {
    const updates = [];
    await failure(clientOf(output).waitForTask("task", { onUpdate: update => updates.push(update) }));
    assert.deepEqual(updates, []);
  }
});

test("an invalid output of a running task becomes null and fails no call", async () => {
  for (const output of [...UNREADABLE, ...UNSAFE]) {
    for (const status of ["PENDING", "PROCESSING", "FAILED", "ARCHIVED"]) {
      assert.equal((await clientOf(output, status).queryTask("task")).output, null);
    }
  }
});

test("queryTask resolves to a completed task without an output", async () => {
  for (const output of [null, [], undefined])
    assert.equal((await clientOf(output).queryTask("task")).status, "COMPLETED");
});
