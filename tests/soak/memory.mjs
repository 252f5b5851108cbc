// Checks that memory does not grow over 100,000 calls of each kind, in about two minutes: `node --expose-gc tests/soak/memory.mjs`, after
// `npm test`. Prints the heap and the memory of the WebAssembly after each 10,000 calls.
import assert from "node:assert/strict";
import { installClock } from "../support/clock.mjs";
import { answer, request, taskOf } from "../support/service.mjs";

// Replaced before the package compiles its module, because the package does not show its memory.
const memories = [];
WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
  construct(...all) {
    const made = Reflect.construct(...all);
    memories.push(...Object.values(made.exports).filter(each => each instanceof WebAssembly.Memory));
    return made;
  },
});
const { load } = await import("../support/project.mjs");
const { generateAll, Sd2Client, validateRequest } = await load();
const clock = installClock();

const CALLS = 100_000;
const PART = 10_000;
const mebibytes = bytes => Math.round((bytes / 1_048_576) * 10) / 10;

const client = new Sd2Client({
  apiKey: "key",
  concurrency: 100,
  fetch: async url =>
    url.endsWith("createTask")
      ? answer({ taskId: "task" })
      : answer(taskOf("task", url.endsWith("running") ? "PROCESSING" : "COMPLETED")),
});

/** A signal that outlives all calls, and must not keep anything of them. */
const { signal: lasting } = new AbortController();

/** A hundred calls of each kind. */
const kinds = {
  queryTask: () => Promise.all(Array.from({ length: 100 }, () => client.queryTask("task", { signal: lasting }))),
  generate: () => Promise.all(Array.from({ length: 100 }, () => client.generate(request()))),
  "aborted waits": async () => {
    const controller = new AbortController();
    const waits = Array.from({ length: 100 }, () => client.waitForTask("running", { signal: controller.signal }));
    await clock.settle();
    controller.abort();
    await Promise.allSettled(waits);
  },
  generateAll: (() => {
    // A single call for all requests.
    const requests = (function* () {
      for (;;) yield request();
    })();
    const results = generateAll(client, requests);
    return async () => {
      for (let i = 0; i < 100; i++) await results.next();
    };
  })(),
  validateRequest: async () => {
    for (let i = 0; i < 100; i++)
      validateRequest({ model: "sd2", inputs: { urls: Array(12).fill("https://example.com/a.jpg"), duration: i } });
  },
};

for (const [name, hundred] of Object.entries(kinds)) {
  const sizes = [];
  for (let calls = 0; calls < CALLS; calls += PART) {
    for (let i = 0; i < PART; i += 100) await clock.run(hundred());
    for (let i = 0; i < 3; i++) {
      gc();
      await clock.settle();
    }
    sizes.push([
      mebibytes(process.memoryUsage().heapUsed),
      mebibytes(memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0)),
    ]);
  }
  const [heap, wasm] = [0, 1].map(i => sizes.map(size => size[i]));
  console.log(`${name}: heap ${heap.join(" ")} MiB, WebAssembly ${wasm.join(" ")} MiB`);
  assert.ok(heap.at(-1) - heap[0] < 3, `${name}: the heap grows`);
  assert.equal(wasm.at(-1), wasm[1], `${name}: the WebAssembly's memory grows`);
}
process.exit();
