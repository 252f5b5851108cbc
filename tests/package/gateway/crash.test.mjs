// Kills workerd at each point of a job's life and at random times, restarts it on the same disk, and compares the jobs with the emulator's
// ledger. `ROUNDS=200 node --test tests/package/gateway/crash.test.mjs` prints the figures of docs/gateway.md. SEED makes a run repeatable.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { dice } from "../../support/random.mjs";
import { newAccount, ORIGIN, startGatewayWorker } from "../../support/gateway-worker.mjs";
import { request } from "../../support/service.mjs";

const SEED = Number(process.env.SEED ?? 1);
const random = dice(SEED);

/** When the runtime is killed. A short run uses only the first points. */
const ANY = "at any time";
const POINTS = {
  "after the accept, before the answer": "accepted",
  "as the alarm rings": "alarm",
  "in sending, nothing sent": "createTask",
  "in sending, no answer": "createTask done",
  "in sending, the answer not written": "createTask answered",
  "after a poll's answer, not written": "queryTask answered",
  "a callback received, not written": "callBack",
  [ANY]: undefined,
  "before the accept is written": "accepting",
  "in sending, before the service works": "createTask arrives",
  "before a poll": "queryTask",
  "a callback written, not answered": "callBack done",
  "as the app is told of an end": "told",
  "as the alarm's work is done": "alarm done",
};
const NAMES = Object.keys(POINTS);
const ROUNDS = Number(process.env.ROUNDS ?? 1 + NAMES.indexOf(ANY));

/** The gateways of gateway-worker.mjs. They report each point before they continue. */
const SOURCE = `
  import { createGateway } from "sd2-client/gateway/cloudflare";
  let env;
  const point = name => env.POINT.fetch("http://point/" + encodeURIComponent(name));
  const options = {
    apiKey: (_, account) => "key-of-" + account,
    baseUrl: ({ SERVICE }) => SERVICE,
    async authorize(request, given) {
      env = given;
      if (request.method === "POST") await point("accepting");
      return JSON.parse(request.headers.get("authorization"));
    },
    async fetch(url, init) {
      const name = /(\\w+)(\\?|$)/.exec(url)[1];
      await point(name);
      const response = await fetch(url, init);
      const text = await response.text();
      await point(name + " answered");
      return new Response(text, response);
    },
    onEnd: () => point("told"),
  };
  const polls = createGateway({ ...options, binding: "POLLS", basePath: "/polls" });
  const calls = createGateway({
    ...options,
    binding: "CALLS",
    basePath: "/calls",
    callbacks: { origin: ({ ORIGIN }) => ORIGIN, secret: ({ CALLBACK_SECRET }) => CALLBACK_SECRET },
  });
  const told = Base => class extends Base {
    constructor(ctx, given) {
      super(ctx, given);
      env = given;
    }
    async perform(account, name, ...details) {
      if (name === "callBack") await point("callBack");
      const answer = await super.perform(account, name, ...details);
      if (name === "create") await point("accepted");
      if (name === "callBack") await point("callBack done");
      return answer;
    }
    async alarm(info) {
      await point("alarm");
      await super.alarm(info);
      await point("alarm done");
    }
  };
  export const Polls = told(polls.DurableObject);
  export const Calls = told(calls.DurableObject);
  export default {
    fetch(request, given, ctx) {
      env = given;
      return (new URL(request.url).pathname.startsWith("/calls") ? calls : polls).fetch(request, given, ctx);
    },
  };`;

const folder = mkdtempSync(join(tmpdir(), "sd2-crash-"));
// A service that repeats its callbacks for some seconds.
const it = await startGatewayWorker({ source: SOURCE, persist: folder, emulator: { speed: 10, seconds: 5 } });
after(async () => {
  await it.stop();
  rmSync(folder, { recursive: true });
});

/** Acts like a page: repeats its create until there is a response, and polls until the task has ended. */
const insist = async ask => {
  for (;;) {
    try {
      const answer = await ask();
      if (answer.status === 200) return answer.body;
      assert.ok(answer.status >= 500, answer.text);
    } catch (error) {
      if (error.name !== "TypeError") throw error;
    }
    await sleep(30);
  }
};

const visit = async (own, prompt, user) => {
  const { taskId } = await insist(() => own.create(request(prompt), { key: prompt, user }));
  for (;;) {
    const task = await insist(() => own.query(taskId, { user }));
    if (task.status === "COMPLETED" || task.status === "FAILED") return { taskId, prompt, user, task };
    await sleep(100);
  }
};

