// A ledger's statements, in SQL for both SQLite and PostgreSQL.
import { FILES } from "./file-sql.js";

/** The columns of the schema; see MIGRATIONS. */
export const COLUMNS = {
  // These never change.
  id: "id",
  account: "account",
  user: '"user"',
  number: "number",
  key: '"key"',
  hash: "hash",
  request: "request",
  price: "price",
  most: "most",
  accepted: "accepted",
  // These change.
  state: "state",
  run: "run",
  taskId: "task_id",
  call: '"call"',
  due: "due",
  sent: "sent",
  ended: "ended",
  cost: "cost",
  result: "result",
  touched: "touched",
  version: "version",
};

const MUTABLE = ["state", "run", "taskId", "call", "due", "sent", "ended", "cost", "result", "touched"];
const NUMBERS = ["seq", "number", "price", "most", "accepted", "due", "sent", "ended", "cost", "touched", "version"];

/** Each is run once, in this order, and never changed. The last one's number is the schema's version. */
export const MIGRATIONS = [
  [
    `CREATE TABLE IF NOT EXISTS sd2_job (
  id TEXT PRIMARY KEY, seq DOUBLE PRECISION NOT NULL, account TEXT NOT NULL, "user" TEXT NOT NULL,
  number DOUBLE PRECISION NOT NULL, "key" TEXT NOT NULL, hash TEXT NOT NULL, request TEXT NOT NULL,
  price DOUBLE PRECISION NOT NULL, most DOUBLE PRECISION NOT NULL, accepted DOUBLE PRECISION NOT NULL,
  state TEXT NOT NULL, run TEXT, task_id TEXT, "call" TEXT, due DOUBLE PRECISION, sent DOUBLE PRECISION,
  ended DOUBLE PRECISION, cost DOUBLE PRECISION, result TEXT, touched DOUBLE PRECISION NOT NULL,
  version DOUBLE PRECISION NOT NULL,
  UNIQUE (account, "user", "key"), UNIQUE (account, "user", number), UNIQUE (account, task_id))`,
    `CREATE INDEX IF NOT EXISTS sd2_job_open ON sd2_job (account, state, seq)`,
    `CREATE INDEX IF NOT EXISTS sd2_job_due ON sd2_job (account, due) WHERE due IS NOT NULL`,
    `CREATE INDEX IF NOT EXISTS sd2_job_user ON sd2_job (account, "user", accepted)`,
  ],
  FILES,
  [
    `CREATE TABLE IF NOT EXISTS sd2_spent (
  account TEXT NOT NULL, "user" TEXT NOT NULL, number DOUBLE PRECISION NOT NULL, spent DOUBLE PRECISION NOT NULL,
  PRIMARY KEY (account, "user"))`,
    "CREATE INDEX IF NOT EXISTS sd2_job_ended ON sd2_job (account, ended)",
  ],
];

const BUSY = "state IN ('sending', 'running')";
const all = `SELECT seq, ${Object.values(COLUMNS).join(", ")} FROM sd2_job`;
const names = Object.keys(COLUMNS);

// PostgreSQL converts the string to a number. In SQLite, a string never equals a number.
export const DIALECT = "SELECT CASE WHEN '1' = 1 THEN 'postgres' ELSE 'sqlite' END AS dialect";

export const META = 'CREATE TABLE IF NOT EXISTS sd2_meta (name TEXT PRIMARY KEY, "value" TEXT NOT NULL)';

export const GET = 'SELECT "value" FROM sd2_meta WHERE name = ?';

export const SET = `INSERT INTO sd2_meta (name, "value") VALUES (?, ?)
  ON CONFLICT (name) DO UPDATE SET "value" = excluded."value" RETURNING name`;

/** Accepts a job, unless its key or its number is taken. */
export const INSERT = `INSERT INTO sd2_job (seq, ${Object.values(COLUMNS).join(", ")})
  VALUES ((SELECT COALESCE(MAX(seq), 0) + 1 FROM sd2_job), ${names.map(() => "?").join(", ")})
  ON CONFLICT DO NOTHING RETURNING id`;

export const insertValues = job => names.map(name => job[name] ?? null);

/** Writes a job, unless another writer has changed it since it was read. */
export const UPDATE = `UPDATE sd2_job SET ${MUTABLE.map(name => `${COLUMNS[name]} = ?`).join(", ")}, version = version + 1
  WHERE id = ? AND version = ? RETURNING id`;

/** Like UPDATE, for claims in a database with row locks: fails at once if another writer has locked the row. */
export const CLAIM = UPDATE.replace(
  "id = ? AND version = ?",
  "id = (SELECT id FROM sd2_job WHERE id = ? AND version = ? FOR UPDATE SKIP LOCKED)",
);

export const updateValues = job => [...MUTABLE.map(name => job[name] ?? null), job.id, job.version];

export const BY_ID = `${all} WHERE id = ?`;
export const BY_KEY = `${all} WHERE account = ? AND "user" = ? AND "key" = ?`;
export const BY_TASK = `${all} WHERE account = ? AND task_id = ?`;

