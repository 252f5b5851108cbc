// One life of a program that makes videos: it goes on where the one before it crashed. It runs in a thread, which is
// ended at any time, and all that outlives it is its store and its book.
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { folderStore } from "../support/folder-store.mjs";
import { load } from "../support/project.mjs";

const { generateAll, resume, Sd2Client } = await load();
const { baseUrl, key, requests, book, kind, impatient } = workerData;

const fileStore = workerData.store && folderStore(workerData.store);

/** In another thread, which has a `memoryStore`: each change takes its time. */
const waiting = new Map();
const far =
  method =>
  (...args) =>
    new Promise(done => {
      const id = waiting.size ? Math.max(...waiting.keys()) + 1 : 1;
      waiting.set(id, done);
      // Held open by what it waits for alone: the last change comes after the last result.
      parentPort.ref();
      parentPort.postMessage({ id, method, args });
    });
parentPort.on("message", ({ id, result }) => {
  waiting.get(id)(result);
  waiting.delete(id);
  if (!waiting.size) parentPort.unref();
});
parentPort.unref();
const farStore = {
  get: far("get"),
  set: far("set"),
  delete: far("delete"),
  keys: far("keys"),
  async lock(name, work, { ifAvailable } = {}) {
    const isGranted = await far("lock")(name);
    if (!isGranted) return ifAvailable ? work(null) : undefined;
    try {
      return await work(name);
    } finally {
      await far("unlock")(name);
    }
  },
};

const client = new Sd2Client({
  apiKey: key,
  baseUrl,
  store: fileStore ?? farStore,
  timeoutMs: 3_000,
  concurrency: workerData.concurrency,
});
parentPort.postMessage({ said: "ready" });
const wait = { pollIntervalMs: 25, timeoutMs: impatient ? 1_000 : Infinity };
const numberOf = request => Number(/\d+/.exec(request.inputs.prompt)[0]);
/** What the user knows for good. */
const note = (request, error, taskId) =>
  appendFileSync(
    book,
    `${JSON.stringify({ number: numberOf(request), code: error?.code ?? "ok", taskId: error ? error.taskId : taskId })}\n`,
  );

const known = new Set();
// What the store brings back is not made again; nor is what had ended before.
for await (const { request, task, error } of resume(client, { ...wait, timeoutMs: Infinity })) {
  known.add(numberOf(request));
  note(request, error, task?.taskId);
}
// Read after the store: another client of the user may have noted what it took from there.
if (existsSync(book)) {
  for (const line of readFileSync(book, "utf8").trim().split("\n")) if (line) known.add(JSON.parse(line).number);
}
const rest = requests.filter(request => !known.has(numberOf(request)));

if (kind === "generate") {
  await Promise.all(
    rest.map(request =>
      client.generate(request, wait).then(
        task => note(request, undefined, task.taskId),
        error => note(request, error),
      ),
    ),
  );
} else {
  for await (const { index, request, task, error } of generateAll(client, rest, wait)) {
    // Some results keep their user busy.
    if (index % 20 === 0) await sleep(30);
    note(request, error, task?.taskId);
  }
}
parentPort.postMessage({ said: "done" });
