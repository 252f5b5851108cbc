// Some Workers lack FinalizationRegistry, so the memory of a call must be freed without it.
import assert from "node:assert/strict";
import { test } from "node:test";
import { write } from "../../support/project.mjs";
import { bundle, startWorker } from "../../support/workerd.mjs";

// Reports the sizes of the memory and of the table of JavaScript values of the latest instance.
const watch = `
  let instance;
  const { Instance } = WebAssembly;
  WebAssembly.Instance = function (...all) {
    return (instance = new Instance(...all));
  };
  const sizes = () => Object.values(instance.exports)
    .map((each) => each.buffer?.byteLength ?? (each.grow && each.length))
    .filter(Number.isInteger);`;

const work = `
  const task = { taskId: "task", model: "sd2", status: "COMPLETED", creditsUsed: 1, output: [{ url: "https://example.com/a.mp4", width: 1, height: 1 }], error: null, createTime: 1, completeTime: 2 };
  const answer = (body, status = 200) => ({ status, headers: { get: () => null }, text: async () => JSON.stringify(body) });
  const fetch = async (url) => answer(url.includes("createTask") ? { taskId: "task" } : url.includes("queryTask") ? task : { message: "no" }, url.includes("credits") ? 401 : 200);
  const request = { model: "sd2", inputs: { prompt: "a" } };
  const calls = async (shared, times) => {
    for (let i = 0; i < times; i++) {
      const client = shared ?? new Sd2Client({ apiKey: "key", fetch });
      await client.createTask(request);
      await client.queryTask("task");
      await client.getCredits().catch(() => {});
      await client.waitForTask("task", { signal: new AbortController().signal });
      await client.queryTask("task", { signal: AbortSignal.abort() }).catch(() => {});
      await client.queryTask("").catch(() => {});
      await client.createTask({ model: "sd2", inputs: { prompt: "" } }).catch(() => {});
      try {
        new Sd2Client({ apiKey: "" });
      } catch {}
    }
  };
  const grown = async (shared, times) => {
    await calls(shared, 300);
    const before = sizes();
    await calls(shared, times);
    return [before, sizes()];
  };`;

const source = from => `
  ${watch}
  import { Sd2Client } from "${from}";
  ${work}
  export default {
    async fetch(request) {
      const isShared = request.url.endsWith("shared");
      return Response.json(await grown(isShared ? new Sd2Client({ apiKey: "key", fetch }) : undefined, 1_500));
    },
  };`;

for (const date of ["2022-11-30", "2026-04-01"]) {
  for (const what of ["shared", "own"]) {
    test(`thousands of calls of ${what === "own" ? "as many clients" : "one client"} leak no memory in workerd with date ${date}`, {
      timeout: 120_000,
    }, async () => {
      const worker = startWorker(await bundle(write("workers/memory.js", source("sd2-client"))), date);
      const response = await worker.dispatchFetch(`http://worker/${what}`);
      const text = await response.text();
      assert.equal(response.status, 200, text);
      const [before, after] = JSON.parse(text);
      assert.ok(before.length > 1, text);
      assert.deepEqual(after, before);
    });
  }
}
