// Malformed keys, and hiding a key that the service repeats.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { load } from "../../support/project.mjs";
import { answer, request, taskOf } from "../../support/service.mjs";

const { confirmCallback, Sd2Client } = await load();
const KEY = "sk-live-7f3a9c-secret";

/** The key that is sent. */
const sent = async apiKey => {
  let header;
  const fetch = async (_, { headers }) => {
    header = headers.Authorization;
    return answer({ credits: 1, availableCredits: 1 });
  };
  await new Sd2Client({ apiKey, fetch }).getCredits();
  return header.replace("Bearer ", "");
};

test("white space, a byte order mark and invisible characters around a key are removed", async () => {
  for (const around of [
    "\ufeff",
    "\u200b",
    "\u00a0",
    "\r\n",
    "\t ",
    "\u2060",
    "\u200e",
    "\u3000",
    "\u00ad",
    ...["\u034f", "\u115f", "\u17b4", "\u180b", "\u3164", "\uffa0", "\ufff0"],
    " \ufeff\u200b\n",
  ]) {
    for (const key of [around + KEY, KEY + around, around + KEY + around])
      assert.equal(await sent(key), KEY, JSON.stringify(key));
  }
});

test("a base64 key with padding is accepted", async () => {
  for (const key of ["c2stbGl2ZQ==", "abc=", "a+b/c_d-e.f~g="]) assert.equal(await sent(key), key);
});

for (const [what, words, keys] of [
  [
    "Bearer",
    /Bearer/,
    [
      `Bearer ${KEY}`,
      `bearer ${KEY}`,
      `BEARER\t${KEY}`,
      `"Bearer ${KEY}"`,
      `Authorization: Bearer ${KEY}`,
      `Bearer\u00a0${KEY}`,
      "Bearer undefined",
    ],
  ],
  [
    "quotes",
    /quotes/,
    [
      `"${KEY}"`,
      `'${KEY}'`,
      `\`${KEY}\``,
      `\u201c${KEY}\u201d`,
      `\u2018${KEY}\u2019`,
      `"${KEY}`,
      `${KEY}'`,
      ` "${KEY}"\n`,
    ],
  ],
  [
    "a name",
    /NAME=/,
    [
      `SD2_API_KEY=${KEY}`,
      `apiKey=${KEY}`,
      `export SD2_API_KEY=${KEY}`,
      `SD2_API_KEY="${KEY}"`,
      `SD2_API_KEY = ${KEY}`,
    ],
  ],
  [
    "anything invisible inside",
    /visible ASCII/,
    [`sk-live\u200b7f3a9c`, `${KEY}\n${KEY}`, `sk-live-\u00e9`, "\u200b", "", "\ufeff "],
  ],
]) {
  test(`a key with ${what} is refused, and the error says why`, () => {
    for (const apiKey of keys) {
      try {
        new Sd2Client({ apiKey });
        assert.fail(`it was accepted: ${JSON.stringify(apiKey)}`);
      } catch (error) {
        assert.equal(error.code, "invalid_argument", error.message);
        assert.match(error.message, words, JSON.stringify(apiKey));
        assert.ok(!inspect(error).includes("7f3a9c"), error.message);
      }
    }
  });
}

/** A key with every kind of character that some format escapes. */
const AWKWARD = String.raw`sk/live+"quoted"\back<slash>&{}=='%z`;
const each = (key, write) => [...key].map(write).join("");
const code = character => character.charCodeAt().toString(16);
const escapes = {
  "as it is": key => key,
  JSON: key => JSON.stringify(key).slice(1, -1),
  "JSON, by number": key => each(key, character => `\\u${code(character).padStart(4, "0")}`),
  "JSON, by number in capitals": key => each(key, character => `\\u${code(character).padStart(4, "0").toUpperCase()}`),
  "JSON as PHP writes it": key => JSON.stringify(key).slice(1, -1).replaceAll("/", "\\/"),
  "JSON in JSON": key => JSON.stringify(JSON.stringify(JSON.stringify(key))),
  percent: key => encodeURIComponent(key),
  "percent in small letters": key => encodeURIComponent(key).toLowerCase().replace(key.toLowerCase(), key),
  "percent, all of it": key => each(key, character => `%${code(character)}`),
  "percent twice": key => encodeURIComponent(encodeURIComponent(key)),
  HTML: key =>
    key
      .replaceAll("&", "&amp;")
      .replaceAll("<", "&lt;")
      .replaceAll(">", "&gt;")
      .replaceAll('"', "&quot;")
      .replaceAll("'", "&apos;"),
  "HTML by number": key => each(key, character => `&#${character.charCodeAt()};`),
  "HTML by hexadecimal number": key => each(key, character => `&#x${code(character)};`),
  "HTML twice": key => escapes.HTML(escapes.HTML(key)),
  "a URL in HTML in JSON": key => JSON.stringify(escapes.HTML(encodeURIComponent(key))),
};

