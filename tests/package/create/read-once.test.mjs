// A request is read once, so that the priced, stored and sent request are the same.
import assert from "node:assert/strict";
import { test } from "node:test";
import { installClock } from "../../support/clock.mjs";
import { load } from "../../support/project.mjs";
import { makeService, request } from "../../support/service.mjs";

const { generateAll, memoryStore, Sd2Client } = await load();
const clock = installClock();

/** Requests that are cheaper when they are read first. */
const CHANGING = {
  toJSON() {
    let reads = 0;
    return { toJSON: () => request("a", { duration: reads++ ? "15s" : "4s" }) };
  },
  "a getter"() {
    let reads = 0;
    return {
      model: "sd2",
      inputs: {
        prompt: "a",
        get duration() {
          return reads++ ? "15s" : "4s";
        },
      },
    };
  },
  "a getter that gives toJSON"() {
    let reads = 0;
    return {
      get toJSON() {
        return reads++ ? () => request("a", { duration: "15s" }) : () => request("a", { duration: "4s" });
      },
    };
  },
  "a proxy"() {
    let reads = 0;
    const get = (target, name) => (name === "duration" ? (reads++ ? "15s" : "4s") : target[name]);
    return { model: "sd2", inputs: new Proxy({ prompt: "a", duration: "4s" }, { get }) };
  },
};

for (const [kind, make] of Object.entries(CHANGING)) {
  test(`${kind}: generateAll sends the request that it priced`, async () => {
    const service = makeService(clock);
    const client = new Sd2Client({ apiKey: "key", fetch: service.fetch });
    const results = generateAll(client, [make()], { maxCredits: 160 });
    const { value } = await clock.run(results.next());
    assert.equal(value.task?.status, "COMPLETED", String(value.error));
    assert.deepEqual(service.tasks[0].request, request("a", { duration: "4s" }));
  });

  test(`${kind}: the validated request is the one that is sent and stored`, async () => {
    const kept = [];
    const memory = memoryStore();
    const store = {
      get: key => memory.get(key),
      set: (key, value) => (kept.push(value), memory.set(key, value)),
      delete: key => memory.delete(key),
      keys: () => memory.keys(),
    };
    const service = makeService(clock);
    await clock.run(new Sd2Client({ apiKey: "key", fetch: service.fetch, store }).createTask(make()));
    assert.deepEqual(service.tasks[0].request, request("a", { duration: "4s" }));
    assert.ok(kept.length && kept.every(text => text.includes('"4s"') && !text.includes("15s")));
  });
}
