// Errors as data, to send to another thread, store or log.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "../../support/project.mjs";
import { answer, request, taskOf } from "../../support/service.mjs";

const { estimateCredits, Sd2Client, Sd2Error } = await load();

const errors = {
  "a refused request": async () => estimateCredits({ model: "sd3" }),
  "an answer": async () =>
    new Sd2Client({ apiKey: "key", fetch: async () => answer({ message: "no" }, 404) }).queryTask("task"),
  "a failed task": async () =>
    new Sd2Client({ apiKey: "key", fetch: async () => answer(taskOf("task", "FAILED")) }).waitForTask("task"),
  "what fetch threw": async () => {
    const fetch = async () => {
      throw new TypeError("fetch failed", { cause: Object.assign(new Error("reset"), { code: "ECONNRESET" }) });
    };
    return new Sd2Client({ apiKey: "key", fetch }).createTask(request());
  },
  "a misuse": async () => new Sd2Client({}),
};
for (const [name, fail] of Object.entries(errors)) {
  test(`${name} keeps its data in a structured clone and in JSON`, async () => {
    const error = await fail().catch(error => error);
    assert.ok(Sd2Error.is(error));
    for (const data of [
      structuredClone(error.toJSON()),
      JSON.parse(JSON.stringify(error)),
      JSON.parse(JSON.stringify({ error })).error,
    ]) {
      assert.ok(Sd2Error.is(data));
      for (const field of [
        "name",
        "message",
        "code",
        "retryable",
        "status",
        "taskId",
        "task",
        "issues",
        "body",
        "retryAfterMs",
      ]) {
        assert.deepEqual(data[field], error[field], field);
      }
      assert.equal(data.cause?.message, error.cause?.message);
      assert.equal(data.cause?.cause?.code, error.cause?.cause?.code);
      assert.equal(data.stack, undefined);
    }
  });
}
