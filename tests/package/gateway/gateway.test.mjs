// `sd2-client/gateway`: its protocol, in front of the emulated service, in virtual time.
import assert from "node:assert/strict";
import { test } from "node:test";
import { installClock } from "../../support/clock.mjs";
import { ask, authorize, isBusy, newLedger, ORIGIN, runner, SECRET, startGateway } from "../../support/gateway.mjs";
import { load } from "../../support/project.mjs";
import { answer, request, taskOf } from "../../support/service.mjs";

const { createGateway, Sd2Error } = await load("sd2-client/gateway");
const clock = installClock(isBusy);
const run = runner(clock);

/** Waits until a task has ended. */
const ended = async ({ query }, taskId, user) => {
  for (;;) {
    const { body } = await query(taskId, user);
    if (body.status === "COMPLETED" || body.status === "FAILED") return body;
    await clock.sleep(1_000);
  }
};

test(
  "curl can create a task, poll it until it ends, and query the credits",
  run({ grant: { budget: { credits: 2_000, per: "day" } } }, async it => {
    const { status, body } = await it.create(request("A cat", { resolution: "720x960" }));
    assert.equal(status, 200);
    assert.match(body.taskId, /^gw_[\w-]{24}$/);
    const first = await it.query(body.taskId);
    assert.deepEqual([first.status, first.body.status, first.body.model], [200, "PENDING", "sd2"]);
    const task = await ended(it, body.taskId);
    assert.deepEqual(
      [task.taskId, task.status, task.creditsUsed, task.output[0].width, task.error],
      [body.taskId, "COMPLETED", 200, 720, null],
    );
    const { tasksMade, createRequests, tasks } = it.service.ledger();
    assert.deepEqual([tasksMade, createRequests, tasks[0].prompt], [1, 1, "A cat"]);
    const credits = await it.call("/account/credits");
    assert.deepEqual([credits.body.credits, credits.body.availableCredits, credits.body.per], [1_800, 1_800, "day"]);
    assert.equal(new Date(credits.body.renewsAt).toISOString(), "2024-03-24T00:00:00.000Z");
  }),
);

test(
  "the same key and body return the same task, and the same key with another body is refused",
  run({}, async it => {
    const answers = await Promise.all([1, 2, 3].map(() => it.create(request("A cat"), { key: "one" })));
    const ids = new Set(answers.map(({ body }) => body.taskId));
    assert.equal(ids.size, 1);
    const other = await it.create(request("A dog"), { key: "one" });
    assert.deepEqual([other.status, other.body.code], [409, "conflict"]);
    const others = await it.create(request("A dog"), { key: "one", user: "bob" });
    assert.equal(others.status, 200);
    await ended(it, answers[0].body.taskId);
    assert.equal((await it.create(request("A cat"), { key: "one" })).body.taskId, answers[0].body.taskId);
    await ended(it, others.body.taskId, "bob");
    assert.equal(it.service.ledger().createRequests, 2);
  }),
);

test(
  "another user's task cannot be found or cancelled, and is not in the stream",
  run({}, async it => {
    const { body } = await it.create(request());
    assert.equal((await it.query(body.taskId, "bob")).status, 404);
    assert.equal((await it.call(`/jobs/${body.taskId}`, { method: "DELETE", user: "bob" })).status, 404);
    assert.equal((await it.query("gw_nothing")).status, 404);
    const stream = await it.gateway.fetch(ask("/jobs/events", { user: "bob" }));
    const { reader, tasks } = reading(stream);
    await ended(it, body.taskId);
    await reader.cancel();
    assert.deepEqual(tasks, []);
  }),
);

test(
  "nothing works without a grant from authorize",
  run({}, async it => {
    for (const [path, method] of [
      ["/jobs/createTask", "POST"],
      ["/jobs/queryTask?taskId=gw_1", "GET"],
      ["/account/credits", "GET"],
      ["/jobs/events", "GET"],
      ["/jobs/gw_1", "DELETE"],
    ]) {
      const body = method === "POST" ? request() : undefined;
      const answer = await it.call(path, { method, body, user: "" });
      assert.deepEqual([answer.status, answer.body.code], [401, "unauthorized"], path);
    }
    assert.equal(it.service.ledger().requests.length, 0);
  }),
);

