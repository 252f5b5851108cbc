// Several processes of a gateway over one database, some of which are killed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { createJob, startFleet } from "../../databases/fleet.mjs";
import { startPostgres, withoutPostgres } from "../../support/databases.mjs";
import { startSandbox } from "../../support/sandbox.mjs";

const LONG = !!process.env.LONG;
const JOBS = LONG ? 2_000 : 500;
const KILLS = LONG ? 60 : 12;

test("four processes on one PostgreSQL, some killed at random, neither pay twice nor lose a job", {
  skip: withoutPostgres,
}, async () => {
  const postgres = await startPostgres();
  // In real time, because the processes are real. A task takes 0.05 s, and a callback's last retry comes after 3 s.
  const service = await startSandbox("--speed", "10", "--seconds", "0.5", "--keys", "sandbox-key=100000000");
  await service.faults({ on: "createTask", kind: "latency", ms: 30, times: 0 });
  const fleet = await startFleet(4, "postgres", postgres.folder, service.baseUrl);
  const { run, close } = postgres.open();
  const query = async (sql, ...values) => (await run(sql, values)).rows;
  try {
    const ids = new Set();
    const users = 20;
    const create = async user => {
      for (let i = user; i < JOBS; i += users) ids.add(await createJob(fleet.origin, `user ${user}`, i));
    };
    let kills = 0;
    const kill = async () => {
      kills++;
      const victims = fleet.workers();
      victims[Math.floor(Math.random() * victims.length)].kill("SIGKILL");
      await fleet.add();
    };
    const creating = Promise.all(Array.from({ length: users }, (_, user) => create(user)));
    let states;
    let ended = 0;
    for (;;) {
      // Creates and tasks take milliseconds here. A process that is still sending after seconds is dead, and a callback that has not
      // arrived is lost. There is no need to wait a minute for the rest.
      await query(
        "UPDATE sd2_job SET due = 1, version = version + 1 WHERE state IN ('sending', 'running') AND due > 1 AND sent < $1",
        Date.now() - 5_000,
      );
      states = Object.fromEntries(
        (await query("SELECT state, COUNT(*) AS count FROM sd2_job GROUP BY state")).map(row => [
          row.state,
          +row.count,
        ]),
      );
      ended = (states.done ?? 0) + (states.unknown ?? 0);
      if (ended === JOBS) break;
      if (ended >= (kills + 1) * (JOBS / (KILLS + 2))) await kill();
      else await new Promise(done => setTimeout(done, 100 * Math.random()));
    }
    await creating;
    const ledger = await service.ledger();
    const made = new Map();
    for (const { prompt } of ledger.tasks) made.set(prompt, (made.get(prompt) ?? 0) + 1);
    const jobs = await query("SELECT id, request, state, task_id FROM sd2_job");
    assert.equal(ids.size, JOBS);
    assert.equal(jobs.length, JOBS);
    assert.deepEqual(
      [...made.values()].filter(count => count > 1),
      [],
    );
    assert.ok(ledger.createRequests >= made.size && kills >= KILLS, `${kills}`);
    for (const { request, state } of jobs) {
      if (state === "done") assert.equal(made.get(JSON.parse(request).inputs.prompt), 1);
    }
    const refused = ledger.requests.filter(
      ({ endpoint, status }) => endpoint === "createTask" && status === 429,
    ).length;
    console.log(
      `${JOBS} jobs, ${kills} kills: ${states.done} done, ${states.unknown ?? 0} unknown (${
        jobs.filter(({ request, state }) => state === "unknown" && !made.has(JSON.parse(request).inputs.prompt)).length
      } of them never sent), ${refused} refused with 429`,
    );
  } finally {
    await fleet.stop();
    await close();
    await service.stop();
    postgres.clean();
  }
});
