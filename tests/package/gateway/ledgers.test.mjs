// The ledgers of `sd2-client/gateway`, which behave the same in memory, SQLite and PostgreSQL.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import fc from "fast-check";
import { openSqlite, startPostgres, withoutPostgres, withoutSqlite } from "../../support/databases.mjs";
import { load } from "../../support/project.mjs";

const { memoryLedger, sqlLedger } = await load("sd2-client/gateway");

const NOW = 1_711_234_567_890;

/** A new job, as an engine creates it. */
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
  await run("DROP TABLE IF EXISTS sd2_file", []);
  await run("DROP TABLE IF EXISTS sd2_spent", []);
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

/** A new file, as an upload creates it. */
const file = (fields = {}) => ({
  id: "file_1",
  account: "main",
  user: "ann",
  number: 1,
  key: "key-1",
  size: 3_000_000_000,
  partBytes: 1_048_576,
  state: "open",
  received: 0,
  result: null,
  expires: NOW + 1_000,
  version: 1,
  ...fields,
});

/** The job without the field that the ledger assigns. */
const seen = found => found && Object.fromEntries(Object.entries(found).filter(([name]) => name !== "seq"));

for (const [where, skip, make] of KINDS) {
  describe(`a ledger ${where}`, { skip }, () => {
    test("returns a job as it was inserted", async () => {
      const ledger = await make();
      await ledger.open();
      const kept = job({ request: JSON.stringify({ prompt: "?, $1, ' \" 猫 \\" }), key: "?" });
      assert.equal(await ledger.insert(kept), true);
      assert.deepEqual(seen(await ledger.find({ id: "gw_1" })), kept);
      assert.deepEqual(seen(await ledger.find({ account: "main", user: "ann", key: "?" })), kept);
      assert.equal(await ledger.find({ id: "gw_2" }), null);
      assert.equal(await ledger.find({ account: "other", user: "ann", key: "?" }), null);
    });

    test("refuses a second job with the same key or number of a user", async () => {
      const ledger = await make();
      await ledger.open();
      assert.equal(await ledger.insert(job()), true);
      assert.equal(await ledger.insert(job({ id: "gw_2", number: 2 })), false);
      assert.equal(await ledger.insert(job({ id: "gw_3", key: "key-3" })), false);
      assert.equal(await ledger.insert(job({ id: "gw_4", user: "bob" })), true);
      assert.equal(await ledger.insert(job({ id: "gw_5", account: "other" })), true);
    });

    test("writes a job only once for each version", async () => {
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

    test("finds jobs that are due, were written before the clock was set back, or were being sent by another run", async () => {
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

    test("counts the jobs that were accepted in a minute, and none that were before the clock was set back", async () => {
      const ledger = await make();
      await ledger.open();
      for (const [index, ago] of [60_000, 59_999, 0, -1, -3 * 3_600_000].entries()) {
        await ledger.insert(job({ id: `gw_${index}`, number: index, key: `${index}`, accepted: NOW - ago }));
      }
      const { recent, oldest } = await ledger.standing({
        account: "main",
        user: "ann",
        since: 0,
        minute: NOW - 60_000,
      });
      assert.deepEqual([recent, oldest], [2, NOW - 59_999]);
    });

    test("returns all open jobs of a user, and as many recently ended ones as are asked for, in their order", async () => {
      const ledger = await make();
      await ledger.open();
      const over = { state: "done", cost: 200 };
      const rows = [
        {},
        { ...over, ended: NOW + 1 },
        { state: "running" },
        { ...over, ended: NOW },
        { ...over, ended: NOW + 1 },
        { ...over, ended: NOW + 1 },
        {},
        { user: "bob" },
      ];
      for (const [index, row] of rows.entries()) {
        await ledger.insert(job({ id: `gw_${index}`, number: index, key: `${index}`, accepted: NOW + index, ...row }));
      }
      const recent = async limit => {
        const jobs = await ledger.recent({ account: "main", user: "ann", since: NOW, limit });
        return jobs.map(({ number }) => number);
      };
      assert.deepEqual(await recent(9), [0, 1, 2, 4, 5, 6]);
      assert.deepEqual(await recent(2), [0, 2, 4, 5, 6]);
    });

    test("deletes jobs that ended long ago, but keeps the sum of their costs and their last number", async () => {
      const ledger = await make();
      await ledger.open();
      const over = { state: "done", ended: NOW - 10, cost: 200 };
      const rows = [over, { ...over, cost: 0 }, { ...over, ended: NOW + 10 }, over, { ...over, user: "bob", due: NOW }];
      for (const [index, row] of rows.entries()) {
        await ledger.insert(job({ id: `gw_${index + 1}`, number: index + 1, key: `${index}`, ...row }));
      }
      await ledger.insert(job({ id: "gw_6", account: "other", ...over }));
      const standing = async since => {
        const { number, spent } = await ledger.standing({ account: "main", user: "ann", since, minute: NOW });
        return [number, spent];
      };
      const ids = async () => {
        const found = await Promise.all([1, 2, 3, 4, 5, 6].map(number => ledger.find({ id: `gw_${number}` })));
        return found.map(each => each !== null);
      };
      assert.deepEqual(await standing(0), [4, 600]);
      await ledger.forget({ account: "main", before: NOW });
      assert.deepEqual(await ids(), [false, false, true, true, true, true]);
      assert.deepEqual(
        [await standing(0), await standing(NOW)],
        [
          [4, 600],
          [4, 400],
        ],
      );
      await ledger.forget({ account: "main", before: NOW });
      assert.deepEqual(await standing(0), [4, 600]);
      await ledger.forget({ account: "main", before: NOW + 20 });
      assert.deepEqual(await ids(), [false, false, false, false, true, true]);
      assert.deepEqual(
        [await standing(0), await standing(NOW)],
        [
          [4, 600],
          [4, 0],
        ],
      );
      assert.equal(await ledger.insert(job({ id: "gw_7", number: 5, key: "0", cost: 50 })), true);
      assert.deepEqual(
        [await standing(0), await standing(NOW)],
        [
          [5, 650],
          [5, 50],
        ],
      );
    });

    test("keeps each key and number of a user's files once, and writes each version once", async () => {
      const ledger = await make();
      await ledger.open();
      assert.equal(await ledger.insertFile(file()), true);
      assert.deepEqual(await ledger.findFile({ id: "file_1" }), file());
      assert.deepEqual(await ledger.findFile({ account: "main", user: "ann", key: "key-1" }), file());
      assert.equal(await ledger.findFile({ account: "main", user: "bob", key: "key-1" }), null);
      assert.equal(await ledger.insertFile(file({ id: "file_2", number: 2 })), false);
      assert.equal(await ledger.insertFile(file({ id: "file_3", key: "key-3" })), false);
      assert.equal(await ledger.insertFile(file({ id: "file_4", user: "bob" })), true);
      assert.equal(await ledger.insertFile(file({ id: "file_5", account: "other" })), true);
      const next = file({ state: "ready", received: 3, result: '{"name":"?"}', expires: NOW + 9 });
      const writes = await Promise.all([next, file({ received: 1 })].map(each => ledger.updateFile(each)));
      assert.deepEqual(writes, [true, false]);
      assert.deepEqual(await ledger.findFile({ id: "file_1" }), { ...next, version: 2 });
      await ledger.deleteFile("file_1");
      assert.equal(await ledger.findFile({ id: "file_1" }), null);
    });

    test("reports what files a user has, and which have expired", async () => {
      const ledger = await make();
      await ledger.open();
      const holding = user => ledger.holding({ account: "main", user, now: NOW });
      const none = { number: 0, files: 0, bytes: 0, entries: 0 };
      assert.deepEqual([await holding("ann"), await ledger.nextExpiry("main")], [none, null]);
      const rows = [{}, { size: 5 }, { state: "gone" }, { expires: NOW }, { expires: NOW - 5 }, { user: "bob" }];
      for (const [index, row] of rows.entries()) {
        await ledger.insertFile(file({ id: `file_${index}`, number: index + 1, key: `${index}`, ...row }));
      }
      assert.deepEqual(await holding("ann"), { number: 5, files: 2, bytes: 3_000_000_005, entries: 5 });
      assert.deepEqual(await holding("eve"), none);
      const expired = async limit => {
        const files = await ledger.expiredFiles({ account: "main", now: NOW, limit });
        return files.map(({ id }) => id);
      };
      assert.deepEqual([await expired(1), await expired(9)], [["file_4"], ["file_4", "file_3"]]);
      assert.equal(await ledger.nextExpiry("main"), NOW - 5);
      assert.deepEqual(await ledger.accounts(NOW), ["main"]);
      assert.deepEqual([await ledger.accounts(), await ledger.accounts(NOW - 6)], [[], []]);
    });

    test("can be opened many times, and keeps values by name", async () => {
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

/** Calls of a ledger by an engine and a page, in any order. */
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
    fc.record({ kind: fc.constant("forget"), before: fc.constantFrom(3, 4) }),
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
    } else if (step.kind === "forget") {
      await ledger.forget({ account, before: step.before });
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
      log.push(await ledger.standing({ account, user, since: 0, minute: 3 }));
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
  test(`any sequence of calls has the same results with a ledger ${where} as with one in memory`, {
    skip,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(STEPS, async steps => {
        assert.deepEqual(await follow(await make(), steps), await follow(memoryLedger(), steps));
      }),
      { numRuns },
    );
  });
}