test("createGateway throws without authorize, and for a misspelled option", () => {
  const refuses = (options, words) =>
    assert.throws(
      () => createGateway(options),
      error => Sd2Error.is(error) && error.code === "invalid_argument" && error.message.includes(words),
    );
  refuses({ apiKey: "k" }, "authorize");
  refuses({ authorize }, "apiKey");
  refuses({ apiKey: "k", authorize, origin: [] }, "write origins");
  refuses({ apiKey: "k", authorize, origins: ["https://app.example/"] }, "origins");
  refuses({ apiKey: "k", authorize, basePath: "api" }, "basePath");
  refuses({ apiKey: "k", authorize, callbacks: { origin: "app.example", secret: SECRET } }, "callbacks.origin");
  refuses({ apiKey: "k", authorize, callbacks: { origin: ORIGIN, secret: " too short      " } }, "callbacks.secret");
  refuses({ apiKey: "a\nb", authorize }, "apiKey");
  refuses({ apiKey: "k", authorize, ledger: {} }, "ledger");
  refuses({ apiKey: "k", authorize, baseUrl: "http://service.example/api/v1" }, "baseUrl");
});

test("an exception of authorize or allow, or an invalid grant, is a 500 without details", async () => {
  for (const broken of [
    () => {
      throw new Error("the database's password is swordfish");
    },
    () => ({ user: 7 }),
    () => ({ user: "ann", budget: { credits: 100, per: "week" } }),
    () => ({ user: "ann", limit: { queued: 1 } }),
    () => ({
      user: "ann",
      allow: () => {
        throw new Error("swordfish");
      },
    }),
  ]) {
    const it = startGateway({ authorize: broken, isStarted: false });
    const { status, text } = await clock.run(it.create(request()));
    assert.equal(status, 500);
    assert.ok(!text.includes("swordfish"), text);
    assert.equal(it.errors.length, 1);
    assert.equal(it.service.ledger().requests.length, 0);
  }
});

test(
  "a request that the rules refuse is not sent to the service",
  run({}, async it => {
    const wrong = await it.create(request("A cat", { duration: "99s" }));
    assert.deepEqual([wrong.status, wrong.body.code], [400, "invalid_request"]);
    assert.deepEqual(wrong.body.issues[0].path, ["inputs", "duration"]);
    for (const body of ["{", "[]", "null", "7", `${"[".repeat(1_000)}${"]".repeat(1_000)}`]) {
      assert.equal((await it.create(body)).status, 400, body.slice(0, 9));
    }
    const form = await it.create(request(), { headers: { "content-type": "text/plain" } });
    assert.equal(form.status, 400);
    assert.equal((await it.create(request("A cat ".repeat(20_000)))).status, 413);
    assert.equal((await it.create(request(), { key: "a b" })).status, 400);
    assert.equal(it.service.ledger().requests.length, 0);
  }),
);

test(
  "an accepted task holds its price, and a 402 says how much of the budget is left",
  run({ grant: { budget: { credits: 500, per: "day" } } }, async it => {
    const answers = await Promise.all([1, 2, 3].map(() => it.create(request())));
    const statuses = answers.map(({ status }) => status).sort();
    assert.deepEqual(statuses, [200, 200, 402]);
    const refused = answers.find(({ status }) => status === 402);
    assert.equal(refused.body.message, "This video costs 200 credits, and 100 are left of your budget of 500 a day.");
    const { body } = await it.call("/account/credits");
    assert.deepEqual([body.credits, body.availableCredits], [500, 100]);
  }),
);

test(
  "credits of tasks that were not made are released",
  run({ grant: { budget: { credits: 200, per: "ever" } } }, async it => {
    it.service.fault({ on: "createTask", kind: "status", status: 400, message: "no cats" });
    const refused = await it.create(request());
    const task = await ended(it, refused.body.taskId);
    assert.deepEqual([task.status, task.creditsUsed], ["FAILED", 0]);
    assert.match(task.error, /no cats/);
    const { body } = await it.create(request());
    assert.equal((await ended(it, body.taskId)).status, "COMPLETED");
    assert.equal((await it.create(request())).status, 402);
  }),
);

