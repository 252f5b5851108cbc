// Attacks on a gateway: by visitors, by pages of other sites, by the service.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer } from "node:http";
import { test } from "node:test";
import { installClock } from "../../support/clock.mjs";
import { openSqlite, withoutSqlite } from "../../support/databases.mjs";
import { ask, isBusy, newLedger, ORIGIN, runner, SECRET, startGateway } from "../../support/gateway.mjs";
import { load } from "../../support/project.mjs";
import { answer, request, taskOf } from "../../support/service.mjs";
import { lateVideo, memoryStore, photo } from "../../support/uploads.mjs";

const { sqlLedger, toNodeHandler } = await load("sd2-client/gateway");
const clock = installClock(isBusy);
const run = runner(clock);

const half = "\ud83d";
const nested = levels => "[".repeat(levels) + "]".repeat(levels);

/** A service that responds to a create with `toCreate(body)`, and to a query with `toQuery()`. */
const serviceOf = (toCreate, toQuery) => async (url, init) => {
  if (init.body) return toCreate(JSON.parse(init.body));
  return url.endsWith("/credits") ? answer({ credits: 1, availableCredits: 1 }) : toQuery();
};

/** Sends a create, waits this long, and resolves to the task. */
const madeAfter = async (it, span) => {
  const { body } = await it.create(request());
  await clock.sleep(span);
  return (await it.query(body.taskId)).body;
};

test("two processes on one database accept no more than a budget allows", { skip: withoutSqlite }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "sd2-attacks-"));
  const grant = { budget: { credits: 1_000, per: "ever" }, limits: { queued: 100, createsPerMinute: 100 } };
  const databases = [1, 2].map(() => openSqlite(join(folder, "jobs.sqlite")));
  const started = databases.map(({ run }) =>
    startGateway({ ledger: sqlLedger(run), grant, isStarted: false, waitUntil: () => {} }),
  );
  const creates = started.flatMap(it => Array.from({ length: 20 }, () => it.create(request())));
  const statuses = (await clock.run(Promise.all(creates))).map(({ status }) => status);
  assert.equal(statuses.filter(status => status === 200).length, 5);
  assert.ok(statuses.every(status => [200, 402].includes(status)));
  clock.clear();
  for (const database of databases) database.close();
  rmSync(folder, { recursive: true });
});

test(
  "a lone surrogate in a prompt is replaced by another character",
  run({}, async it => {
    const { status } = await it.create(request(`a ${half} cat \\ud83d`));
    assert.equal(status, 200);
    await clock.sleep(1_000);
    assert.deepEqual(
      it.service.ledger().tasks.map(({ prompt }) => prompt),
      ["a \ufffd cat \\ud83d"],
    );
  }),
);

for (const [what, words] of [
  ["with a lone surrogate", `no cats ${half}`],
  ["that is nested endlessly", undefined],
]) {
  const body = words ? { message: words } : `{"message":"no cats \ufffd","more":${nested(2_000)}}`;
  test(
    `a refusal by the service ${what} ends the job, and no other job waits for it`,
    run({ fetch: serviceOf(() => answer(body, 400)) }, async it => {
      const task = await madeAfter(it, 1_000);
      assert.deepEqual([task.status, task.code], ["FAILED", "invalid_request"]);
      assert.match(task.error, words ? /: no cats/ : /^The service refused the request/);
    }),
  );
}

test(
  "a long refusal is quoted up to a limit, even if this splits a character",
  run({ fetch: serviceOf(() => answer(`${"x".repeat(3_999)}\u{1f600}`, 400)) }, async it => {
    assert.equal((await madeAfter(it, 1_000)).status, "FAILED");
  }),
);

const never = () => new Promise(() => {});
const untilAborted = ({ signal }) =>
  new Promise((_, fail) => signal.addEventListener("abort", () => fail(signal.reason)));

for (const [what, wait] of [
  ["is aborted", untilAborted],
  ["counts as aborted if fetch ignores its signal", never],
]) {
  test(`a request without a response ${what} after half a minute`, async () => {
    let isSilent = true;
    const it = startGateway({ fetch: (url, init) => (isSilent ? wait(init) : it.service.fetch(url, init)) });
    const work = async () => {
      const task = await madeAfter(it, 29_000);
      assert.equal(task.status, "PENDING");
      await clock.sleep(2_000);
      assert.equal((await it.query(task.taskId)).body.code, "outcome_unknown");
      isSilent = false;
      const next = await madeAfter(it, 40_000);
      isSilent = true;
      await clock.sleep(60_000);
      isSilent = false;
      await clock.sleep(120_000);
      assert.equal((await it.query(next.taskId)).body.status, "COMPLETED");
    };
    await clock.run(work());
    await clock.run(it.gateway.stop());
    assert.deepEqual(it.errors, []);
  });
}

