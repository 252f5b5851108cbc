// A run of a program that makes videos. It continues where the run before it crashed. It is a thread that may be terminated at any time.
// Only its store and its book (a file of known outcomes) survive.
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { folderStore } from "../support/folder-store.mjs";
import { load } from "../support/project.mjs";

const { generateAll, resume, Sd2Client } = await load();
const { baseUrl, key, requests, book, kind, impatient } = workerData;

const fileStore = workerData.store && folderStore(workerData.store);

/** The requests to a `memoryStore` in the main thread, which responds after a delay. */
const waiting = new Map();
const remote =
  method =>
  (...args) =>
    new Promise(done => {
      const id = waiting.size ? Math.max(...waiting.keys()) + 1 : 1;
      waiting.set(id, done);
      // Only pending requests keep the thread alive, because the last change follows the last result.
      parentPort.ref();
      parentPort.postMessage({ id, method, args });
    });
parentPort.on("message", ({ id, result }) => {
  waiting.get(id)(result);
  waiting.delete(id);
  if (!waiting.size) parentPort.unref();
});
parentPort.unref();
const remoteStore = {
  get: remote("get"),
  set: remote("set"),
  delete: remote("delete"),
  keys: remote("keys"),
  async lock(name, work, { ifAvailable } = {}) {
    const isGranted = await remote("lock")(name);
    if (!isGranted) return ifAvailable ? work(null) : undefined;
    try {
      return await work(name);
    } finally {
      await remote("unlock")(name);
    }
  },
};

const client = new Sd2Client({
  apiKey: key,
  baseUrl,
  store: fileStore ?? remoteStore,
  timeoutMs: 3_000,
  concurrency: workerData.concurrency,
});
parentPort.postMessage({ said: "ready" });
const wait = { pollIntervalMs: 25, timeoutMs: impatient ? 1_000 : Infinity };
const numberOf = request => Number(/\d+/.exec(request.inputs.prompt)[0]);
/** Writes an outcome into the book. */
const note = (request, error, taskId) =>
  appendFileSync(
    book,
    `${JSON.stringify({ number: numberOf(request), code: error?.code ?? "ok", taskId: error ? error.taskId : taskId })}\n`,
  );

const known = new Set();
// Videos that the store or the book knows are not made again.
for await (const { request, task, error } of resume(client, { ...wait, timeoutMs: Infinity })) {
  known.add(numberOf(request));
  note(request, error, task?.taskId);
}
// Read after the store, because another client of the user may have moved an outcome from the store to the book.
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
    // The user takes time for some results.
    if (index % 20 === 0) await sleep(30);
    note(request, error, task?.taskId);
  }
}
parentPort.postMessage({ said: "done" });
