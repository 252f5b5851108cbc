// The service's message in an error, for every shape of the response body.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "../../support/project.mjs";
import { answer, request, taskOf } from "../../support/service.mjs";

const { Sd2Client } = await load();
const WORDS = "Prompt is too long";
const messageOf = async (body, status = 400, method = "createTask") => {
  const client = new Sd2Client({ apiKey: "key", fetch: async () => answer(body, status), maxRetries: 0 });
  const error = await client[method](method === "createTask" ? request() : "task").catch(error => error);
  return error.message;
};

const SHAPES = {
  "plain text": WORDS,
  "plain text with white space and a dot": `\r\n ${WORDS}.\n`,
  "a JSON string": JSON.stringify(WORDS),
  message: { message: WORDS },
  error: { error: WORDS },
  "an error with a message": { error: { code: "too_long", message: WORDS } },
  "an error with details under another name": { error: { code: "too_long", reason: WORDS } },
  detail: { detail: WORDS },
  msg: { code: 40_001, msg: WORDS, data: null },
  title: { title: WORDS },
  "problem+json": { type: "https://example.com/problems/long", title: "Bad Request", status: 400, detail: WORDS },
  "a list of errors": { errors: [{ message: WORDS }] },
  "a list of texts": { errors: [WORDS, "more"] },
  "errors by field": { errors: { prompt: [WORDS] } },
  "FastAPI's details": { detail: [{ loc: ["body", "prompt"], msg: WORDS, type: "value_error" }] },
  "a list": [{ message: WORDS }],
  "a list whose first item says nothing": [null, {}, { message: WORDS }],
  "a field that nobody knows": { code: "E17", explanation: WORDS },
  "an empty message beside the words": { message: "", error: WORDS },
};

for (const [shape, body] of Object.entries(SHAPES)) {
  test(`an error quotes the service's message from ${shape}`, async () => {
    for (const status of [400, 402, 429, 500, 503, 409, 415]) {
      const message = await messageOf(body, status);
      assert.match(message, new RegExp(`: ${WORDS}\\. `), `${status}`);
      assert.ok(!message.includes("no reason given"), message);
    }
  });
}

test("an error does not claim that there was no reason if the body has an unknown shape", async () => {
  for (const body of [
    { code: 17 },
    { message: 5 },
    [],
    [7],
    "null",
    '{"message":"Prompt is',
    { url: "https://example.com/why?sig=1" },
  ]) {
    const message = await messageOf(body);
    assert.match(message, /^The service refused the request\. Correct it\.$/, message);
  }
});

test("only an empty body counts as no reason", async () => {
  for (const body of ["", " \n"]) assert.match(await messageOf(body), /: no reason given\. /);
});

test("an error never quotes HTML", async () => {
  const tags = [
    "<html><body>Blocked</body></html>",
    "\n<!DOCTYPE html><p>Blocked",
    '<?xml version="1.0"?><e>Blocked</e>',
    "Blocked <b>now</b>",
    { message: "<b>Blocked</b>" },
  ];
  for (const body of tags) {
    for (const status of [400, 403, 404, 502]) {
      for (const method of ["createTask", "queryTask"]) {
        const message = await messageOf(body, status, method);
        assert.ok(!/[<>]|Blocked|no reason given/.test(message), message);
      }
    }
  }
  assert.match(await messageOf("<html>Blocked", 403), /a page instead of a reason/);
});

test("a message with a less-than sign is not HTML", async () => {
  assert.match(await messageOf("The prompt must be < 500 characters, not <5"), /must be < 500 characters/);
});

test("a long message of the service is cut", async () => {
  const message = await messageOf("word ".repeat(10_000));
  assert.ok(message.includes("word word") && message.length < 700, `${message.length}`);
});

test("the message of an unusable response with status 200 is quoted", async () => {
  assert.match(
    await messageOf({ success: false, error: WORDS }, 200),
    /no taskId: Prompt is too long\. .*may have been created/,
  );
  assert.match(await messageOf({ success: false, msg: WORDS }, 200, "queryTask"), /not a task: Prompt is too long\. /);
  const message = await messageOf(
    { taskId: "task", state: "IN PROGRESS", url: "https://example.com/a.mp4?sig=1" },
    200,
    "queryTask",
  );
  assert.ok(!/PROGRESS|sig/.test(message), message);
});

test("the reason for a failed task is quoted in every shape", async () => {
  for (const error of [WORDS, { message: WORDS }, { detail: WORDS }, { errors: [{ msg: WORDS }] }, [WORDS]]) {
    const fetch = async () => answer({ ...taskOf("task", "FAILED"), error });
    const { message } = await new Sd2Client({ apiKey: "key", fetch }).waitForTask("task").catch(error => error);
    assert.match(message, /: Prompt is too long\./);
  }
  const fetch = async () => answer({ ...taskOf("task", "FAILED"), error: null, message: WORDS });
  const { message } = await new Sd2Client({ apiKey: "key", fetch }).waitForTask("task").catch(error => error);
  assert.match(message, /: Prompt is too long\./);
});
