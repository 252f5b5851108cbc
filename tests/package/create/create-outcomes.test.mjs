// Which responses to a create mean that there is no task.
import assert from "node:assert/strict";
import { test } from "node:test";
import { installClock } from "../../support/clock.mjs";
import { load } from "../../support/project.mjs";
import { answer, makeService, request } from "../../support/service.mjs";

const { generateAll, Sd2Client } = await load();
const clock = installClock();
const outcome = async (status, method, body = { message: "why" }) => {
  let creates = 0;
  const client = new Sd2Client({ apiKey: "key", fetch: async () => (creates++, answer(body, status)) });
  const error = await clock.run(client[method](request()).catch(error => error));
  assert.deepEqual([creates, error.status], [1, status], `${status}`);
  assert.ok(!error.retryable);
  return error;
};

const REFUSED = [405, 406, 411, 413, 414, 415, 422, 431, 451];
const OPEN = [0, 101, 300, 301, 302, 303, 307, 308, 407, 408, 409, 410, 418, 423, 425, 499, 520, 600];

test("a status that refuses a request unprocessed means that there is no task", async () => {
  for (const status of REFUSED) {
    for (const method of ["createTask", "generate"])
      assert.equal((await outcome(status, method)).code, "unexpected_response", `${status}`);
  }
});

test("any other undocumented status or a redirect is outcome_unknown", async () => {
  for (const status of OPEN) {
    for (const method of ["createTask", "generate"]) {
      const error = await outcome(status, method);
      assert.equal(error.code, "outcome_unknown", `${status}`);
      assert.match(error.message, /may have been created and charged/);
    }
  }
});

test("the error of an unknown outcome quotes the service", async () => {
  for (const status of [409, 499, 500])
    assert.match((await outcome(status, "createTask")).message, new RegExp(`status ${status}: why\\.`));
});

test("a documented refusal means that there is no task, whatever its body", async () => {
  for (const [status, code] of [
    [400, "invalid_request"],
    [401, "unauthorized"],
    [402, "insufficient_credits"],
    [403, "forbidden"],
    [404, "not_found"],
  ]) {
    for (const body of [{ message: "why" }, "", "<html>"])
      assert.equal((await outcome(status, "createTask", body)).code, code);
  }
});

test("maxCredits counts an unknown outcome as spent, but not a create that certainly failed", async () => {
  for (const status of [...REFUSED, ...OPEN]) {
    let creates = 0;
    const service = makeService(clock, {
      override: endpoint => {
        if (endpoint === "createTask") return (creates++, answer({}, status));
        // The query of the balance before the next create.
        return answer({ credits: 1, availableCredits: 1 });
      },
    });
    const client = new Sd2Client({ apiKey: "key", fetch: service.fetch });
    const codes = [];
    for await (const { error } of generateAll(client, [1, 2, 3].map(request), { maxCredits: 256, concurrency: 1 }))
      codes.push(error.code);
    const isRefused = REFUSED.includes(status);
    assert.deepEqual(
      codes,
      isRefused
        ? Array(3).fill("unexpected_response")
        : ["outcome_unknown", "insufficient_credits", "insufficient_credits"],
      `${status}`,
    );
    assert.equal(creates, isRefused ? 3 : 1);
  }
});
