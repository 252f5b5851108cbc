// Values that JSON cannot represent would be missing in a paid request.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "../../support/project.mjs";
import { answer, request } from "../../support/service.mjs";

const { Sd2Client } = await load();
const start = validate => {
  const sent = [];
  const fetch = async (_, init) => (sent.push([init.method, init.body]), answer({ taskId: "task" }));
  return { sent, client: new Sd2Client({ apiKey: "key", fetch, validate }) };
};
const cycle = {};
cycle.self = cycle;
const deep = depth => (depth ? { deeper: deep(depth - 1) } : "end");
const WRONG = {
  "a BigInt": 10n,
  "a function": () => {},
  "a symbol": Symbol("a"),
  NaN: NaN,
  infinity: -Infinity,
  "a cycle": cycle,
  "what lies deeper than 32": deep(33),
  "a getter that throws": {
    get a() {
      throw new Error("mine");
    },
  },
};

for (const [kind, value] of Object.entries(WRONG)) {
  test(`a request with ${kind} is refused, and nothing is sent`, async () => {
    for (const validate of [true, false]) {
      for (const place of [
        { ...request(), later: value },
        request("a", { later: value }),
        request("a", { later: [{ deeper: value }] }),
      ]) {
        const { client, sent } = start(validate);
        for (const method of ["createTask", "generate"]) {
          const error = await client[method](place).catch(error => error);
          assert.equal(error.code, "invalid_request", `${validate}`);
          const [issue] = error.issues.filter(({ severity }) => severity === "error");
          assert.ok(issue.path.includes("later"), JSON.stringify(issue));
        }
        assert.deepEqual(sent, []);
      }
    }
  });
}

test("even with validate: false, a request that is not an object is refused", async () => {
  for (const value of [undefined, () => {}, 10n, NaN]) {
    const { client, sent } = start(false);
    assert.equal((await client.createTask(value).catch(error => error)).code, "invalid_request");
    assert.deepEqual(sent, []);
  }
});

test("an undefined field counts as missing, as in JSON", async () => {
  for (const validate of [true, false]) {
    const { client, sent } = start(validate);
    await client.createTask({ ...request(), callBackUrl: undefined });
    assert.deepEqual(sent, [["POST", JSON.stringify(request())]]);
  }
});

test("with validate: false, any JSON value is sent", async () => {
  for (const value of [null, false, 0, "", [], {}, "text", deep(30)]) {
    const { client, sent } = start(false);
    await client.createTask(value);
    assert.deepEqual(sent, [["POST", JSON.stringify(value)]]);
  }
});
