// Fifty users make a thousand videos in three slots, in virtual time: fairness, budgets and total time.
import assert from "node:assert/strict";
import { test } from "node:test";
import { installClock } from "../../support/clock.mjs";
import { isBusy, ORIGIN, SECRET, startGateway } from "../../support/gateway.mjs";
import { dice } from "../../support/random.mjs";
import { load } from "../../support/project.mjs";

const { estimateCredits } = await load("sd2-client/prices");

const clock = installClock(isBusy);
const USERS = 50;
const JOBS = 20;

const kinds = ["4s", "5s", "8s", "12s"].flatMap(duration => ["sd2", "sd2-fast"].map(model => ({ model, duration })));

const play = async options => {
  const random = dice(1);
  const ends = new Map();
  let receive;
  const it = startGateway({
    emulator: { keys: { "sandbox-key": 1e9 }, fetch: (url, init) => receive(url, init) },
    authorize: request => {
      const { user, credits } = JSON.parse(request.headers.get("authorization"));
      const limits = { queued: 100, running: 3, createsPerMinute: 100 };
      return { user, budget: { credits, per: "ever" }, limits };
    },
    onEnd: job => ends.set(job.id, job),
    ...options,
  });
  receive = (url, { body }) => it.gateway.fetch(new Request(url, { method: "POST", body }));

  const people = Array.from({ length: USERS }, (_, i) => {
    const requests = Array.from({ length: JOBS }, (_, j) => {
      const { model, duration } = kinds[Math.floor(random() * kinds.length)];
      return { model, inputs: { prompt: `${i}.${j}`, duration } };
    });
    const credits = requests.reduce((sum, { model, inputs }) => sum + estimateCredits({ model, ...inputs }).total, 0);
    return { user: JSON.stringify({ user: `user ${i}`, credits }), requests, credits };
  });
  /** The jobs in their order of arrival: `{ prompt, user }`. */
  const arrivals = [];
  const send = async ({ user, requests }) => {
    for (const request of requests) {
      await clock.sleep(Math.floor(random() * 3_000));
      const { status, text } = await it.create(request, { user });
      assert.equal(status, 200, text);
      arrivals.push({ prompt: request.inputs.prompt, user });
    }
    // The budget is exactly the price of these.
    assert.equal((await it.create(requests[0], { user })).status, 402);
  };
  const work = async () => {
    await Promise.all(people.map(send));
    while (ends.size < USERS * JOBS) await clock.sleep(1_000);
  };
  await clock.run(work());
  await clock.run(it.gateway.stop());
  clock.clear();
  assert.deepEqual(it.errors, []);
  return { people, arrivals, ends: [...ends.values()], ledger: it.service.ledger() };
};

/** The time from the first create to the last end, as a multiple of the shortest possible time. */
const makespan = ({ tasks }) => {
  const took = tasks.map(({ createTime, completeTime }) => completeTime - createTime);
  const all = Math.max(...tasks.map(each => each.completeTime)) - Math.min(...tasks.map(each => each.createTime));
  return all / (took.reduce((sum, each) => sum + each) / 3);
};

/**
 * `wrong` are the creates that started while a user with fewer tasks in the slots was waiting. `early` counts the creates that started
 * before others that had arrived earlier.
 */
const fairness = ({ arrivals, ledger }) => {
  const places = new Map(arrivals.map(({ prompt }, place) => [prompt, place]));
  const userOf = new Map(arrivals.map(({ prompt, user }) => [prompt, user]));
  const starts = ledger.tasks.toSorted((a, b) => a.createTime - b.createTime);
  // After all have arrived, a user without a running task is still queued.
  const from = starts.findIndex(({ createTime }) => createTime > starts[0].createTime + 60_000);
  const wrong = [];
  let early = 0;
  for (let i = from; i < starts.length; i++) {
    const running = {};
    for (const { prompt } of starts.filter((each, j) => j < i && each.completeTime > starts[i].createTime)) {
      running[userOf.get(prompt)] = (running[userOf.get(prompt)] ?? 0) + 1;
    }
    const mine = running[userOf.get(starts[i].prompt)] ?? 0;
    const place = places.get(starts[i].prompt);
    early += starts.slice(i + 1).some(({ prompt }) => places.get(prompt) < place);
    const waiting = starts.slice(i + 1).map(({ prompt }) => running[userOf.get(prompt)] ?? 0);
    if (waiting.some(count => count < mine)) wrong.push(starts[i].prompt);
  }
  return { wrong, early };
};

for (const [name, options, most] of [
  ["with callbacks", { callbacks: { origin: ORIGIN, secret: SECRET } }, 1.02],
  ["without callbacks", {}, 1.05],
]) {
  test(`${name}, a thousand videos of fifty users are made fairly, within budgets, in ${most} of the least time`, async t => {
    const round = await play(options);
    const { people, ends, ledger } = round;
    assert.deepEqual([ledger.tasksMade, ledger.createRequests, ends.length], [1_000, 1_000, 1_000]);
    for (const { user, credits } of people) {
      const { user: id } = JSON.parse(user);
      const spent = ends.filter(job => job.user === id).reduce((sum, job) => sum + job.credits, 0);
      assert.equal(spent, credits, id);
    }
    const { wrong, early } = fairness(round);
    assert.deepEqual(wrong, []);
    assert.ok(early > 20, `${early}`);
    const ratio = makespan(ledger);
    t.diagnostic(
      `${ratio.toFixed(4)} of the least time, ${(ledger.requests.length / 1_000).toFixed(2)} requests for a video`,
    );
    assert.ok(ratio <= most, `${ratio}`);
  });
}