test("an apiKey function that does not settle is called again", async () => {
  let calls = 0;
  const it = startGateway({ apiKey: () => (calls++ ? "sandbox-key" : never()) });
  const work = async () => assert.equal((await madeAfter(it, 180_000)).status, "COMPLETED");
  await clock.run(work());
  await clock.run(it.gateway.stop());
  assert.deepEqual(
    it.errors.map(({ message }) => message),
    ["apiKey took longer than ten seconds."],
  );
});

test(
  "after an endlessly nested response about a task, the task is polled again",
  run(
    {
      fetch: (() => {
        let count = 0;
        const task = () => JSON.stringify({ ...taskOf("t", "COMPLETED"), createTime: clock.now, more: "MORE" });
        const queried = () => answer(task().replace('"MORE"', count++ ? "1" : nested(2_000)));
        return serviceOf(() => answer({ taskId: "t" }), queried);
      })(),
    },
    async it => assert.equal((await madeAfter(it, 120_000)).status, "COMPLETED"),
  ),
);

test(
  "a user sees only the documented fields of the service's response",
  run(
    {
      fetch: serviceOf(
        () => answer({ taskId: "t", accountBalance: 7 }),
        () =>
          answer({
            ...taskOf("t", "COMPLETED"),
            createTime: clock.now,
            accountBalance: 7,
            callBackUrl: "https://a.example/",
          }),
      ),
    },
    async it => {
      const task = await madeAfter(it, 120_000);
      const fields = ["taskId", "model", "status", "creditsUsed", "output", "error", "createTime", "completeTime"];
      assert.deepEqual([Object.keys(task).sort(), task.status], [fields.sort(), "COMPLETED"]);
    },
  ),
);

test(
  "a callback URL that the service quotes loses its signature",
  run(
    {
      callbacks: { origin: ORIGIN, secret: SECRET },
      fetch: serviceOf(({ callBackUrl }) => answer({ message: `cannot reach ${callBackUrl}` }, 400)),
    },
    async it => assert.match((await madeAfter(it, 1_000)).error, /\/callback\/main\?sd2_token=…$/),
  ),
);

test("after a trap in the WebAssembly, the next request gets a new instance", async () => {
  const { Instance } = WebAssembly;
  let stops = false;
  const breakable = ({ exports }) => {
    let isBroken = false;
    const handle = () => {
      isBroken ||= stops;
      stops = false;
      if (isBroken) throw new WebAssembly.RuntimeError("unreachable");
      return exports.handle();
    };
    return { exports: { ...exports, handle } };
  };
  WebAssembly.Instance = class {
    constructor(...details) {
      // biome-ignore lint/correctness/noConstructorReturn: it stands for the platform's class
      return breakable(new Instance(...details));
    }
  };
  try {
    const it = startGateway();
    const work = async () => {
      for (let i = 0; i < 3; i++) {
        stops = true;
        // Other work in progress may hit the trap first.
        await it.create(request());
        assert.equal(stops, false);
      }
      const { body } = await it.create(request());
      await clock.sleep(300_000);
      assert.equal((await it.query(body.taskId)).body.status, "COMPLETED");
      await it.gateway.stop();
    };
    await clock.run(work());
    clock.clear();
  } finally {
    WebAssembly.Instance = Instance;
  }
});

test("with a key that is invalid in a header, nothing is sent, and the key is not shown", async () => {
  const it = startGateway({ apiKey: () => "sk-live\n-0123456789" });
  const work = async () => {
    const { body } = await it.create(request());
    await clock.sleep(60_000);
    assert.equal((await it.query(body.taskId)).body.status, "PENDING");
    await it.gateway.stop();
  };
  await clock.run(work());
  clock.clear();
  assert.deepEqual(it.service.ledger().requests, []);
  assert.ok(it.errors.length && !it.errors.some(error => String(error).includes("0123456789")));
});

test(
  "users named like properties of objects get their videos, and delay nobody",
  run({}, async it => {
    for (const user of ["constructor", "__proto__", "toString"]) {
      for (let i = 0; i < 3; i++) assert.equal((await it.create(request(), { user })).status, 200);
    }
    await clock.sleep(1_000);
    const { body } = await it.create(request(), { user: "bob" });
    await clock.sleep(600_000);
    assert.equal((await it.query(body.taskId, "bob")).body.status, "COMPLETED");
    assert.equal(it.service.ledger().tasksMade, 10);
  }),
);

test("a user's name that a database would change is refused", async () => {
  for (const user of [half, "a\0"]) {
    const it = startGateway({ authorize: () => ({ user }), isStarted: false });
    assert.equal((await clock.run(it.create(request()))).status, 500);
  }
});

