// One client with one store for all requests of a Worker. A request that ends during a store call must not stop others.
import assert from "node:assert/strict";
import { test } from "node:test";
import { write } from "../../support/project.mjs";
import { startSandbox } from "../../support/sandbox.mjs";
import { bundle, startWorker } from "../../support/workerd.mjs";

const sandbox = await startSandbox("--speed", "200");
const source = `
  import { memoryStore, resume, Sd2Client } from "sd2-client";
  const memory = memoryStore();
  // Each access needs a timer, which belongs to a request.
  const slowly = name => async (...all) => {
    await new Promise(done => setTimeout(done, 40));
    return memory[name](...all);
  };
  const store = Object.fromEntries(["get", "set", "delete", "keys"].map(name => [name, slowly(name)]));
  let client;
  const work = {
    create: async prompt => client.createTask({ model: "sd2", inputs: { prompt } }),
    generate: async prompt => client.generate({ model: "sd2", inputs: { prompt } }, { pollIntervalMs: 20 }),
    async resume() {
      const found = [];
      for await (const { request, task, error } of resume(client, { pollIntervalMs: 20, timeoutMs: 5_000 })) {
        found.push([request.inputs.prompt, task?.status ?? error.code]);
      }
      return found.sort();
    },
    keys: async () => [...memory.keys()],
  };
  export default {
    async fetch(request) {
      const { baseUrl, what, prompt, leavesAfter } = await request.json();
      client ??= new Sd2Client({ apiKey: "sandbox-key", baseUrl, store, timeoutMs: 2_000 });
      try {
        const result = work[what](prompt);
        if (leavesAfter === undefined) return Response.json(await result);
        result.catch(() => {});
        await new Promise(done => setTimeout(done, leavesAfter));
        return Response.json("left");
      } catch (error) {
        return Response.json({ code: error.code, message: error.message });
      }
    },
  };`;
const modules = await bundle(write("workers/store.js", source));
const TIME = { timeout: 120_000 };

// The oldest and the newest supported compatibility date.
for (const date of ["2022-11-30", "2026-04-01"]) {
  const worker = startWorker(modules, date);
  const ask = async (what, prompt, { signal, leavesAfter } = {}) => {
    const body = JSON.stringify({ baseUrl: sandbox.baseUrl, what, prompt, leavesAfter });
    const response = await worker.dispatchFetch("http://worker/", { method: "POST", body, signal });
    return response.json();
  };

  test(
    `as of ${date}, a request that ends in the middle of a store call stops no other create, and no resume`,
    TIME,
    async () => {
      await sandbox.reset();
      // Before the create is written; and after the task was made, before it is written.
      for (const leavesAfter of [10, 60])
        assert.equal(await ask("create", `left ${leavesAfter}`, { leavesAfter }), "left");
      const controller = new AbortController();
      const abandoned = ask("generate", "abandoned", { signal: controller.signal }).catch(error => error.name);
      setTimeout(() => controller.abort(), 20);
      assert.equal(await abandoned, "AbortError");

      const made = await Promise.all(["a", "b"].map(prompt => ask("generate", prompt)));
      assert.deepEqual(
        made.map(({ status, message }) => status ?? message),
        ["COMPLETED", "COMPLETED"],
      );
      const { taskId } = await ask("create", "kept");
      assert.ok((await ask("keys")).includes(`sd2-client.task.${taskId}`));
      const found = await ask("resume");
      assert.ok(
        found.some(([prompt, status]) => prompt === "kept" && status === "COMPLETED"),
        JSON.stringify(found),
      );
      assert.ok(!(await ask("keys")).includes(`sd2-client.task.${taskId}`));
    },
  );

  test(`in workerd with date ${date}, an abandoned resume does not stop others`, TIME, async () => {
    await sandbox.reset();
    const { taskId } = await ask("create", "kept");
    assert.equal(await ask("resume", "", { leavesAfter: 10 }), "left");
    assert.equal(await ask("resume", "", { leavesAfter: 60 }), "left");
    const found = await ask("resume");
    assert.ok(
      found.some(([prompt, status]) => prompt === "kept" && status === "COMPLETED"),
      JSON.stringify(found),
    );
    assert.ok(!(await ask("keys")).includes(`sd2-client.task.${taskId}`));
  });
}
