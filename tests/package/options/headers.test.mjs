// The option `headers`, in each form that `fetch` takes.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "../../support/project.mjs";
import { answer, request } from "../../support/service.mjs";

const { Sd2Client } = await load();

/** The headers of a create with this option. */
const sent = async options => {
  const inits = [];
  const fetch = async (url, init) => (inits.push(init), answer({ taskId: "task_1" }));
  await new Sd2Client({ fetch, ...options }).createTask(request());
  return inits[0];
};

test("headers may be a Headers object, a Map or pairs", async () => {
  const pairs = [
    ["X-Team", "film"],
    ["X-Trace", "1"],
  ];
  for (const headers of [Object.fromEntries(pairs), pairs, new Map(pairs), new Headers(pairs)]) {
    const given = new Headers((await sent({ apiKey: "key", headers })).headers);
    assert.deepEqual(
      [given.get("x-team"), given.get("x-trace"), given.get("authorization")],
      ["film", "1", "Bearer key"],
    );
  }
});

test("no header is sent twice, whatever the case of its name", async () => {
  const headers = new Headers({ "Content-Type": "application/json; charset=utf-8" });
  const init = await sent({ apiKey: "key", headers });
  assert.deepEqual(
    Object.keys(init.headers)
      .map(name => name.toLowerCase())
      .sort(),
    ["authorization", "content-type"],
  );
  assert.throws(() => new Sd2Client({ apiKey: "key", headers: new Headers({ Authorization: "Bearer other" }) }), {
    code: "invalid_argument",
  });
});

test("a create uses another connection than polls, however Authorization was given", async () => {
  const baseUrl = "https://gateway.example.com";
  const plain = { Authorization: "Bearer other" };
  for (const options of [{ apiKey: "key" }, { headers: plain, baseUrl }, { headers: new Headers(plain), baseUrl }]) {
    assert.equal((await sent(options)).credentials, "omit");
  }
  assert.equal((await sent({ baseUrl })).credentials, undefined);
});

test("invalid headers are refused", () => {
  for (const headers of ["a: b", [["a"]], new Map([["bad name", "a"]]), ["a"], new Set([1]), 7]) {
    assert.throws(() => new Sd2Client({ apiKey: "key", headers }), { code: "invalid_argument" }, String(headers));
  }
});
