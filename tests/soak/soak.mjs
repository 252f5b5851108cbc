// Runs many tasks of several users with faults and crashes, and checks the sandbox's ledger.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { load } from "../support/project.mjs";
import { startSandbox } from "../support/sandbox.mjs";
import { dice } from "../support/random.mjs";

const { memoryStore } = await load();
/** The price of a video of 4 s with sd2-fast. */
const PRICE = 128;
const CREDITS = 1e9;
/** How long a shared store takes for each request, in ms. */
const DELAY = 3;
/** The probability of a fault. About a tenth of the calls are affected, because some faults last for many calls. */
const FAULTY = 0.06;

/** The faults, each with its relative frequency. */
const MIX = [
  [6, { kind: "latency", ms: 40 }],
  [6, { kind: "reset_before" }],
  [6, { kind: "reset_after" }],
  [4, { kind: "status", status: 500 }],
  [4, { kind: "status", status: 500, after: true }],
  [4, { kind: "status", status: 502 }],
  [4, { kind: "status", status: 504, after: true }],
  [1, { kind: "status", status: 503, retryAfter: 1 }],
  [4, { kind: "status", status: 429 }],
  [1, { kind: "status", status: 429, retryAfter: 1 }],
  [1, { kind: "status", status: 401 }],
  [1, { kind: "status", status: 404 }],
  [4, { kind: "truncated" }],
  [2, { kind: "hang" }],
  [2, { kind: "hang_body" }],
  [4, { kind: "not_json" }],
  [4, { kind: "body" }],
  [4, { kind: "empty" }],
  [4, { kind: "no_task_id" }],
  [2, { kind: "redirect" }],
  [1, { kind: "huge", bytes: 5_000_000 }],
  // Outages: of all endpoints for a moment, of polls for some seconds.
  [0.5, { kind: "reset_before", times: 10 }],
  [0.3, { kind: "reset_before", on: "queryTask", times: 150 }],
];

/** Runs tasks of users, each of whom crashes this often. Resolves to figures, and to a list of violations in `wrong`. */
export const soak = async ({ tasks, users, crashes, seed }) => {
  const began = Date.now();
  const sandbox = await startSandbox("--speed", "1000");
  const folder = mkdtempSync(join(tmpdir(), "sd2-soak-"));
  try {
    const people = await Promise.all(
      Array.from({ length: users }, (_, user) =>
        runUser({ sandbox, folder, user, users, tasks, crashes, random: dice(seed * 1000 + user) }),
      ),
    );
    await sandbox.advance(3_600_000);
    const figures = evaluate(await sandbox.ledger(), people, tasks);
    return {
      seed,
      tasks,
      users,
      ...figures,
      crashes: people.reduce((sum, { crashed }) => sum + crashed, 0),
      seconds: Math.round((Date.now() - began) / 1000),
    };
  } finally {
    rmSync(folder, { recursive: true });
    await sandbox.stop();
  }
};

const runUser = async ({ sandbox, folder, user, users, tasks, crashes, random }) => {
  const key = `key-of-user-${user}`;
  const account = await sandbox.addKey(key, CREDITS);
  const requests = [];
  for (let number = user; number < tasks; number += users) {
    const prompt = `Video ${number}${random() < 0.03 ? " [fail]" : ""}`;
    requests.push({ model: "sd2-fast", inputs: { prompt, duration: "4s", resolution: "720x720" } });
  }
  await sandbox.faults(...faults(requests.length * 3, key, random));

  const book = join(folder, `${user}.book`);
  // Of four users, two have a client with a store of files. The other two have three clients each, which share a slow store. One of each
  // pair calls `generate` for all videos at once, the other `generateAll`.
  const clients = user & 1 ? 1 : 3;
  const data = {
    baseUrl: sandbox.baseUrl,
    key,
    book,
    concurrency: user & 1 ? undefined : 1,
    store: user & 1 ? join(folder, `${user}.store`) : undefined,
    kind: user & 2 ? "generate" : "generateAll",
    impatient: user % 8 === 4,
  };
  const shared = { memory: memoryStore(), locks: new Map() };
  let crashed = 0;
  const run = async own => {
    for (let runs = 0; ; runs++) {
      const crashAfter = runs < crashes ? 1 + (random() * 60 * requests.length) / (crashes + 1) : undefined;
      if (await runOnce({ ...data, requests: own }, shared, crashAfter)) break;
      crashed++;
    }
  };
  await Promise.all(
    Array.from({ length: clients }, (_, client) => run(requests.filter((_, index) => index % clients === client))),
  );
  const lines = readFileSync(book, "utf8").trim().split("\n");
  return { account, crashed, book: lines.map(line => JSON.parse(line)) };
};