/** Everything that an error shows. */
const shown = error =>
  inspect(error, { depth: Infinity, maxStringLength: Infinity }) + JSON.stringify(error) + error.message + error.body;

for (const [name, escape] of Object.entries(escapes)) {
  test(`a key repeated as ${name} is hidden in body, message and cause`, async () => {
    for (const key of [KEY, AWKWARD, "abcdef"]) {
      const echo = escape(key);
      for (const reply of [
        () => answer({ message: `No such key <${echo}>` }, 401),
        () => answer(`No such key (${echo})`, 403),
        () => answer(`<a href="?key=${echo}">${echo}</a>`, 500),
        () => {
          throw new Error(`bad header ${echo}`, { cause: new Error(echo) });
        },
      ]) {
        const client = new Sd2Client({ apiKey: key, maxRetries: 0, fetch: async () => reply() });
        const text = shown(await client.getCredits().catch(error => error));
        // inspect and JSON escape quotes and backslashes again.
        for (const form of [echo, key, JSON.stringify(echo).slice(1, -1)])
          assert.ok(!text.includes(form), `${form} in ${text}`);
        assert.ok(text.includes("[key]"), text);
      }
    }
  });
}

test("a key at the cut of a body above 4 MB is hidden", async () => {
  for (const echo of [KEY, escapes["HTML by number"](KEY)]) {
    for (const before of [1_985, 1_999]) {
      for (const body of ["x".repeat(before) + echo + "y".repeat(4_100_000), echo.repeat(4_200_000 / echo.length)]) {
        for (const response of [() => answer(body, 500), () => new Response(body, { status: 500 })]) {
          const client = new Sd2Client({ apiKey: KEY, maxRetries: 0, fetch: async () => response() });
          const error = await client.getCredits().catch(error => error);
          assert.ok(!error.body.includes(echo.slice(0, 8)), error.body.slice(-50));
          assert.ok(error.body.length <= 2_000);
        }
      }
    }
  }
});

test("hiding a key takes linear time", async () => {
  for (const [key, body] of [
    ["\\".repeat(400) + "x", "\\".repeat(1_000_000)],
    ["\\".repeat(400), "\\".repeat(1_000_000)],
    ["a".repeat(400) + "b", "a".repeat(1_000_000)],
    ["ab".repeat(200) + "c", "ab".repeat(1_000_000)],
    ["%25".repeat(100) + "x", "%25".repeat(600_000)],
    ["&amp;".repeat(80) + "x", "&amp;".repeat(400_000)],
  ]) {
    const client = new Sd2Client({ apiKey: key, maxRetries: 0, fetch: async () => answer(body, 500) });
    // Quadratic time would take minutes.
    const error = await client.getCredits().catch(error => error);
    assert.equal(error.code, "server_error");
    assert.ok(!error.body.includes(key));
  }
});

test("a key that the response to a create repeats is hidden", async () => {
  const client = new Sd2Client({
    apiKey: KEY,
    fetch: async () => answer({ error: escapes["percent, all of it"](KEY) }, 400),
  });
  const error = await client.createTask(request()).catch(error => error);
  assert.equal(error.code, "invalid_request");
  assert.ok(error.message.includes("[key]"), error.message);
});

for (const [what, ids] of [
  ["blank", ["", " ", "\n\t", "\u00a0", "\u200b", "\ufeff", "\u2060\u00ad"]],
  [
    "the key",
    [
      KEY,
      ` ${KEY}`,
      `${KEY}\n`,
      `\ufeff${KEY}`,
      `Bearer ${KEY}`,
      `task_${KEY}`,
      encodeURIComponent(KEY).replaceAll("-", "%2d"),
    ],
  ],
]) {
  test(`a task id that is ${what} is refused without sending anything`, async () => {
    const client = new Sd2Client({ apiKey: KEY, fetch: () => assert.fail("it was sent") });
    for (const id of ids) {
      for (const call of [
        client.queryTask(id),
        client.waitForTask(id),
        confirmCallback(client, JSON.stringify(taskOf(id, "COMPLETED"))),
      ]) {
        const error = await call.catch(error => error);
        assert.ok(["invalid_argument", "unexpected_response"].includes(error.code), error.stack);
        assert.equal(error.taskId, undefined);
        if (what === "the key") assert.ok(!shown(error).includes("7f3a9c"), shown(error));
      }
    }
  });
}

