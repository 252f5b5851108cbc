// The ledgers of `sd2-client/gateway`: in memory, in SQLite and in PostgreSQL they do the same.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import fc from "fast-check";
import { openSqlite, startPostgres, withoutPostgres, withoutSqlite } from "../../support/databases.mjs";
import { load } from "../../support/project.mjs";

const { memoryLedger, sqlLedger } = await load("sd2-client/gateway");

const NOW = 1_711_234_567_890;

/** A new job, as an engine makes one. */
const job = (fields = {}) => ({
  id: "gw_1",
  account: "main",
  user: "ann",
  number: 1,
  key: "key-1",
  hash: "hash",
  request: '{"model":"sd2"}',
  price: 200,
  most: 3,
  accepted: NOW,
  state: "queued",
  run: null,
  taskId: null,
  call: null,
  due: null,
  sent: null,
  ended: null,
  cost: null,
  result: null,
  touched: NOW,
  version: 1,
  ...fields,
});

let postgres;
const opened = [];
const KINDS = [
  ["in memory", false, () => memoryLedger()],
  ["in SQLite", withoutSqlite, () => sqlLedger(keep(openSqlite()).run)],
  ["in PostgreSQL", withoutPostgres, () => emptied(keep(postgres.open()))],
];
const keep = database => (opened.push(database), database);

const emptied = async ({ run }) => {
  await run("DROP TABLE IF EXISTS sd2_job", []);
  await run("DROP TABLE IF EXISTS sd2_meta", []);
  return sqlLedger(run);
};

before(async () => {
  if (!withoutPostgres) postgres = await startPostgres();
});
after(async () => {
  for (const database of opened) await database.close();
  postgres?.clean();
});

/** Without what only the ledger knows. */
const seen = found => found && Object.fromEntries(Object.entries(found).filter(([name]) => name !== "seq"));

for (const [where, skip, make] of KINDS) {
  describe(`a ledger ${where}`, { skip }, () => {
    test("gives a job back as it was kept", async () => {
      const ledger = await make();
      await ledger.open();
      const kept = job({ request: JSON.stringify({ prompt: "?, $1, ' \" 猫 \\" }), key: "?" });
      assert.equal(await ledger.insert(kept), true);
      assert.deepEqual(seen(await ledger.find({ id: "gw_1" })), kept);
      assert.deepEqual(seen(await ledger.find({ account: "main", user: "ann", key: "?" })), kept);
      assert.equal(await ledger.find({ id: "gw_2" }), null);
      assert.equal(await ledger.find({ account: "other", user: "ann", key: "?" }), null);
    });

    test("keeps no second job with the same key or the same number of a user", async () => {
      const ledger = await make();
      await ledger.open();
      assert.equal(await ledger.insert(job()), true);
      assert.equal(await ledger.insert(job({ id: "gw_2", number: 2 })), false);
      assert.equal(await ledger.insert(job({ id: "gw_3", key: "key-3" })), false);
      assert.equal(await ledger.insert(job({ id: "gw_4", user: "bob" })), true);
      assert.equal(await ledger.insert(job({ id: "gw_5", account: "other" })), true);
    });

    test("writes a job once for each version, whoever is faster", async () => {
      const ledger = await make();
      await ledger.open();
      await ledger.insert(job());
      const writes = await Promise.all(
        ["one", "two", "three"].map(run => ledger.update(job({ state: "sending", run }), true)),
      );
      assert.equal(writes.filter(Boolean).length, 1);
      const { state, version } = await ledger.find({ id: "gw_1" });
      assert.deepEqual([state, version], ["sending", 2]);
      assert.equal(await ledger.update(job({ state: "done" })), false);
    });

    test("finds what is due, what was written before the clock was set back, and what another run was sending", async () => {
      const ledger = await make();
      await ledger.open();
      const rows = [
        job({ state: "running", due: NOW - 1 }),
        job({ state: "running", due: NOW + 1_000 }),
        job({ state: "running", due: NOW + 1e9 }),
        job({ state: "unknown", due: NOW + 1e9 }),
        job({ state: "sending", due: NOW + 1_000, run: "old" }),
        job({ state: "sending", due: NOW + 1_000, run: "new" }),
        job({}),
        job({ account: "other", state: "done", due: NOW }),
      ];
      for (const [index, row] of rows.entries()) {
        await ledger.insert({ ...row, id: `gw_${index}`, number: index, key: `key-${index}` });
      }
      const due = async run => {
        const found = new Set();
        for (let at = 0; at < 2; at++) {
          const jobs = await ledger.due({ account: "main", now: NOW, latest: NOW + 360_000, run, limit: 50 });
          for (const each of jobs) {
            found.add(each.id);
            if (each.due <= NOW) await ledger.update({ ...each, due: NOW + 500 });
          }
        }
        return [...found].sort();
      };
      assert.deepEqual(await due("new"), ["gw_0", "gw_2", "gw_4"]);
      assert.deepEqual(await due(null), ["gw_2"]);
      assert.equal(await ledger.next("main"), NOW + 500);
      assert.equal(await ledger.next("nobody"), null);
      assert.deepEqual((await ledger.accounts()).sort(), ["main", "other"]);
    });

    test("is opened as often as one likes, and keeps values by their names", async () => {
      const ledger = await make();
      await Promise.all([ledger.open(), ledger.open()]);
      await ledger.open();
      assert.equal(await ledger.get("name"), null);
      await ledger.set("name", "one");
      await ledger.set("name", "two");
      assert.equal(await ledger.get("name"), "two");
    });
  });
}