test(
  "a user's own limits cause a 429 with Retry-After, while a full account only queues",
  run({ grant: { limits: { queued: 2, createsPerMinute: 8 } } }, async it => {
    const accepted = [];
    for (let i = 0; i < 5; i++) {
      accepted.push((await it.create(request())).body.taskId);
      // A job counts as queued until it is sent, which takes longer with a database.
      await clock.sleep(1);
    }
    const refused = await it.create(request());
    assert.deepEqual([refused.status, refused.headers.get("retry-after")], [429, "10"]);
    for (const taskId of accepted) assert.equal((await ended(it, taskId)).status, "COMPLETED");
    const { tasksMade, createRequests } = it.service.ledger();
    assert.deepEqual([tasksMade, createRequests], [5, 5]);
  }),
);

test(
  "allow can refuse a price with the app's own message",
  run(
    {
      authorize: () => ({
        user: "ann",
        allow: ({ credits, request }) => credits <= 200 || `Not ${credits} for ${request.inputs.prompt}.`,
      }),
    },
    async it => {
      assert.equal((await it.create(request())).status, 200);
      const refused = await it.create(request("a cat", { duration: "10s" }));
      assert.deepEqual([refused.status, refused.body.message], [403, "Not 400 for a cat."]);
    },
  ),
);

test("a repeated create is answered as before, even if the app would refuse it by now", async () => {
  let left = 1;
  let asked = 0;
  const allow = () => {
    asked++;
    return left-- > 0 || "You have used your video of today.";
  };
  const work = run({ authorize: () => ({ user: "ann", allow, assets: left > 0 }) }, async it => {
    const body = { model: "sd2", inputs: { urls: ["asset://asset-1"], prompt: "It moves" } };
    const first = await it.create(body, { key: "one" });
    assert.equal(first.status, 200);
    const again = await it.create(body, { key: "one" });
    assert.deepEqual([again.status, again.body], [200, first.body]);
    const other = await it.create(request("A dog"), { key: "one" });
    assert.deepEqual([other.status, asked], [409, 1]);
    assert.equal((await it.create(request("A dog"), { key: "two" })).status, 403);
    await ended(it, first.body.taskId);
  });
  await work();
});

test(
  "files of the account need a grant, and a page's callback URL is dropped",
  run({}, async it => {
    const inputs = { urls: ["asset://asset-1"], prompt: "It moves" };
    assert.equal((await it.create({ model: "sd2", inputs })).status, 403);
    const { body } = await it.create({ ...request("A cat"), callBackUrl: "https://visitor.example/" });
    await ended(it, body.taskId);
    assert.deepEqual(it.service.ledger().callbacks, []);
  }),
);

test(
  "the queue is fair, and shows each task its position",
  run({}, async it => {
    const ids = [];
    for (let i = 0; i < 6; i++) ids.push((await it.create(request())).body.taskId);
    const late = (await it.create(request("late"), { user: "bob" })).body.taskId;
    await clock.sleep(1);
    assert.deepEqual((await it.query(late, "bob")).body.queue, { position: 1 });
    assert.deepEqual((await it.query(ids[3])).body.queue, { position: 2 });
    assert.equal((await it.query(ids[0])).body.queue, undefined);
    await ended(it, late, "bob");
    for (const id of ids) await ended(it, id);
    const prompts = it.service.ledger().tasks.map(({ prompt }) => prompt);
    assert.equal(prompts.indexOf("late"), 3);
  }),
);

test(
  "a task can be cancelled only while it is queued",
  run({ grant: { budget: { credits: 5_000, per: "day" } } }, async it => {
    const ids = [];
    for (let i = 0; i < 4; i++) ids.push((await it.create(request())).body.taskId);
    await clock.sleep(1);
    const cancelled = await it.call(`/jobs/${ids[3]}`, { method: "DELETE" });
    assert.deepEqual([cancelled.status, cancelled.body.status, cancelled.body.code], [200, "FAILED", "cancelled"]);
    assert.equal((await it.call(`/jobs/${ids[3]}`, { method: "DELETE" })).status, 200);
    assert.equal((await it.call(`/jobs/${ids[0]}`, { method: "DELETE" })).status, 409);
    for (const id of ids.slice(0, 3)) await ended(it, id);
    assert.equal(it.service.ledger().createRequests, 3);
    assert.equal((await it.call("/account/credits")).body.availableCredits, 4_400);
  }),
);

