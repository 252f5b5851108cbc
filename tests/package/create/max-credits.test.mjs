// The option `maxCredits` of `generateAll`.
import assert from "node:assert/strict";
import { test } from "node:test";
import { installClock } from "../../support/clock.mjs";
import { load } from "../../support/project.mjs";
import { answer, makeService, request } from "../../support/service.mjs";

const { estimateCredits, generateAll, Sd2Client } = await load();
const clock = installClock();

const collect = async results => {
  const all = [];
  for await (const result of results) all.push(result);
  return all;
};
const price = request => estimateCredits(request).total;
const all = (requests, options, override) => {
  const service = makeService(clock, { override });
  const client = new Sd2Client({ apiKey: "key", fetch: service.fetch, maxRetries: 0 });
  return clock.run(collect(generateAll(client, requests, options))).then(results => ({ service, results }));
};
const isRefused = ({ error }) => error?.code === "insufficient_credits" && error.status === undefined;

test("a request that would exceed maxCredits is not sent, but a cheaper one is", async () => {
  const requests = [
    request("a"),
    request("b", { duration: "15s" }),
    request("c"),
    request("d", { duration: "4s" }),
    request("e"),
  ];
  const { service, results } = await all(requests, { maxCredits: 570 });
  results.sort((a, b) => a.index - b.index);
  assert.deepEqual(results.map(isRefused), [false, true, false, false, true]);
  assert.deepEqual([results[1].error.retryable, service.creates], [false, 3]);
  assert.match(results[1].error.message, /600.*370/);
});

test("maxCredits may be reached exactly, and may be 0", async () => {
  assert.equal((await all([request()], { maxCredits: 200 })).service.creates, 1);
  assert.equal((await all([request()], { maxCredits: 199 })).service.creates, 0);
  assert.equal((await all([request()], { maxCredits: 0 })).service.creates, 0);
});

test("maxCredits counts failed tasks and unknown outcomes, but not creates that certainly made no task", async () => {
  for (const [reply, isFree] of [
    [[400], true],
    [[402], true],
    [[500], false],
    [[200], false],
    ["offline", true],
    ["lost", false],
  ]) {
    const override = (endpoint, number) => {
      if (endpoint !== "createTask" || number > 0) return;
      if (typeof reply !== "string") return answer({}, ...reply);
      return Promise.reject(
        Object.assign(new Error("mine"), { code: reply === "offline" ? "ECONNREFUSED" : "ECONNRESET" }),
      );
    };
    const { service } = await all([request("a"), request("b")], { maxCredits: 200, concurrency: 1 }, override);
    assert.equal(service.creates, isFree ? 2 : 1, String(reply));
  }
  const { service, results } = await all([request("[fail]"), request("b")], { maxCredits: 200, concurrency: 1 });
  assert.deepEqual([service.creates, results[0].error.code, isRefused(results[1])], [1, "task_failed", true]);
});

test("maxCredits does not count an invalid request, which rejects with its issues", async () => {
  const { service, results } = await all([{ model: "sd3" }, request()], { maxCredits: 200 });
  assert.equal(results.find(({ index }) => index === 0).error.issues.length > 0, true);
  assert.equal(service.creates, 1);
});

test("maxCredits is never exceeded, whatever the prices and the failures are", async () => {
  let seed = 1;
  const random = below => (seed = (seed * 48_271) % 2_147_483_647) % below;
  for (let round = 0; round < 20; round++) {
    const requests = Array.from({ length: 12 }, () =>
      request(random(5) ? "a" : "[fail]", {
        duration: `${4 + random(12)}s`,
        upscaleResolution: [undefined, "2k", "4k"][random(3)],
      }),
    );
    const maxCredits = random(6_000);
    const replies = Array.from({ length: 40 }, () => [200, 200, 200, 429, 402, 500][random(6)]);
    // A create that got a 500 may have made a task.
    let charged = 0;
    const { results } = await all(
      requests,
      { maxCredits, concurrency: 1 + random(5), pollIntervalMs: 5_000 },
      (endpoint, number, body) => {
        if (endpoint !== "createTask") return;
        const status = replies[number % replies.length];
        if (status === 500) charged += price(body);
        if (status !== 200) return answer({}, status);
      },
    );
    for (const { request, task, error } of results) if (task || error.task) charged += price(request);
    assert.ok(charged <= maxCredits, `${charged} of ${maxCredits}`);
    assert.equal(results.length, 12);
    // No request was refused that the rest could pay for.
    for (const result of results.filter(isRefused)) assert.ok(price(result.request) > maxCredits - 12 * 1_200);
  }
});
