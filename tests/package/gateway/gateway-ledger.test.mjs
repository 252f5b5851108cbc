// The gateway with a ledger that is unavailable, from an older version, or from before the clock was set back.
import assert from "node:assert/strict";
import { test } from "node:test";
import { installClock } from "../../support/clock.mjs";
import { openSqlite, withoutSqlite } from "../../support/databases.mjs";
import { isBusy, ORIGIN, SECRET, startGateway } from "../../support/gateway.mjs";
import { load } from "../../support/project.mjs";
import { request } from "../../support/service.mjs";

const { memoryLedger, sqlLedger } = await load("sd2-client/gateway");
const clock = installClock(isBusy);

const ended = async ({ query }, taskId) => {
  for (;;) {
    const { status, body } = await query(taskId);
    if (status === 200 && (body.status === "COMPLETED" || body.status === "FAILED")) return body;
    await clock.sleep(1_000);
  }
};

test("if the database is unavailable for a minute, no job is lost or sent twice", {
  skip: withoutSqlite,
}, async () => {
  const { run } = openSqlite();
  let isAway = false;
  const ledger = sqlLedger((sql, values) => {
    if (isAway) throw new Error("the database is away");
    return run(sql, values);
  });
  const it = startGateway({ ledger });
  const work = async () => {
    // One job is sent, but its response cannot be written. The others wait.
    it.service.fault({ on: "createTask", kind: "latency", ms: 5_000 });
    const ids = [];
    for (let i = 0; i < 4; i++) ids.push((await it.create(request(`${i}`))).body.taskId);
    await clock.sleep(1_000);
    isAway = true;
    await clock.sleep(2_000);
    const refused = await it.create(request("late"));
    assert.deepEqual(
      [refused.status, refused.body.code, refused.headers.get("retry-after")],
      [503, "server_error", "5"],
    );
    await clock.sleep(58_000);
    isAway = false;
    for (const id of ids) assert.equal((await ended(it, id)).status, "COMPLETED");
  };
  await clock.run(work());
  await clock.run(it.gateway.stop());
  assert.equal(it.service.ledger().createRequests, 4);
  assert.ok(it.errors.every(({ message }) => message === "the database is away"));
});

test("after the clock was set back by hours, older rows do not stop any job", { skip: withoutSqlite }, async () => {
  const { run } = openSqlite();
  const it = startGateway({ ledger: sqlLedger(run) });
  const work = async () => {
    const ids = [];
    for (let i = 0; i < 5; i++) ids.push((await it.create(request(`${i}`))).body.taskId);
    await clock.sleep(5_000);
    const began = clock.now;
    // The clock of the test cannot be set back, so the times in the rows are moved forward.
    const later = ["accepted", "due", "sent", "touched"].map(name => `${name} = ${name} + ${5 * 3_600_000}`);
    run(`UPDATE sd2_job SET ${later.join(", ")}, version = version + 1`, []);
    for (const id of ids) assert.equal((await ended(it, id)).status, "COMPLETED");
    assert.ok(clock.now - began < 200_000, `${clock.now - began}`);
  };
  await clock.run(work());
  await clock.run(it.gateway.stop());
  assert.equal(it.service.ledger().createRequests, 5);
});

test("a callback that arrives while the create's response is being written ends the job", async () => {
  const ledger = memoryLedger();
  const find = ledger.find.bind(ledger);
  // The response is written between the two reads of a callback.
  ledger.find = async by => {
    if (by.taskId !== undefined) await clock.sleep(2_000);
    return find(by);
  };
  let gateway;
  const receive = (url, { body }) => gateway.fetch(new Request(url, { method: "POST", body }));
  const it = startGateway({
    ledger,
    emulator: { seconds: 0.1, fetch: receive },
    callbacks: { origin: ORIGIN, secret: SECRET },
    fetch: async (url, init) => {
      const response = await it.service.fetch(url, init);
      if (url.endsWith("createTask")) await clock.sleep(1_000);
      return response;
    },
  });
  gateway = it.gateway;
  const work = async () => {
    const { body } = await it.create(request("A cat"));
    // Before the first poll.
    await clock.sleep(2_900);
    assert.equal((await it.query(body.taskId)).body.status, "COMPLETED");
  };
  await clock.run(work());
  await clock.run(it.gateway.stop());
});

test("an interrupted migration is repeated, and open jobs continue", { skip: withoutSqlite }, async () => {
  const { run } = openSqlite();
  const first = startGateway({ ledger: sqlLedger(run) });
  const ids = [];
  const make = async () => {
    for (let i = 0; i < 5; i++) ids.push((await first.create(request(`${i}`))).body.taskId);
    await clock.sleep(1_000);
  };
  await clock.run(make());
  clock.clear();
  run("DELETE FROM sd2_meta WHERE name = 'schema'", []);
  run("DROP INDEX sd2_job_open", []);
  const second = startGateway({ ledger: sqlLedger(run), fetch: first.service.fetch });
  const finish = async () => {
    for (const id of ids) assert.equal((await ended(second, id)).status, "COMPLETED");
  };
  await clock.run(finish());
  await clock.run(second.gateway.stop());
  assert.equal(run("SELECT value FROM sd2_meta WHERE name = 'schema'", [])[0].value, "3");
  assert.equal(first.service.ledger().createRequests, 5);
});