/** Reads a stream in the background. */
const reading = response => {
  const reader = response.body.getReader();
  const tasks = [];
  let text = "";
  const done = (async () => {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      text += new TextDecoder().decode(value);
      const lines = text.split("\n");
      text = lines.pop();
      for (const line of lines) if (line.startsWith("data: ")) tasks.push(JSON.parse(line.slice(6)));
    }
  })();
  return { reader, tasks, done };
};

test(
  "the stream reports all tasks, then every change, and ends after ten minutes",
  run({}, async it => {
    const { body } = await it.create(request());
    const response = await it.gateway.fetch(ask("/jobs/events"));
    assert.match(response.headers.get("content-type"), /^text\/event-stream/);
    const { tasks, done } = reading(response);
    const began = clock.now;
    await ended(it, body.taskId);
    await done;
    assert.equal(clock.now - began, 600_000);
    assert.deepEqual([...new Set(tasks.map(({ taskId }) => taskId))], [body.taskId]);
    const last = tasks.at(-1);
    assert.deepEqual([tasks[0].status, last.status, last.output.length], ["PENDING", "COMPLETED", 1]);
  }),
);

test(
  "a user can open at most ten streams",
  run({}, async it => {
    const open = user => it.gateway.fetch(ask("/jobs/events", { user }));
    const streams = [];
    for (let i = 0; i < 10; i++) streams.push(reading(await open("ann")));
    assert.equal((await open("ann")).status, 429);
    const other = reading(await open("bob"));
    await streams[0].reader.cancel();
    streams.push(reading(await open("ann")));
    for (const { reader } of [...streams, other]) await reader.cancel();
  }),
);

test(
  "a create whose response was lost is reported as unknown, and not sent again",
  run({ grant: { budget: { credits: 400, per: "day" } } }, async it => {
    it.service.fault({ on: "createTask", kind: "reset_after" });
    const { body } = await it.create(request());
    const task = await ended(it, body.taskId);
    assert.deepEqual([task.status, task.code], ["FAILED", "outcome_unknown"]);
    assert.equal((await it.call("/account/credits")).body.availableCredits, 200);
    // With a database, a day of ticks would take minutes.
    await it.gateway.stop();
    await clock.sleep(86_500_000);
    it.gateway.start();
    await it.query(body.taskId);
    await clock.sleep(20_000);
    assert.equal((await it.call("/account/credits")).body.availableCredits, 400);
    assert.equal(it.service.ledger().createRequests, 1);
  }),
);

test(
  "a job is deleted 90 days after its end, but its cost still counts",
  run({ isStarted: false, grant: { budget: { credits: 500, per: "ever" } } }, async it => {
    const { body } = await it.create(request(), { key: "one" });
    await ended(it, body.taskId);
    const rest = async () => (await it.call("/account/credits")).body.availableCredits;
    await clock.sleep(89 * 86_400_000);
    assert.equal((await it.create(request(), { key: "one" })).body.taskId, body.taskId);
    assert.equal(await rest(), 300);
    await clock.sleep(2 * 86_400_000);
    await it.gateway.tick();
    assert.equal((await it.query(body.taskId)).status, 404);
    assert.equal(await rest(), 300);
    const next = await it.create(request(), { key: "one" });
    assert.notEqual(next.body.taskId, body.taskId);
    assert.equal((await it.create(request())).status, 402);
    await ended(it, next.body.taskId);
    assert.equal(await rest(), 100);
  }),
);

test("an unknown create is found by its callback", async () => {
  let gateway;
  const receive = (url, init) => gateway.fetch(new Request(url, { ...init, signal: undefined }));
  const work = run({ callbacks: { origin: ORIGIN, secret: SECRET }, emulator: { fetch: receive } }, async it => {
    gateway = it.gateway;
    it.service.fault({ on: "createTask", kind: "reset_after" });
    const { body } = await it.create(request());
    const unknown = await ended(it, body.taskId);
    assert.equal(unknown.code, "outcome_unknown");
    await clock.sleep(60_000);
    const task = await ended(it, body.taskId);
    assert.deepEqual([task.status, task.creditsUsed, task.code], ["COMPLETED", 200, undefined]);
    const { callbacks, createRequests } = it.service.ledger();
    assert.deepEqual([callbacks[0].delivered, createRequests], [true, 1]);
  });
  await work();
});