test(
  "a field that is not documented is refused, because its price is unknown",
  run({}, async it => {
    for (const body of [{ ...request(), quantity: 4 }, request("a", { quantity: 4 })]) {
      const { status, body: refusal } = await it.create(body);
      assert.deepEqual([status, refusal.issues[0].code], [400, "unknown_field"]);
    }
    assert.deepEqual(it.service.ledger().requests, []);
  }),
);

test(
  "a page's origin is checked by Sec-Fetch-Site, or in older browsers by Origin and the host",
  run({ origins: ["https://other.example"] }, async it => {
    const cookie = { cookie: "session=1" };
    const allows = async headers => {
      const created = await it.create(request(), { headers: { ...cookie, ...headers }, user: crypto.randomUUID() });
      assert.ok([200, 403].includes(created.status), created.text);
      return created.status === 200;
    };
    assert.ok(await allows({ origin: ORIGIN }));
    assert.ok(await allows({ origin: "https://behind.example", host: "behind.example" }));
    assert.ok(await allows({ origin: "https://behind.example", "sec-fetch-site": "same-origin" }));
    assert.ok(await allows({ origin: "https://other.example", "sec-fetch-site": "cross-site" }));
    const host = { host: "app.example" };
    for (const headers of [
      { origin: "http://app.example", "sec-fetch-site": "cross-site", ...host },
      { origin: "https://app.example", "sec-fetch-site": "same-site", ...host },
      { origin: "https://app.example:8443", ...host },
      { origin: "https://app.example.", ...host },
      { origin: "https://app.example.evil.example", ...host },
      { origin: "app://app.example", ...host },
      { origin: "null", ...host },
      { origin: "", ...host },
      { origin: "https://OTHER.example" },
      { origin: "https://other.example/" },
      { origin: "http://other.example" },
      { "sec-fetch-site": "none" },
      {},
    ]) {
      assert.ok(!(await allows(headers)), JSON.stringify(headers));
    }
  }),
);

test(
  "a page of another site cannot open a stream with its visitor's cookies",
  run({}, async it => {
    const from = site => it.call("/account/credits", { headers: { cookie: "session=1", "sec-fetch-site": site } });
    for (const site of ["cross-site", "same-site"]) assert.equal((await from(site)).status, 403, site);
    for (const site of ["same-origin", "none"]) assert.equal((await from(site)).status, 404, site);
  }),
);

test("without start, a stranger's request causes no work", async () => {
  const ledger = newLedger();
  const it = startGateway({ ledger });
  await clock.run(it.create(request()));
  clock.clear();
  const later = startGateway({ ledger, isStarted: false });
  await clock.pass(60_000);
  assert.equal((await clock.run(later.call("/account/credits", { user: "" }))).status, 401);
  assert.deepEqual(later.service.ledger().requests, []);
});

test("with start, a stranger's request does not even read the ledger", async () => {
  const ledger = newLedger();
  const queue = ledger.queue.bind(ledger);
  let reads = 0;
  ledger.queue = account => (reads++, queue(account));
  const it = startGateway({ ledger });
  await clock.run(it.create(request()));
  await clock.pass(100);
  reads = 0;
  assert.equal((await it.call("/account/credits", { user: "" })).status, 401);
  assert.equal((await it.call("/nothing")).status, 404);
  assert.equal((await it.call("/account/credits", { headers: { origin: "https://evil.example" } })).status, 403);
  await clock.settle();
  assert.equal(reads, 0);
  await clock.run(it.gateway.stop());
  clock.clear();
});

test("with start, a request of one account does no work for another", async () => {
  const ledger = newLedger();
  const queue = ledger.queue.bind(ledger);
  const reads = [];
  ledger.queue = account => (reads.push(account), queue(account));
  const authorize = request => ({ user: "ann", account: request.headers.get("authorization") });
  const it = startGateway({ ledger, authorize });
  for (const user of ["a", "b"]) await clock.run(it.create(request(), { user }));
  await clock.pass(100);
  reads.length = 0;
  await it.create(request(), { user: "b" });
  await clock.settle();
  assert.deepEqual([...new Set(reads)], ["b"]);
  await clock.run(it.gateway.stop());
  clock.clear();
});

/** Starts an upload of this size. Resolves to functions that send a part and end the upload. */
const uploading = async (it, size) => {
  const { body } = await it.call("/uploads", { method: "POST", body: { size }, key: "k" });
  const path = `/uploads/${body.uploadId}`;
  const part = (number, bytes) =>
    it.gateway.fetch(new Request(ask(`${path}/${number}`, { method: "POST" }), { body: bytes, duplex: "half" }));
  return { path, part, end: () => it.call(path, { method: "POST" }) };
};

const MB = 1 << 20;