/** Repeats callbacks that did not arrive, because the service would repeat them for longer than the emulator does. */
const callAgain = async own => {
  for (const { url, taskId, delivered } of own.ledger().callbacks) {
    if (delivered) continue;
    const init = { method: "POST", body: JSON.stringify({ taskId }) };
    await fetch(it.url + url.slice(ORIGIN.length), init).catch(() => {});
  }
};

const play = async (number, name) => {
  const isCalled = /callback/.test(name) || (!/poll/.test(name) && (number < NAMES.length || random() < 0.7));
  const own = newAccount(it, isCalled ? "calls" : "polls");
  const prompts = Array.from({ length: 5 }, (_, i) => `${number}.${i}`);
  let passes = name === ANY ? Infinity : Math.floor(random() * (/alarm|callback|sending/.test(name) ? 3 : 1));
  let isKilled = false;
  let kill;
  const killed = new Promise(done => {
    kill = () => {
      isKilled = true;
      it.onPoint = () => false;
      it.kill();
      done();
    };
  });
  it.onPoint = point => {
    if (point !== POINTS[name] || passes-- > 0) return false;
    kill();
    return true;
  };
  const timer = name === ANY && setTimeout(kill, random() * 1_500);
  const pages = Promise.all(prompts.map((prompt, i) => visit(own, prompt, `user ${i % 2}`)));
  await Promise.race([killed, pages]);
  clearTimeout(timer);
  it.onPoint = () => false;
  if (isKilled) {
    await it.stop();
    await it.start();
  }
  const calling = isCalled && setInterval(() => callAgain(own), 4_000);
  const ends = await pages;
  // With callbacks, an unknown task that was made is found.
  const made = new Set(own.ledger().tasks.map(({ prompt }) => prompt));
  for (const end of ends) {
    end.isMade = made.has(end.prompt);
    end.wasUnknown = end.task.code === "outcome_unknown";
    while (isCalled && end.isMade && end.task.status === "FAILED") {
      await sleep(50);
      end.task = await insist(() => own.query(end.taskId, { user: end.user }));
    }
  }
  clearInterval(calling);
  return { name, isKilled, ends, ledger: own.ledger() };
};

const judge = ({ name, ends, ledger }) => {
  const about = JSON.stringify({ name, ends, tasks: ledger.tasks });
  const prompts = ledger.tasks.map(({ prompt }) => prompt);
  assert.equal(new Set(prompts).size, prompts.length, `paid twice: ${about}`);
  assert.ok(ledger.creates <= ends.length, `${ledger.creates} creates: ${about}`);
  for (const { task, isMade } of ends) {
    if (task.status === "COMPLETED") assert.ok(isMade, about);
    else assert.equal(task.code, "outcome_unknown", about);
  }
  assert.equal(new Set(ends.map(({ taskId }) => taskId)).size, ends.length, about);
};

test(`${ROUNDS} crashes of workerd neither pay twice nor lose a job silently`, {
  timeout: 60_000 + ROUNDS * 20_000,
}, async t => {
  const figures = {};
  for (let number = 0; number < ROUNDS; number++) {
    // Each point once, then random ones.
    const name = NAMES[number] ?? (random() < 0.5 ? ANY : NAMES[Math.floor(random() * NAMES.length)]);
    const began = Date.now();
    const round = await play(number, name);
    judge(round);
    const sum = (figures[name] ??= {
      rounds: 0,
      kills: 0,
      jobs: 0,
      done: 0,
      found: 0,
      unknown: 0,
      unsent: 0,
      seconds: 0,
    });
    const count = holds => round.ends.filter(holds).length;
    sum.rounds++;
    sum.kills += round.isKilled;
    sum.jobs += round.ends.length;
    sum.done += count(({ task }) => task.status === "COMPLETED");
    sum.found += count(({ task, wasUnknown }) => wasUnknown && task.status === "COMPLETED");
    sum.unknown += count(({ task }) => task.status === "FAILED");
    sum.unsent += count(({ task, isMade }) => task.status === "FAILED" && !isMade);
    sum.seconds += Math.round((Date.now() - began) / 100) / 10;
  }
  for (const [name, sum] of Object.entries(figures)) t.diagnostic(`${name}: ${JSON.stringify(sum)}`);
  const total = {};
  for (const sum of Object.values(figures)) for (const key in sum) total[key] = (total[key] ?? 0) + sum[key];
  t.diagnostic(`all: ${JSON.stringify(total)}`);
  // Without kills, the test would prove nothing.
  assert.ok(total.kills >= 0.8 * ROUNDS, JSON.stringify(total));
});