for (const [what, answer] of [
  ["a page", () => new Response("<html>Maintenance</html>")],
  ["half a task", () => new Response('{"taskId":"t","status":"COMP')],
  ["another task", () => Response.json({ taskId: "other", status: "COMPLETED" })],
  ["a body that breaks off", () => new Response(new ReadableStream({ pull: body => body.error(new Error("reset")) }))],
  ["a 500", () => new Response("{}", { status: 500 })],
]) {
  test(`a callback whose check is answered with ${what} is called again, and finds its task`, async () => {
    let started;
    const statuses = [];
    const receive = async (url, init) => {
      const response = await started.gateway.fetch(new Request(url, { ...init, signal: undefined }));
      statuses.push(response.status);
      return response;
    };
    const fetch = (url, init) =>
      url.includes("queryTask") && statuses.length < 2 ? Promise.resolve(answer()) : started.service.fetch(url, init);
    const work = run(
      { callbacks: { origin: ORIGIN, secret: SECRET }, emulator: { fetch: receive }, fetch },
      async it => {
        started = it;
        it.service.fault({ on: "createTask", kind: "reset_after" });
        const { body } = await it.create(request());
        assert.equal((await ended(it, body.taskId)).code, "outcome_unknown");
        await clock.sleep(90_000);
        assert.equal((await ended(it, body.taskId)).status, "COMPLETED");
        assert.deepEqual(statuses, [503, 503, 204]);
      },
    );
    await work();
  });
}

test("a callback that is forged, foreign or repeated changes nothing", async () => {
  const calls = [];
  const receive = (url, init) => (calls.push([url, init.body]), { status: 204 });
  const work = run({ callbacks: { origin: ORIGIN, secret: SECRET }, emulator: { fetch: receive } }, async it => {
    it.service.fault({ on: "createTask", kind: "reset_before", skip: 2 });
    const ids = [];
    for (const user of ["ann", "bob", "cid"]) {
      ids.push((await it.create(request(), { user })).body.taskId);
      await clock.sleep(10);
    }
    await ended(it, ids[0]);
    await ended(it, ids[1], "bob");
    assert.equal((await it.query(ids[2], "cid")).body.code, "outcome_unknown");
    const before = it.service.ledger().requests.length;
    const post = (url, body) => it.gateway.fetch(new Request(url, { method: "POST", body }));
    const [url, body] = calls[0];
    assert.equal(
      (
        await post(
          url.replace(/.$/, last => (last === "A" ? "B" : "A")),
          body,
        )
      ).status,
      404,
    );
    assert.equal((await post(`${ORIGIN}/api/sd2/callback/main`, body)).status, 404);
    assert.equal((await post(url, body)).status, 204);
    assert.equal((await post(url, "{")).status, 204);
    assert.equal((await post(url, JSON.stringify({ taskId: "x".repeat(300) }))).status, 204);
    assert.equal((await it.query(ids[2], "cid")).body.code, "outcome_unknown");
    assert.equal(it.service.ledger().requests.length, before);
    assert.ok(url.startsWith(`${ORIGIN}/api/sd2/callback/main?sd2_token=`));
  });
  await work();
});

test(
  "pages of other sites must be listed, and requests with cookies must come from a known page",
  run({ origins: ["https://other.example"] }, async it => {
    const from = headers => it.call("/jobs/queryTask?taskId=gw_1", { headers });
    assert.equal((await from({ origin: "https://evil.example" })).status, 403);
    assert.equal((await from({ origin: "null" })).status, 403);
    assert.equal((await from({ origin: ORIGIN })).status, 404);
    const listed = await from({ origin: "https://other.example" });
    assert.equal(listed.status, 404);
    assert.equal(listed.headers.get("access-control-allow-origin"), "https://other.example");
    assert.equal(listed.headers.get("vary"), "Origin");
    const preflight = await it.gateway.fetch(
      ask("/jobs/createTask", { method: "OPTIONS", user: "", headers: { origin: "https://other.example" } }),
    );
    assert.equal(preflight.status, 204);
    assert.match(preflight.headers.get("access-control-allow-headers"), /Idempotency-Key/);
    const evil = ask("/jobs/createTask", { method: "OPTIONS", headers: { origin: "https://evil.example" } });
    assert.equal((await it.gateway.fetch(evil)).status, 403);
    const cookie = { cookie: "session=1" };
    assert.equal((await it.create(request(), { headers: cookie })).status, 403);
    assert.equal((await it.create(request(), { headers: { ...cookie, origin: ORIGIN } })).status, 200);
    const own = { ...cookie, "sec-fetch-site": "same-origin" };
    assert.equal((await it.create(request(), { headers: own })).status, 200);
  }),
);