/** Resolves to whether the run ended without a crash. */
const runOnce = (data, { memory, locks }, crashAfter) =>
  new Promise((done, failed) => {
    const thread = new Worker(new URL("life.mjs", import.meta.url), { workerData: data });
    let timer;
    let isDone = false;
    let isGone = false;
    thread.on("message", ({ said, id, method, args }) => {
      if (said === "ready" && crashAfter) timer = setTimeout(() => thread.terminate(), crashAfter);
      if (said === "done") isDone = true;
      if (said) return;
      setTimeout(() => {
        if (isGone) return;
        const [name] = args;
        let result;
        if (method === "lock") {
          result = !locks.has(name);
          if (result) locks.set(name, thread);
        } else if (method === "unlock") {
          locks.delete(name);
        } else {
          result = memory[method](...args);
          if (method === "keys") result = [...result];
          else if (method !== "get") result = undefined;
        }
        thread.postMessage({ id, result });
      }, DELAY);
    });
    thread.on("error", failed);
    thread.on("exit", () => {
      clearTimeout(timer);
      isGone = true;
      // Like a browser, which releases the locks of a closed page.
      for (const [name, holder] of locks) if (holder === thread) locks.delete(name);
      done(isDone);
    });
  });

/** The faults of this many calls, in order. */
const faults = (calls, key, random) => {
  const sum = MIX.reduce((sum, [weight]) => sum + weight, 0);
  const list = [];
  for (let call = 0; call < calls; ) {
    const skip = Math.floor(Math.log(1 - random()) / Math.log(1 - FAULTY));
    let at = random() * sum;
    const [, fault] = MIX.find(([weight]) => (at -= weight) < 0);
    list.push({ on: "any", ...fault, skip, key });
    call += skip + (fault.times ?? 1);
  }
  return list;
};

const evaluate = (ledger, people, tasks) => {
  const wrong = [];
  const outcomes = new Map(Array.from({ length: tasks }, (_, number) => [number, []]));
  for (const person of people) for (const entry of person.book) outcomes.get(entry.number).push(entry);
  const count = { delivered: 0, byId: 0, unknown: 0, none: 0, orphans: 0 };
  const codes = {};

  const made = new Map();
  for (const task of ledger.tasks) {
    const number = Number(/\d+/.exec(task.prompt)[0]);
    if (made.has(number)) wrong.push(`video ${number} was made twice`);
    made.set(number, task);
  }
  for (const [number, entries] of outcomes) {
    const task = made.get(number);
    if (!entries.length) wrong.push(`nothing is known of video ${number}${task ? ", which was made" : ""}`);
    if (entries.length > 1) codes.twice = (codes.twice ?? 0) + 1;
    const delivered = entries.find(({ code }) => code === "ok");
    const named = entries.find(({ taskId }) => taskId);
    const unknown = entries.find(({ code }) => code === "outcome_unknown");
    for (const { code } of entries) codes[code] = (codes[code] ?? 0) + 1;
    if (named && named.taskId !== task?.taskId)
      wrong.push(`video ${number} is ${named.taskId}, but the service made ${task?.taskId}`);
    if (delivered) count.delivered++;
    else if (named) count.byId++;
    else if (unknown) count.unknown++;
    else if (entries.length) count.none++;
    if (task && !named) {
      count.orphans++;
      if (!unknown) wrong.push(`video ${number} was made, and its user was told ${entries.map(({ code }) => code)}`);
    }
  }
  for (const { account } of people) {
    const own = ledger.tasks.filter(task => task.account === account && task.realStatus === "COMPLETED");
    const paid = CREDITS - ledger.accounts[account].credits;
    const due = own.reduce((sum, { price }) => sum + price, 0);
    if (paid !== due || due !== own.length * PRICE)
      wrong.push(`account ${account} paid ${paid} for ${own.length} videos`);
  }
  return {
    ...count,
    made: ledger.tasks.length,
    requests: ledger.requests.length,
    faults: ledger.requests.filter(({ faults }) => faults.length).length,
    codes,
    wrong,
  };
};
