// Measures how many jobs a second a gateway completes, with one, two and four processes on one database. A task takes a millisecond, so
// the time is that of the gateway, its database and the emulated service. `-- --jobs N` runs another number of jobs than 300.
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { createJob, startFleet } from "../tests/databases/fleet.mjs";
import { openSqlite, startPostgres, withoutPostgres, withoutSqlite } from "../tests/support/databases.mjs";
import { startSandbox } from "../tests/support/sandbox.mjs";

const at = process.argv.indexOf("--jobs");
const JOBS = at > 0 ? Number(process.argv[at + 1]) : 300;
const USERS = 20;

const open = {
  sqlite: async () => {
    const folder = mkdtempSync(join(tmpdir(), "sd2-bench-"));
    const place = join(folder, "jobs.sqlite");
    const { run, close } = openSqlite(place);
    const end = () => {
      close();
      rmSync(folder, { recursive: true });
    };
    return { place, count: async () => run(DONE, [])[0].count, end };
  },
  postgres: async () => {
    const server = await startPostgres();
    const { run, close } = server.open();
    const end = async () => {
      await close();
      server.clean();
    };
    return { place: server.folder, count: async () => Number((await run(DONE, [])).rows[0].count), end };
  },
};
const DONE = "SELECT COUNT(*) AS count FROM sd2_job WHERE state = 'done'";

const measure = async (kind, processes) => {
  const service = await startSandbox("--speed", "1", "--seconds", "0.001", "--keys", "sandbox-key=100000000");
  const { place, count, end } = await open[kind]();
  const fleet = await startFleet(processes, kind, place, service.baseUrl);
  const began = performance.now();
  const create = async user => {
    for (let i = user; i < JOBS; i += USERS) await createJob(fleet.origin, `user ${user}`, i);
  };
  await Promise.all(Array.from({ length: USERS }, (_, user) => create(user)));
  const accepted = performance.now() - began;
  while ((await count()) < JOBS) await new Promise(done => setTimeout(done, 20));
  const took = performance.now() - began;
  const { requests, tasksMade } = await service.ledger();
  await fleet.stop();
  await end();
  await service.stop();
  if (tasksMade !== JOBS) throw new Error(`${tasksMade} tasks of ${JOBS} jobs`);
  const refused = requests.filter(({ status }) => status === 429).length;
  return {
    accepted: JOBS / (accepted / 1_000),
    done: JOBS / (took / 1_000),
    requests: requests.length / JOBS,
    refused,
  };
};

console.log(`${JOBS} jobs of ${USERS} users, 3 slots, ${availableParallelism()} processors`);
console.log("database    processes  accepted/s  done/s  requests/job  429");
for (const [kind, missing] of [
  ["sqlite", withoutSqlite],
  ["postgres", withoutPostgres],
]) {
  if (missing) {
    console.log(`${kind.padEnd(12)}${missing}`);
    continue;
  }
  for (const processes of [1, 2, 4]) {
    const { accepted, done, requests, refused } = await measure(kind, processes);
    const cells = [
      accepted.toFixed(0).padStart(9),
      done.toFixed(1).padStart(8),
      requests.toFixed(2).padStart(14),
      String(refused).padStart(5),
    ];
    console.log(`${kind.padEnd(12)}${String(processes).padStart(9)}${cells.join("")}`);
  }
}
