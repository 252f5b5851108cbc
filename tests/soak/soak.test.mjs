// No video is paid twice and no task is lost: 200 tasks by default, 10,000 with LONG=1 (`npm run soak`). SEED=… repeats the faults and
// crashes of a run.
import assert from "node:assert/strict";
import { test } from "node:test";
import { soak } from "./soak.mjs";

const isLong = process.env.LONG === "1";
const size = isLong ? { tasks: 10_000, users: 16, crashes: 6 } : { tasks: 200, users: 4, crashes: 1 };
const seed = Number(process.env.SEED ?? (isLong ? Date.now() % 1_000_000 : 1));

test("with faults and crashes, each task is delivered or named in an error, and no video is made twice", {
  timeout: 600_000,
}, async t => {
  const { wrong, ...figures } = await soak({ ...size, seed });
  t.diagnostic(JSON.stringify(figures));
  assert.deepEqual(wrong, []);
  // The result counts only if enough happened.
  const { tasks, made, requests, faults, delivered, unknown, crashes } = figures;
  assert.ok(made > 0.85 * tasks && delivered > 0.7 * tasks && unknown && crashes, JSON.stringify(figures));
  assert.ok(faults > 0.03 * requests, JSON.stringify(figures));
});
