// One client for all requests of a Worker. None may depend on another one, which may end at any time.
import assert from "node:assert/strict";
import { test } from "node:test";
import { write } from "../../support/project.mjs";
import { startSandbox } from "../../support/sandbox.mjs";
import { bundle, startWorker } from "../../support/workerd.mjs";

const sandbox = await startSandbox("--speed", "200");
const source = `
  import { Sd2Client } from "sd2-client";
  let client;
  export default {
    async fetch(request) {
      const { baseUrl, method, subject } = await request.json();
      client ??= new Sd2Client({ apiKey: "sandbox-key", baseUrl, concurrency: 1 });
      try {
        return Response.json(await client[method](subject, { pollIntervalMs: 20 }));
      } catch (error) {
        return Response.json({ code: error.code, message: error.message });
      }
    },
  };`;
const modules = await bundle(write("workers/shared.js", source));
const TIME = { timeout: 120_000 };
const video = prompt => ({ model: "sd2", inputs: { prompt } });

// At the first date, waiting for another request hangs; at the second one, the code continues in the other request.
for (const date of ["2024-09-01", "2026-04-01"]) {
  const worker = startWorker(modules, date);
  const ask = async (method, subject, signal) => {
    const body = JSON.stringify({ baseUrl: sandbox.baseUrl, method, subject });
    const response = await worker.dispatchFetch("http://worker/", { method: "POST", body, signal });
    return response.json();
  };

  test(`with date ${date}, parallel requests do not wait for each other`, TIME, async () => {
    await sandbox.reset();
    const made = await Promise.all(["a", "b", "c"].map(prompt => ask("generate", video(prompt))));
    assert.deepEqual(
      made.map(({ status, message }) => status ?? message),
      ["COMPLETED", "COMPLETED", "COMPLETED"],
    );
    const { taskId } = await ask("createTask", video("d"));
    const seen = await Promise.all([1, 2, 3].map(() => ask("waitForTask", taskId)));
    assert.deepEqual(
      seen.map(({ status, message }) => status ?? message),
      ["COMPLETED", "COMPLETED", "COMPLETED"],
    );
    assert.equal((await sandbox.ledger()).createRequests, 4);
  });

  test(`with date ${date}, an ended request does not stop others`, TIME, async () => {
    await sandbox.reset();
    await sandbox.faults({ on: "queryTask", kind: "status", status: 503, times: 0 });
    const controller = new AbortController();
    const left = ask("generate", video("left"), controller.signal).catch(error => error.name);
    while ((await sandbox.ledger()).tasksMade < 1) await new Promise(done => setTimeout(done, 5));
    const [{ taskId }] = (await sandbox.ledger()).tasks;
    const stays = ask("waitForTask", taskId);
    controller.abort();
    assert.equal(await left, "AbortError");
    await fetch(`${sandbox.url}/admin/faults`, { method: "DELETE" });
    const { status, message } = await ask("generate", video("another"));
    assert.equal(status ?? message, "COMPLETED");
    assert.equal((await stays).status, "COMPLETED");
    assert.equal((await sandbox.ledger()).createRequests, 2);
  });
}