/** What an engine and a page ask of a ledger, in any order. */
const STEPS = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant("insert"),
      user: fc.constantFrom("ann", "bob"),
      key: fc.nat(9),
      accepted: fc.nat(5),
    }),
    fc.record({
      kind: fc.constant("update"),
      at: fc.nat(9),
      state: fc.constantFrom("queued", "sending", "running", "unknown", "done", "failed"),
      due: fc.option(fc.nat(9)),
      cost: fc.option(fc.nat(400)),
      stale: fc.boolean(),
    }),
  ),
  { maxLength: 30 },
);

const follow = async (ledger, steps) => {
  await ledger.open();
  const log = [];
  let count = 0;
  const ids = [];
  const account = "main";
  for (const step of steps) {
    if (step.kind === "insert") {
      const { user, key } = step;
      const { number } = await ledger.standing({ account, user, since: 0, minute: 0 });
      const id = `gw_${count++}`;
      ids.push(id);
      log.push(await ledger.insert(job({ id, user, key: String(key), number: number + 1, accepted: step.accepted })));
    } else if (ids.length) {
      const found = await ledger.find({ id: ids[step.at % ids.length] });
      if (!found) continue;
      const { state, due, cost } = step;
      const ended = state === "done" || state === "failed" ? 3 : null;
      const version = step.stale ? found.version - 1 : found.version;
      const taskId = state === "running" ? `task-${found.id}` : found.taskId;
      const result = state === "done" ? "{}" : null;
      log.push(await ledger.update({ ...found, state, due, cost, ended, version, taskId, result, touched: step.at }));
    }
    for (const user of ["ann", "bob"]) {
      log.push(await ledger.standing({ account, user, since: 2, minute: 3 }));
      log.push((await ledger.recent({ account, user, since: 2, limit: 50 })).map(({ id }) => id).sort());
    }
    const { heads, busy } = await ledger.queue(account);
    log.push(
      heads.map(({ seq, ...head }) => head).sort((a, b) => (a.id < b.id ? -1 : 1)),
      busy,
    );
    log.push((await ledger.line(account)).map(({ id }) => id));
    log.push(await ledger.next(account), await ledger.accounts());
    log.push((await ledger.queued(account)).map(({ id }) => id).sort());
    log.push((await ledger.changed({ account, since: 4 })).map(({ id }) => id).sort());
    log.push((await ledger.learned({ account, limit: 3 })).length);
    log.push(seen(await ledger.find({ account, taskId: "task-gw_0" })));
  }
  return log;
};

for (const [where, skip, make, numRuns] of [
  [...KINDS[1], 60],
  [...KINDS[2], 15],
]) {
  test(`whatever is done, a ledger ${where} answers as one in memory`, { skip }, async () => {
    await fc.assert(
      fc.asyncProperty(STEPS, async steps => {
        assert.deepEqual(await follow(await make(), steps), await follow(memoryLedger(), steps));
      }),
      { numRuns },
    );
  });
}