test(
  "nothing of a visitor reaches the service, and the key reaches nobody else",
  run({ apiKey: () => "sandbox-key" }, async it => {
    const seen = [];
    it.service.fault({ on: "createTask", kind: "status", status: 400, message: "bad key sandbox-key" });
    const headers = { cookie: "session=1", origin: ORIGIN, "x-forwarded-for": "10.0.0.1" };
    for (let i = 0; i < 2; i++) {
      const { body } = await it.create(request(), { headers });
      seen.push(JSON.stringify(await ended(it, body.taskId)));
    }
    assert.ok(!seen.join().includes("sandbox-key"), seen.join());
    assert.match(seen[0], /\[key\]/);
    for (const { headers } of it.service.ledger().requests) {
      assert.deepEqual(
        headers.filter(name => !["authorization", "content-type"].includes(name)),
        [],
      );
    }
  }),
);

test("outside its path, the gateway responds with 404", async () => {
  const { gateway } = startGateway({ isStarted: false });
  for (const path of ["/", "/api/sd2", "/api/sd2x/jobs/createTask", "/api"]) {
    const response = await gateway.fetch(new Request(ORIGIN + path, { headers: { authorization: "ann" } }));
    assert.equal(response.status, 404, path);
  }
});

test("without start, requests do the work that is due, and tick does all of it", async () => {
  const it = startGateway({ isStarted: false });
  const { body } = await clock.run(it.create(request()));
  // The job was sent before the response.
  assert.equal(it.service.ledger().tasksMade, 1);
  await clock.pass(60_000);
  assert.equal((await clock.run(it.query(body.taskId))).body.status, "PENDING");
  await clock.run(it.gateway.tick());
  assert.equal((await clock.run(it.query(body.taskId))).body.status, "COMPLETED");
  assert.deepEqual(it.errors, []);
});

test("without start, work of an account is awaited although apiKey throws for another one", async () => {
  let answers = 0;
  const fetch = async (url, init) => {
    await clock.sleep(1_000);
    return init.body ? answer({ taskId: `t${++answers}` }) : answer(taskOf("t", "PROCESSING"));
  };
  const it = startGateway({
    isStarted: false,
    fetch,
    apiKey: account => {
      if (account !== "ann") throw new Error(`no key for ${account}`);
      return "sandbox-key";
    },
    authorize: request => ({ user: "u", account: request.headers.get("authorization") }),
  });
  const work = async () => {
    for (const user of ["bob", "cid", "ann"]) await it.create(request(), { user });
    assert.equal(answers, 1);
    assert.deepEqual(
      it.errors
        .slice(-2)
        .map(({ message }) => message)
        .sort(),
      ["no key for bob", "no key for cid"],
    );
    await assert.rejects(it.gateway.tick(), { message: /^no key for/ });
  };
  await clock.run(work());
  clock.clear();
});

test("onEnd is called for each ended job until it succeeds", async () => {
  const told = [];
  let isDeaf = true;
  const onEnd = job => {
    told.push(job);
    if (isDeaf) {
      isDeaf = false;
      throw new Error("deaf");
    }
  };
  const it = startGateway({ onEnd });
  const work = async () => {
    const { body } = await it.create(request());
    await ended(it, body.taskId);
    await clock.sleep(200_000);
    return body.taskId;
  };
  const id = await clock.run(work());
  await clock.run(it.gateway.stop());
  assert.deepEqual(
    it.errors.map(({ message }) => message),
    ["deaf"],
  );
  assert.equal(told.length, 2);
  const { user, account, credits, price, task, request: sent } = told[1];
  assert.deepEqual(
    [told[1].id, user, account, credits, price, task.status, sent.inputs.prompt],
    [id, "ann", "main", 200, 200, "COMPLETED", request().inputs.prompt],
  );
});

