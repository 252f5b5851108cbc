// `sd2-client/gateway/cloudflare` in workerd, in front of the emulated service.
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { newAccount, ORIGIN, SECRET, startGatewayWorker } from "../../support/gateway-worker.mjs";
import { load } from "../../support/project.mjs";
import { request } from "../../support/service.mjs";

const { cancelTask, Sd2Client, signCallbackUrl } = await load();

const folder = mkdtempSync(join(tmpdir(), "sd2-worker-"));
const it = await startGatewayWorker({ persist: folder });
after(async () => {
  await it.stop();
  rmSync(folder, { recursive: true });
});
const TIME = { timeout: 120_000 };

/** Waits until something holds. */
const until = async holds => {
  while (!(await holds())) await sleep(50);
};

/** A page's client of a gateway. */
const clientOf = ({ account }, path, options) =>
  new Sd2Client({
    baseUrl: `${it.url}/${path}`,
    headers: { authorization: JSON.stringify({ user: "ann", account }) },
    ...options,
  });

// These tests mostly wait for the service, so they run concurrently.
describe("a gateway in a Worker", { concurrency: 6 }, () => {
  test("an object that slept while a page's stream was open reports later changes to it", TIME, async () => {
    const own = newAccount(it);
    const starts = async () => (await fetch(`${it.url}/starts?account=${encodeURIComponent(own.account)}`)).json();
    const controller = new AbortController();
    const { body } = await fetch(`${it.url}/polls/jobs/events`, {
      headers: { authorization: JSON.stringify({ user: "ann", account: own.account }) },
      signal: controller.signal,
    });
    const reader = body.pipeThrough(new TextDecoderStream()).getReader();
    assert.equal((await reader.read()).value, ": \n\n");
    assert.equal(await starts(), 1);
    // The runtime hibernates it after ten seconds.
    await sleep(11_000);
    const { taskId } = (await own.create(request("A cat"))).body;
    assert.equal(await starts(), 2);
    assert.match((await reader.read()).value, new RegExp(`^data: .*"${taskId}"`));
    controller.abort();
  });

  test("an alarm that failed is set again", TIME, async () => {
    const own = newAccount(it, "calls", 1_000, "late");
    const { body } = await own.create(request("A cat"));
    assert.equal((await own.ended(body.taskId)).status, "COMPLETED");
    assert.match(it.errors.join(""), /no key yet/);
    assert.equal(own.ledger().creates, 1);
  });

  test("curl can create a task, poll it until it ends, and query the credits", TIME, async () => {
    const own = newAccount(it);
    const grant = { budget: { credits: 2_000, per: "day" } };
    const { status, body } = await own.create(request("A cat"), { grant });
    assert.equal(status, 200);
    assert.match(body.taskId, /^gw_[\w-]{24}$/);
    assert.equal((await own.query(body.taskId, { grant })).body.status, "PENDING");
    const task = await own.ended(body.taskId, { grant });
    assert.deepEqual([task.status, task.creditsUsed, task.output.length], ["COMPLETED", 200, 1]);
    const credits = await own.call("/account/credits", { grant });
    assert.deepEqual([credits.body.credits, credits.body.availableCredits], [1_800, 1_800]);
    assert.equal(own.ledger().creates, 1);
  });

  test("a client without gateway: true makes a video by polling", TIME, async () => {
    const own = newAccount(it);
    const task = await clientOf(own, "polls").generate(request("A cat"), { pollIntervalMs: 100 });
    assert.equal(task.status, "COMPLETED");
    assert.equal(own.ledger().creates, 1);
  });

  test("a page gets its videos by push, without polls", TIME, async () => {
    const own = newAccount(it, "calls");
    const asked = [];
    const client = clientOf(own, "calls", {
      gateway: true,
      concurrency: 4,
      fetch: (url, init) => (asked.push(new URL(url).pathname), fetch(url, init)),
    });
    const tasks = await Promise.all(Array.from({ length: 4 }, (_, i) => client.generate(request(`${i}`))));
    assert.deepEqual(
      tasks.map(({ status }) => status),
      Array(4).fill("COMPLETED"),
    );
    assert.equal(asked.filter(path => path.endsWith("/events")).length, 1);
    assert.ok(asked.filter(path => path.endsWith("/queryTask")).length <= 4, asked.join());
    assert.equal(own.ledger().creates, 4);
    await until(() => it.ends.filter(({ account }) => account === own.account).length === 4);
    const [job] = it.ends.filter(({ account }) => account === own.account);
    assert.deepEqual([job.user, job.credits, job.price, job.task.status], ["ann", 200, 200, "COMPLETED"]);
  });

  test("creates with the same key make one task, and another body with this key is refused", TIME, async () => {
    const own = newAccount(it);
    const answers = await Promise.all(Array.from({ length: 8 }, () => own.create(request("A cat"), { key: "one" })));
    const ids = new Set(answers.map(({ status, body }) => `${status} ${body.taskId}`));
    assert.equal(ids.size, 1);
    const [{ body }] = answers;
    const other = await own.create(request("A dog"), { key: "one" });
    assert.deepEqual([other.status, other.body.code], [409, "conflict"]);
    const ends = await Promise.all(answers.map(() => own.ended(body.taskId)));
    assert.equal(ends[0].status, "COMPLETED");
    assert.equal((await own.create(request("A cat"), { key: "one" })).body.taskId, body.taskId);
    assert.equal(own.ledger().creates, 1);
    const others = await own.create(request("A dog"), { key: "one", user: "bob" });
    assert.notEqual(others.body.taskId, body.taskId);
  });

  test("many simultaneous creates all succeed, three at a time", TIME, async () => {
    const own = newAccount(it, "calls");
    const grant = { limits: { queued: 50, createsPerMinute: 50 } };
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => own.create(request(`${i}`), { grant, user: `user ${i % 5}` })),
    );
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
    await until(() => own.ledger().tasks.filter(({ status }) => status === "COMPLETED").length === 20);
    const { creates, requests } = own.ledger();
    assert.equal(creates, 20);
    assert.equal(requests.filter(({ status }) => status === 429).length, 0);
  });

  test("a task belongs to one user of one account", TIME, async () => {
    const own = newAccount(it);
    const { body } = await own.create(request());
    assert.equal((await own.query(body.taskId)).status, 200);
    assert.equal((await own.query(body.taskId, { user: "bob" })).status, 404);
    assert.equal((await own.call(`/jobs/${body.taskId}`, { method: "DELETE", user: "bob" })).status, 404);
    assert.equal((await newAccount(it).query(body.taskId)).status, 404);
    assert.equal((await own.query("gw_nothing")).status, 404);
  });

  test("401, 403, 402 and 429 give a reason, and nothing is sent", TIME, async () => {
    const own = newAccount(it);
    const paths = [
      ["/jobs/createTask", "POST"],
      ["/jobs/queryTask?taskId=gw_1", "GET"],
      ["/account/credits", "GET"],
      ["/jobs/events", "GET"],
      ["/jobs/gw_1", "DELETE"],
    ];
    for (const [path, method] of paths) {
      const answer = await own.call(path, { method, user: "", body: method === "POST" ? request() : undefined });
      assert.deepEqual([answer.status, answer.body.code], [401, "unauthorized"], path);
    }
    const forbidden = await own.create(request(), { grant: { most: 100 } });
    assert.deepEqual([forbidden.status, forbidden.body.message], [403, "Not 200."]);
    const poor = await own.create(request(), { grant: { budget: { credits: 100, per: "day" } } });
    assert.deepEqual([poor.status, poor.body.code], [402, "insufficient_credits"]);
    const wrong = await own.create(request("A cat", { duration: "99s" }));
    assert.deepEqual([wrong.status, wrong.body.issues[0].code], [400, "bad_duration"]);
    const busy = await own.create(request(), { grant: { limits: { createsPerMinute: 0 } } });
    assert.equal(busy.status, 429);
    assert.ok(Number(busy.headers.get("retry-after")) > 0);
    assert.equal(own.ledger().requests.length, 0);
  });

  test(
    "createGateway throws without authorize, binding or key, and for an option of the other entry point",
    TIME,
    async () => {
      const refused = await (await fetch(`${it.url}/refused`)).json();
      const words = ["authorize", "apiKey", "binding", "ledger", "waitUntil", "origins", "callbacks.origin", "baseUrl"];
      assert.equal(refused.length, words.length);
      for (const [i, word] of words.entries()) {
        assert.equal(refused[i]?.[0], "invalid_argument", word);
        assert.ok(refused[i][1].includes(word), refused[i][1]);
      }
    },
  );

  test("pages of other sites must be listed, and requests with cookies must come from a known page", TIME, async () => {
    const own = newAccount(it);
    const from = headers => own.call("/jobs/queryTask?taskId=gw_1", { headers });
    assert.equal((await from({ origin: "https://evil.example" })).status, 403);
    const listed = await from({ origin: "https://other.example" });
    assert.equal(listed.status, 404);
    assert.equal(listed.headers.get("access-control-allow-origin"), "https://other.example");
    assert.equal((await from({ origin: it.url })).status, 404);
    const cookie = { cookie: "session=1" };
    assert.equal((await own.create(request(), { headers: cookie })).status, 403);
    assert.equal((await own.create(request(), { headers: { ...cookie, origin: it.url } })).status, 200);
  });

  test(
    "outside its path the gateway responds with 404, and without its object it fails without details",
    TIME,
    async () => {
      const own = newAccount(it);
      const headers = { authorization: JSON.stringify({ user: "ann", account: own.account }) };
      for (const path of ["/", "/polls", "/pollsx/jobs/createTask", "/polls/jobs", "/polls/callback/main"]) {
        assert.equal((await fetch(it.url + path, { headers })).status, 404, path);
      }
      const response = await fetch(`${it.url}/unbound/account/credits`, {
        headers: { authorization: JSON.stringify({ user: "ann", budget: { credits: 1, per: "day" } }) },
      });
      assert.equal(response.status, 503);
      assert.ok(!(await response.text()).includes("binding"));
    },
  );

  test("an overloaded object is called again later by the page, not at once by the Worker", TIME, async () => {
    const own = newAccount(it, "full");
    const { status, headers, text } = await own.create(request());
    assert.deepEqual([status, headers.get("retry-after")], [503, "5"]);
    assert.ok(!text.includes("overloaded"), text);
    assert.equal(await (await fetch(`${it.url}/full/refusals`)).json(), 1);
  });

  test("a repeated create is answered as before, even if the app would refuse it by now", TIME, async () => {
    const own = newAccount(it, "calls");
    const body = { model: "sd2", inputs: { urls: ["asset://asset-1"], prompt: "It moves" } };
    const first = await own.create(body, { key: "one", grant: { assets: true } });
    assert.equal(first.status, 200);
    const again = await own.create(body, { key: "one" });
    assert.deepEqual([again.status, again.body], [200, first.body]);
    assert.equal((await own.create(body, { key: "two" })).status, 403);
    await own.ended(first.body.taskId);
  });

  test("a queued task can be cancelled, but not one that was sent", TIME, async () => {
    const own = newAccount(it, "calls");
    own.fault({ on: "createTask", kind: "latency", ms: 500, times: 3 });
    const grant = { budget: { credits: 5_000, per: "day" } };
    const ids = [];
    for (let i = 0; i < 4; i++) ids.push((await own.create(request(), { grant })).body.taskId);
    assert.deepEqual((await own.query(ids[3])).body.queue, { position: 1 });
    await cancelTask(clientOf(own, "calls", { gateway: true }), ids[3]);
    const task = (await own.query(ids[3])).body;
    assert.deepEqual([task.status, task.code], ["FAILED", "cancelled"]);
    await until(async () => (await own.query(ids[0])).body.queue === undefined);
    assert.equal((await own.call(`/jobs/${ids[0]}`, { method: "DELETE" })).status, 409);
    for (const id of ids.slice(0, 3)) assert.equal((await own.ended(id)).status, "COMPLETED");
    assert.equal(own.ledger().creates, 3);
    assert.equal((await own.call("/account/credits", { grant })).body.availableCredits, 4_400);
  });

  test("simultaneous creates share a budget, and the credits of a failed one are released", TIME, async () => {
    const own = newAccount(it, "calls");
    const grant = { budget: { credits: 500, per: "ever" } };
    own.fault({ on: "createTask", kind: "status", status: 400, message: `no cats with ${own.key}`, times: 2 });
    const answers = await Promise.all([1, 2, 3].map(() => own.create(request(), { grant })));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 200, 402]);
    for (const { status, body } of answers) {
      if (status !== 200) continue;
      const task = await own.ended(body.taskId, { grant });
      assert.deepEqual([task.status, task.creditsUsed], ["FAILED", 0]);
      assert.match(task.error, /no cats with \[key\]/);
    }
    assert.equal((await own.call("/account/credits", { grant })).body.availableCredits, 500);
  });

  test("an unknown create is found by its callback, and sent once", TIME, async () => {
    const own = newAccount(it, "calls");
    own.fault({ on: "createTask", kind: "reset_after" });
    const { body } = await own.create(request());
    const first = await own.ended(body.taskId);
    if (first.status === "FAILED") assert.equal(first.code, "outcome_unknown");
    await until(async () => (await own.query(body.taskId)).body.status === "COMPLETED");
    const { creates, callbacks } = own.ledger();
    assert.deepEqual([creates, callbacks.length, callbacks[0].delivered], [1, 1, true]);
  });

  test("without callbacks an unknown create stays unknown, and is not sent again", TIME, async () => {
    const own = newAccount(it);
    own.fault({ on: "createTask", kind: "reset_after" });
    const grant = { budget: { credits: 400, per: "day" } };
    const { body } = await own.create(request(), { grant });
    const task = await own.ended(body.taskId, { grant });
    assert.deepEqual([task.status, task.code], ["FAILED", "outcome_unknown"]);
    assert.equal((await own.call("/account/credits", { grant })).body.availableCredits, 200);
    // The next create waits until the service responds to something.
    const next = await own.create(request(), { grant });
    assert.equal((await own.ended(next.body.taskId, { grant })).status, "COMPLETED");
    assert.deepEqual(
      own.ledger().requests.map(({ endpoint }) => endpoint),
      ["createTask", "credits", "createTask", "queryTask"],
    );
  });

  test("a callback that is forged, foreign, late or repeated changes nothing", TIME, async () => {
    const own = newAccount(it, "calls");
    own.fault({ on: "createTask", kind: "reset_before" });
    const unknown = (await own.create(request())).body.taskId;
    assert.equal((await own.ended(unknown)).code, "outcome_unknown");
    const made = (await own.create(request())).body.taskId;
    await own.ended(made);
    const [{ url }] = own.ledger().callbacks;
    const [{ taskId }] = own.ledger().tasks;
    assert.ok(url.startsWith(`${ORIGIN}/calls/callback/${encodeURIComponent(own.account)}?sd2_token=`), url);
    const before = own.ledger().requests.length;
    const post = async (address, body) => {
      const target = address.replace(ORIGIN, it.url);
      return (await fetch(target, { method: "POST", body: JSON.stringify(body) })).status;
    };
    const forge = (id, expiresAt) =>
      signCallbackUrl(`${ORIGIN}/calls/callback/${encodeURIComponent(own.account)}`, SECRET, {
        ref: JSON.stringify([own.account, id]),
        expiresAt,
      });
    const last = url.at(-1) === "A" ? "B" : "A";
    assert.equal(await post(url.slice(0, -1) + last, { taskId }), 404);
    assert.equal(await post(url.split("?")[0], { taskId }), 404);
    const late = await forge(unknown, Date.now() + 50);
    await sleep(100);
    assert.equal(await post(late, { taskId }), 404);
    assert.equal(await post(url, { taskId }), 204);
    assert.equal(await post(url, { taskId: "x".repeat(300) }), 204);
    // A task that the service did not create for this job.
    assert.equal(await post(await forge(unknown, Date.now() + 60_000), { taskId }), 204);
    assert.equal((await own.query(unknown)).body.code, "outcome_unknown");
    assert.equal(own.ledger().requests.length, before);
  });

  test("a user can open at most ten streams", TIME, async () => {
    const own = newAccount(it);
    const controller = new AbortController();
    const open = user =>
      fetch(`${it.url}/polls/jobs/events`, {
        headers: { authorization: JSON.stringify({ user, account: own.account }) },
        signal: controller.signal,
      });
    const streams = await Promise.all(Array.from({ length: 10 }, () => open("ann")));
    assert.deepEqual(new Set(streams.map(({ status }) => status)), new Set([200]));
    assert.equal((await open("ann")).status, 429);
    assert.equal((await open("bob")).status, 200);
    controller.abort();
  });
});