const own = 'FROM sd2_job WHERE account = ? AND "user" = ?';
const deleted = 'FROM sd2_spent s WHERE s.account = sd2_job.account AND s."user" = sd2_job."user"';
/** Takes the account and the user for each subquery. */
export const STANDING = `SELECT
  (SELECT MAX(number) ${own}) AS number,
  (SELECT SUM(cost) ${own} AND accepted >= ? AND number > COALESCE((SELECT s.number ${deleted}), 0)) AS spent,
  (SELECT SUM(price) ${own} AND accepted >= ? AND cost IS NULL) AS held,
  (SELECT COUNT(*) ${own} AND state = 'queued') AS queued,
  (SELECT COUNT(*) ${own} AND accepted > ? AND accepted <= ?) AS recent,
  (SELECT MIN(accepted) ${own} AND accepted > ? AND accepted <= ?) AS oldest,
  (SELECT number FROM sd2_spent WHERE account = ? AND "user" = ?) AS last,
  (SELECT spent FROM sd2_spent WHERE account = ? AND "user" = ?) AS before`;

const OVER = "ended IS NOT NULL AND ended < ? AND due IS NULL AND cost IS NOT NULL";

/** Each user with jobs that are over, with the numbers of the last such job and of the first job that is not over. */
export const USERS_OVER = `SELECT o."user", o.number AS last, k.number AS first
  FROM (SELECT "user", MAX(number) AS number FROM sd2_job WHERE account = ? AND ${OVER} GROUP BY "user") o
  LEFT JOIN (SELECT "user", MIN(number) AS number FROM sd2_job WHERE account = ? AND NOT (${OVER}) GROUP BY "user") k
    ON k."user" = o."user"`;

/** Adds the cost of a user's jobs up to a number to the kept sum. A repeat adds nothing. */
export const KEEP_SPENT = `INSERT INTO sd2_spent (account, "user", number, spent)
  SELECT j.account, j."user", MAX(j.number), COALESCE(MAX(s.spent), 0) + SUM(j.cost)
  FROM sd2_job j LEFT JOIN sd2_spent s ON s.account = j.account AND s."user" = j."user"
  WHERE j.account = ? AND j."user" = ? AND j.number <= ? AND j.number > COALESCE(s.number, 0)
  GROUP BY j.account, j."user"
  ON CONFLICT (account, "user") DO UPDATE SET number = excluded.number, spent = excluded.spent
  WHERE sd2_spent.number < excluded.number`;

export const DELETE_JOBS = 'DELETE FROM sd2_job WHERE account = ? AND "user" = ? AND number <= ?';

export const ACCOUNTS = "SELECT DISTINCT account FROM sd2_job WHERE due IS NOT NULL OR state = 'queued'";

/** The first queued job of each user, with the user's used slots. A row without id has the account's used slots. */
export const QUEUE = `SELECT q.id, q."user", q.seq, q.most, COALESCE(r.running, 0) AS running
  FROM (SELECT "user", MIN(seq) AS seq FROM sd2_job WHERE account = ? AND state = 'queued' GROUP BY "user") f
  JOIN sd2_job q ON q.account = ? AND q.state = 'queued' AND q.seq = f.seq AND q."user" = f."user"
  LEFT JOIN (SELECT "user", COUNT(*) AS running FROM sd2_job WHERE account = ? AND ${BUSY} GROUP BY "user") r
    ON r."user" = q."user"
  UNION ALL SELECT NULL, NULL, NULL, NULL, COUNT(*) FROM sd2_job WHERE account = ? AND ${BUSY}`;

export const LINE = `SELECT id, "user" FROM sd2_job WHERE account = ? AND state = 'queued' ORDER BY seq, id`;

export const DUE = `${all} WHERE account = ? AND due <= ? ORDER BY due LIMIT ?`;
/** Jobs that were written before the clock was set back. */
export const TOO_LATE = `${all} WHERE account = ? AND ${BUSY} AND due > ?`;
/** Jobs that another run of the engine was sending. */
export const STRANGE = `${all} WHERE account = ? AND state = 'sending' AND run <> ?`;

export const NEXT = "SELECT MIN(due) AS due FROM sd2_job WHERE account = ? AND due IS NOT NULL";

export const QUEUED = `${all} WHERE account = ? AND state IN ('queued', 'sending')`;

/** All jobs of a user that have not ended, and the newest of those that have. */
export const RECENT = `${all} WHERE account = ? AND "user" = ? AND ended IS NULL
  UNION ALL SELECT * FROM (${all} WHERE account = ? AND "user" = ? AND ended > ? ORDER BY accepted DESC LIMIT ?) AS over
  ORDER BY accepted DESC`;

export const CHANGED = `${all} WHERE account = ? AND touched > ?`;

export const LEARNED = `SELECT request, result FROM sd2_job WHERE account = ? AND state = 'done'
  ORDER BY seq DESC LIMIT ?`;

/** Converts a row to a job. Some drivers return large numbers as strings. */
export const toJob = row => {
  const job = { seq: row.seq };
  for (const name of names) job[name] = row[COLUMNS[name].replaceAll('"', "")] ?? null;
  for (const name of NUMBERS) if (job[name] !== null) job[name] = Number(job[name]);
  return job;
};
