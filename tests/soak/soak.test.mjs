// Nothing is paid twice and nothing is lost: 200 tasks by default, 10,000 with LONG=1 (`npm run soak`; SEED=… brings a run's
// faults and crashes back).
import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { load } from "../package/project.mjs";
import { startSandbox } from "../package/sandbox.mjs";
import { soak } from "./soak.mjs";

const { memoryStore, Sd2Client } = await load();
const isLong = process.env.LONG === "1";
const size = isLong ? { tasks: 10_000, users: 16, crashes: 6 } : { tasks: 200, users: 4, crashes: 1 };
const seed = Number(process.env.SEED ?? (isLong ? Date.now() % 1_000_000 : 1));

test("through faults and crashes, each task that was made is delivered or told of, and none is made twice", { timeout: 600_000 }, async (t) => {
  const { wrong, ...figures } = await soak({ ...size, seed });
  t.diagnostic(JSON.stringify(figures));
  assert.deepEqual(wrong, []);
  // It would prove nothing if little had happened.
  const { tasks, made, requests, faults, delivered, unknown, crashes } = figures;
  assert.ok(made > 0.85 * tasks && delivered > 0.7 * tasks && unknown && crashes, JSON.stringify(figures));
  assert.ok(faults > 0.05 * requests, JSON.stringify(figures));
});

const requests = [1, 2, 3].map((number) => ({ model: "sd2-fast", inputs: { prompt: `Video ${number}` } }));
const wait = { pollIntervalMs: 25 };

test("a result that nobody has taken yet is still in the store", async () => {
  const sandbox = await startSandbox("--speed", "1000");
  const store = memoryStore();
  const open = () => new Sd2Client({ apiKey: "sandbox-key", baseUrl: sandbox.baseUrl, store });
  const all = open().generateAll(requests, wait);
  await all.next();
  while ((await sandbox.ledger()).tasks.some(({ realStatus }) => realStatus !== "COMPLETED") || all.running.length) await sleep(5);
  // Here the page goes away. The first may come twice: nobody knows whether it was kept.
  const found = new Set();
  for await (const { task } of open().resume(wait)) found.add(task.taskId);
  assert.equal(found.size, 3);
  assert.deepEqual([...store.keys()], []);
});

test("what was taken leaves the store", async () => {
  const sandbox = await startSandbox("--speed", "1000");
  const store = memoryStore();
  const client = new Sd2Client({ apiKey: "sandbox-key", baseUrl: sandbox.baseUrl, store });
  for await (const { task } of client.generateAll(requests, wait)) assert.equal(task.status, "COMPLETED");
  assert.deepEqual([...store.keys()], []);
  await client.generate(requests[0], wait);
  await sandbox.faults({ on: "createTask", kind: "reset_after" });
  assert.equal((await client.generate(requests[0], wait).catch((error) => error)).code, "outcome_unknown");
  await sleep(50);
  assert.deepEqual([...store.keys()], []);
});