test("a second request for a part that ends after the check does not change the served file", async () => {
  const store = memoryStore();
  const it = startGateway({ uploads: { store } });
  const work = async () => {
    const file = photo(2 * MB);
    const { part, end } = await uploading(it, file.length);
    await part(0, file.subarray(0, MB));
    let finish;
    const slow = part(
      1,
      new ReadableStream({
        start: controller => (finish = () => (controller.enqueue(new Uint8Array(MB).fill(60)), controller.close())),
      }),
    );
    await clock.settle();
    await part(1, file.subarray(MB));
    const { body } = await end();
    finish();
    await slow;
    const served = await it.gateway.fetch(new Request(body.url));
    const whole = served.arrayBuffer();
    await assert.rejects(whole, /other bytes/);
    await it.gateway.stop();
  };
  await clock.run(work());
  clock.clear();
});

test("ending an upload before its parts have arrived deletes only what has arrived", async () => {
  const store = memoryStore();
  const deleted = [];
  const remove = store.delete;
  store.delete = name => (deleted.push(name), remove(name));
  const it = startGateway({ uploads: { store } });
  const work = async () => {
    const { path, part } = await uploading(it, 200_000_000);
    await part(0, lateVideo(2 * MB).subarray(0, MB));
    assert.equal((await it.call(path, { method: "DELETE" })).status, 204);
    await it.gateway.stop();
  };
  await clock.run(work());
  clock.clear();
  assert.deepEqual([store.names.size, deleted.length], [0, 3]);
});

test("a user who keeps starting and cancelling uploads must wait, but nobody else", async () => {
  const it = startGateway({ uploads: { store: memoryStore() }, grant: { limits: { files: 2 } } });
  const start = user => it.call("/uploads", { method: "POST", body: { size: 5 }, user });
  const work = async () => {
    for (let i = 0; i < 102; i++) {
      const { body } = await start();
      await it.call(`/uploads/${body.uploadId}`, { method: "DELETE" });
    }
    const refused = await start();
    assert.deepEqual([refused.status, refused.headers.get("retry-after")], [429, "60"]);
    assert.equal((await start("bob")).status, 200);
    await clock.sleep(660_000);
    assert.equal((await start()).status, 200);
    await it.gateway.stop();
  };
  await clock.run(work());
  clock.clear();
});

/** Sends bytes to a server, and resolves to the status of its response. */
const raw = (port, text) =>
  new Promise((done, failed) => {
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    socket.once("data", data => {
      done(Number(/^HTTP\/1\.1 (\d+)/.exec(data)?.[1]));
      socket.destroy();
    });
    socket.once("error", failed);
  });

test("a body that breaks off is not reported as an error of the app", async () => {
  const it = startGateway({ isStarted: false });
  const body = new ReadableStream({ pull: () => Promise.reject(new Error("aborted")) });
  const broken = ask("/jobs/createTask", { method: "POST", headers: { "content-type": "application/json" } });
  const { status } = await it.gateway.fetch(new Request(broken, { body, duplex: "half" }));
  assert.equal(status, 503);
  assert.deepEqual(it.errors, []);
});

test("Node's server handles only the path that it has routed, whatever the Host header says", async () => {
  const asked = [];
  const gateway = { fetch: async ({ url }) => (asked.push(url), new Response(null, { status: 204 })) };
  const server = createServer(toNodeHandler(gateway));
  await new Promise(done => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  const send = (target, host) => raw(port, `GET ${target} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  for (const host of [
    "a.example/api/sd2/uploads?",
    "a.example#",
    "a@b.example",
    "a.example\\x",
    "a b",
    "a.example:x",
    "",
  ]) {
    assert.equal(await send("/api/sd2/jobs/x", host), 400, host);
  }
  assert.deepEqual(asked, []);
  for (const target of [
    "/api/sd2/files/../uploads",
    "/api/sd2/%2E%2e/x",
    "/api\\sd2",
    "/a#b",
    "ftp://a.example/a",
    "a",
  ]) {
    assert.equal(await send(target, "a.example"), 400, target);
  }
  assert.equal(await raw(port, "TRACE /a HTTP/1.1\r\nHost: a.example\r\n\r\n"), 400);
  assert.deepEqual(asked, []);
  for (const target of ["/a?b", "http://evil.example/a?b"]) assert.equal(await send(target, "a.example:80"), 204);
  assert.equal(await send("/a?b", "[::1]:3000"), 204);
  assert.equal(await raw(port, "OPTIONS * HTTP/1.1\r\nHost: a.example\r\n\r\n"), 400);
  assert.deepEqual(asked, ["http://a.example/a?b", "http://a.example/a?b", "http://[::1]:3000/a?b"]);
  server.close();
  server.closeAllConnections();
});