test("a task id that equals a short key is refused, but not one that contains it", async () => {
  const client = new Sd2Client({
    apiKey: "task",
    fetch: async url => answer(taskOf(new URL(url).searchParams.get("taskId"), "PENDING")),
  });
  assert.equal((await client.queryTask("task").catch(error => error)).code, "invalid_argument");
  assert.equal((await client.queryTask("task_1")).taskId, "task_1");
});

test("a new task id that equals the key is outcome_unknown", async () => {
  for (const apiKey of [KEY, "short"]) {
    const client = new Sd2Client({ apiKey, fetch: async () => answer({ taskId: apiKey }) });
    for (const call of [client.createTask(request()), client.generate(request())]) {
      const error = await call.catch(error => error);
      assert.equal(error.code, "outcome_unknown");
      assert.equal(error.taskId, undefined);
    }
  }
});

/** A task with a word in all its fields. */
const taskWith = word => ({
  ...taskOf(`task_${word}`, "COMPLETED"),
  output: [{ url: `https://example.com/${word}/a.mp4`, width: 1, height: 1 }],
  [word]: [{ note: `A ${word}.` }],
});
for (const apiKey of ["videos", "example", "COMPLETED", "a-word-of-15-ch"]) {
  test(`a result is not changed, although the key is the word ${apiKey}`, async () => {
    const task = taskWith(apiKey);
    const fetch = async url =>
      answer(
        url.includes("createTask")
          ? { taskId: task.taskId }
          : url.includes("credits")
            ? { credits: 1, availableCredits: 1, note: apiKey }
            : task,
      );
    const client = new Sd2Client({ apiKey, fetch });
    assert.deepEqual(await client.queryTask(task.taskId), task);
    assert.deepEqual(await client.createTask(request()), { taskId: task.taskId });
    assert.equal((await client.getCredits()).note, apiKey);
    const updates = [];
    assert.deepEqual(await client.waitForTask(task.taskId, { onUpdate: ({ task }) => updates.push(task) }), task);
    assert.deepEqual(updates, [task]);
  });
}

test("a paid task in an error is not changed, although a word in it is the key", async () => {
  const task = { ...taskWith("videos"), output: [{ url: "ftp://videos" }] };
  const client = new Sd2Client({ apiKey: "videos", fetch: async () => answer(task) });
  const error = await client.queryTask(task.taskId).catch(error => error);
  assert.equal(error.code, "unexpected_response");
  assert.deepEqual(error.task, task);
});

test("a long key in a result is replaced, however it is escaped", async () => {
  for (const key of [KEY, "exactly-16-chars"]) {
    for (const escape of [
      escapes["as it is"],
      escapes.percent,
      escapes["percent, all of it"],
      escapes["HTML by number"],
    ]) {
      const task = { ...taskOf("task", "PENDING"), note: `<${escape(key)}>` };
      const client = new Sd2Client({ apiKey: key, fetch: async () => answer(task) });
      assert.deepEqual(await client.queryTask("task"), { ...task, note: "<[key]>" });
    }
  }
});

test("the reason of a failed task hides a key of any length, even where it is cut", async () => {
  for (const apiKey of [KEY, "secret-key"]) {
    for (const error of [`The key ${apiKey} is blocked.`, `${"x".repeat(495)}${apiKey}`, escapes.HTML(`<${apiKey}>`)]) {
      const client = new Sd2Client({ apiKey, fetch: async () => answer({ ...taskOf("task", "FAILED"), error }) });
      const { code, message } = await client.waitForTask("task").catch(error => error);
      assert.equal(code, "task_failed");
      assert.ok(!message.includes(apiKey.slice(0, 5)), message);
    }
  }
});

test("a response that repeats the key beside the id of a new task still gives the id", async () => {
  const fetch = async () => answer({ taskId: "task_1", debug: { authorization: `Bearer ${KEY}` } });
  const client = new Sd2Client({ apiKey: KEY, fetch });
  assert.deepEqual(await client.createTask({ model: "sd2", inputs: { prompt: "a" } }), { taskId: "task_1" });
});