test("a job whose onEnd failed waits while a version of the app has no onEnd", async () => {
  const ledger = newLedger();
  const told = [];
  const first = startGateway({
    ledger,
    onEnd: () => {
      throw new Error("deaf");
    },
  });
  const live = async (it, span) => {
    await clock.run(clock.sleep(span));
    await clock.run(it.gateway.stop());
    clock.clear();
  };
  const { body } = await clock.run(first.create(request()));
  await clock.run(ended(first, body.taskId));
  await live(first, 1_000);
  const second = startGateway({ ledger, fetch: first.service.fetch });
  await live(second, 200_000);
  assert.deepEqual(second.errors, []);
  const third = startGateway({ ledger, fetch: first.service.fetch, onEnd: ({ id }) => void told.push(id) });
  await live(third, 400_000);
  assert.deepEqual([told, third.errors], [[body.taskId], []]);
});

/** A service whose tasks never end. `polls` counts its queries, `credits` its queries of the balance. */
const endlessService = () => {
  const counts = { polls: 0, credits: 0 };
  const fetch = async (url, init) => {
    if (init.body) return answer({ taskId: "t" });
    if (url.endsWith("/credits")) return (counts.credits++, answer({ credits: 1, availableCredits: 1 }));
    return (counts.polls++, answer(taskOf("t", "PROCESSING")));
  };
  return { counts, fetch };
};

test("while apiKey throws, a running task is polled after growing pauses, and then as before", async () => {
  const { counts, fetch } = endlessService();
  let isBroken = false;
  const apiKey = () => {
    if (isBroken) throw new Error("no key");
    return "sandbox-key";
  };
  const it = startGateway({ apiKey, fetch });
  const work = async () => {
    await it.create(request());
    await clock.sleep(1_000);
    isBroken = true;
    await clock.sleep(120_000);
    assert.ok(it.errors.length > 0 && it.errors.length <= 12, `${it.errors.length}`);
    isBroken = false;
    const before = counts.polls;
    await clock.sleep(61_000);
    assert.ok(counts.polls > before);
  };
  await clock.run(work());
  await clock.run(it.gateway.stop());
});

test("a create that waits for a test of the connection gets its response although apiKey throws", async () => {
  const apiKey = async () => {
    await new Promise(setImmediate);
    if (isBroken) throw new Error("no key");
    return "sandbox-key";
  };
  let isBroken = false;
  const it = startGateway({ isStarted: false, apiKey });
  it.service.fault({ on: "createTask", kind: "reset_after" });
  const work = async () => {
    await it.create(request("A cat"));
    await clock.sleep(1_500);
    isBroken = true;
    assert.equal((await it.create(request("A dog"), { user: "bob" })).status, 200);
    assert.equal((await it.query("gw_1")).status, 404);
  };
  await clock.run(work());
  assert.ok(it.errors.length < 5, `${it.errors.length}`);
});

test("if the result of a test of the connection cannot be written, the next test is after a pause", async () => {
  const { counts, fetch } = endlessService();
  const ledger = newLedger();
  const set = ledger.set.bind(ledger);
  let isReadOnly = false;
  ledger.set = async (...row) => {
    if (isReadOnly) throw new Error("read-only");
    return set(...row);
  };
  let isLost = true;
  const it = startGateway({
    ledger,
    fetch: async (url, init) => {
      if (isLost && init.body) throw new TypeError("fetch failed");
      return fetch(url, init);
    },
  });
  const work = async () => {
    await it.create(request("A cat"));
    await clock.sleep(10);
    await it.create(request("A dog"));
    isReadOnly = true;
    isLost = false;
    await clock.sleep(60_000);
    assert.ok(counts.credits > 1 && counts.credits < 10, `${counts.credits}`);
    isReadOnly = false;
    await clock.sleep(31_000);
    assert.equal((await it.query((await it.create(request("A fox"))).body.taskId)).status, 200);
    await clock.sleep(60_000);
    assert.ok(counts.polls > 0);
  };
  await clock.run(work());
  await clock.run(it.gateway.stop());
});