/** A gateway that polls, and reports each end. */
const ENDING = `
  import { createGateway } from "sd2-client/gateway/cloudflare";
  const gateway = createGateway({
    apiKey: (env, account) => "key-of-" + account,
    baseUrl: env => env.SERVICE,
    authorize: request => JSON.parse(request.headers.get("authorization")),
    binding: "POLLS",
    basePath: "/polls",
    onEnd: (job, env) => env.ENDS.fetch("http://ends/", { method: "POST", body: JSON.stringify(job) }),
  });
  export class Polls extends gateway.DurableObject {}
  export class Calls extends gateway.DurableObject {}
  export default { fetch: gateway.fetch };`;

test("while onEnd of one job is slow, other tasks are polled", TIME, async () => {
  const own = await startGatewayWorker({ source: ENDING });
  let release;
  const released = new Promise(done => (release = done));
  own.onEnd = async () => own.ends.length > 1 || released;
  const account = newAccount(own);
  await account.create(request("slow"));
  await until(() => own.ends.length === 1);
  const { body } = await account.create(request("fast"));
  const late = sleep(20_000).then(() => ({ status: "not polled" }));
  const task = await Promise.race([account.ended(body.taskId), late]);
  release();
  assert.equal(task.status, "COMPLETED");
  await own.worker.dispose();
});

test("a video is made with the oldest compatibility date, too", TIME, async () => {
  const old = await startGatewayWorker({ date: "2024-04-03" });
  const own = newAccount(old, "calls");
  const { body } = await own.create(request("A cat"));
  assert.equal((await own.ended(body.taskId)).status, "COMPLETED");
  await old.worker.dispose();
});

test("after a restart of the runtime, jobs continue, and streams are opened again", TIME, async () => {
  // While callbacks arrive, polls are rare. A callback without a runtime would be lost and cost minutes.
  const own = newAccount(it);
  const grant = { limits: { queued: 20, createsPerMinute: 20 } };
  const client = clientOf(own, "polls", {
    gateway: true,
    // The new runtime has another port.
    fetch: (url, init) => fetch(it.url + url.slice(new URL(url).origin.length), init),
  });
  const video = client.generate(request("of the page"));
  const ids = [];
  for (let i = 0; i < 7; i++) ids.push((await own.create(request(`${i}`), { grant })).body.taskId);
  await until(() => own.ledger().creates >= 3);
  await it.stop();
  await it.start();
  const ends = await Promise.all(ids.map(id => own.ended(id)));
  const page = await video.catch(error => error);
  const unknown = [...ends, page].filter(({ code }) => code === "outcome_unknown").length;
  const done = [...ends, page].filter(({ status }) => status === "COMPLETED").length;
  assert.equal(done + unknown, 8);
  const prompts = own.ledger().tasks.map(({ prompt }) => prompt);
  assert.equal(new Set(prompts).size, prompts.length);
  assert.ok(own.ledger().creates <= 8);
});