test("after a call of stop, no create is sent, whatever ends or arrives meanwhile", async () => {
  let creates = 0;
  const fetch = async (url, init) => {
    if (init.body) return answer({ taskId: `t${++creates}` });
    await clock.sleep(3_000);
    return answer({ ...taskOf(new URL(url).searchParams.get("taskId"), "COMPLETED"), createTime: clock.now });
  };
  const it = startGateway({
    fetch,
    authorize: request => ({ user: "ann", account: request.headers.get("authorization") }),
  });
  const work = async () => {
    for (let i = 0; i < 5; i++) await it.create(request(`${i}`));
    await clock.sleep(3_500);
    let isStopped = false;
    const stopping = it.gateway.stop().then(() => (isStopped = true));
    await clock.sleep(1_000);
    assert.equal(isStopped, false);
    const { status, body } = await it.create(request("late"), { user: "bob" });
    assert.equal(status, 200);
    await stopping;
    await it.gateway.tick();
    await clock.sleep(60_000);
    assert.equal(creates, 3);
    it.gateway.start();
    await clock.sleep(60_000);
    assert.equal(creates, 6);
    assert.equal((await it.query(body.taskId, "bob")).body.status, "COMPLETED");
  };
  await clock.run(work());
  await clock.run(it.gateway.stop());
  assert.deepEqual(it.errors, []);
});

test("stop takes at most half a minute, even if the ledger is unavailable for longer", async () => {
  const ledger = newLedger();
  const update = ledger.update.bind(ledger);
  let isAway = false;
  ledger.update = async (...row) => {
    if (isAway) throw new Error("away");
    return update(...row);
  };
  const it = startGateway({ ledger });
  it.service.fault({ on: "createTask", kind: "latency", ms: 1_000 });
  const work = async () => {
    await it.create(request());
    await clock.sleep(500);
    isAway = true;
    const began = clock.now;
    await it.gateway.stop();
    assert.equal(clock.now - began, 30_000);
  };
  await clock.run(work());
  clock.clear();
});

test("while a job's onEnd takes longer than a minute, the ledger is read once a second", async () => {
  const ledger = newLedger();
  const next = ledger.next.bind(ledger);
  let reads = 0;
  ledger.next = account => (reads++, next(account));
  const it = startGateway({ ledger, onEnd: () => clock.sleep(150_000) });
  const work = async () => {
    await ended(it, (await it.create(request())).body.taskId);
    await clock.sleep(70_000);
    reads = 0;
    await clock.sleep(60_000);
    assert.ok(reads < 70, `${reads}`);
  };
  await clock.run(work());
  await clock.run(it.gateway.stop());
});

test("a new gateway with the same ledger continues the jobs, and sends none again", async () => {
  const ledger = newLedger();
  const first = startGateway({ ledger });
  const ids = [];
  const make = async () => {
    for (let i = 0; i < 5; i++) ids.push((await first.create(request())).body.taskId);
    await clock.sleep(1_000);
  };
  await clock.run(make());
  // The process ends here: its timers are gone.
  clock.clear();
  const second = startGateway({ ledger, fetch: first.service.fetch });
  const finish = async () => {
    for (const id of ids) assert.equal((await ended(second, id)).status, "COMPLETED");
  };
  await clock.run(finish());
  assert.equal(first.service.ledger().createRequests, 5);
  await clock.run(second.gateway.stop());
});

for (const [before, then] of [
  [1, 2],
  [undefined, 1],
]) {
  test(`jobs that are queued in a restored backup are not sent if the generation was ${before} and is ${then}`, async () => {
    const ledger = newLedger();
    const first = startGateway({ ledger, generation: before });
    const ids = [];
    const make = async () => {
      for (let i = 0; i < 4; i++) ids.push((await first.create(request())).body.taskId);
      await clock.sleep(1_000);
    };
    await clock.run(make());
    clock.clear();
    const second = startGateway({ ledger, fetch: first.service.fetch, generation: then });
    const finish = async () => {
      for (const id of ids.slice(0, 3)) assert.equal((await ended(second, id)).status, "COMPLETED");
      assert.equal((await ended(second, ids[3])).code, "outcome_unknown");
    };
    await clock.run(finish());
    await clock.run(second.gateway.stop());
    assert.equal(first.service.ledger().createRequests, 3);
  });
}