test("after a restart of the runtime, an overdue alarm runs without any request", TIME, async () => {
  const own = newAccount(it);
  for (let i = 0; i < 4; i++) await own.create(request(`${i}`));
  await until(() => own.ledger().tasks.length === 3);
  await it.stop();
  await it.start();
  await until(() => own.ledger().tasks.filter(({ status }) => status === "COMPLETED").length === 4);
  assert.equal(own.ledger().creates, 4);
});

test("after a change of the generation, queued jobs are not sent", TIME, async () => {
  const own = newAccount(it);
  own.fault({ on: "createTask", kind: "latency", ms: 1_000, times: 3 });
  const ids = [];
  for (let i = 0; i < 5; i++) ids.push((await own.create(request(`${i}`))).body.taskId);
  await until(async () => (await own.query(ids[2])).body.queue === undefined);
  await it.stop();
  await it.start({ GENERATION: 2 });
  for (const id of ids.slice(3)) assert.equal((await own.ended(id)).code, "outcome_unknown");
  assert.ok(own.ledger().creates <= 3);
});

test("the keys are in no row and not in the console", TIME, async () => {
  await it.stop();
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(file => file.isFile());
  assert.ok(files.length > 10);
  for (const { parentPath, path = parentPath, name } of files) {
    assert.ok(!readFileSync(join(path, name)).includes("key-of-"), name);
  }
  assert.ok(!it.errors.join("").includes("key-of-"), it.errors.join(""));
  await it.start();
});
