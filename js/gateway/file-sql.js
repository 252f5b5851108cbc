// A ledger's statements about files, in SQL for both SQLite and PostgreSQL.

const COLUMNS = {
  // These never change.
  id: "id",
  account: "account",
  user: '"user"',
  number: "number",
  key: '"key"',
  size: "size",
  partBytes: "part_bytes",
  // These change.
  state: "state",
  received: "received",
  result: "result",
  expires: "expires",
  version: "version",
};
const MUTABLE = ["state", "received", "result", "expires"];
const NUMBERS = ["number", "size", "partBytes", "received", "expires", "version"];
const names = Object.keys(COLUMNS);
const columns = Object.values(COLUMNS).join(", ");

/** Part of MIGRATIONS. */
export const FILES = [
  `CREATE TABLE IF NOT EXISTS sd2_file (
  id TEXT PRIMARY KEY, account TEXT NOT NULL, "user" TEXT NOT NULL, number DOUBLE PRECISION NOT NULL,
  "key" TEXT NOT NULL, size DOUBLE PRECISION NOT NULL, part_bytes DOUBLE PRECISION NOT NULL, state TEXT NOT NULL,
  received DOUBLE PRECISION NOT NULL, result TEXT, expires DOUBLE PRECISION NOT NULL, version DOUBLE PRECISION NOT NULL,
  UNIQUE (account, "user", "key"), UNIQUE (account, "user", number))`,
  "CREATE INDEX IF NOT EXISTS sd2_file_expires ON sd2_file (account, expires)",
];

export const INSERT_FILE = `INSERT INTO sd2_file (${columns}) VALUES (${names.map(() => "?").join(", ")})
  ON CONFLICT DO NOTHING RETURNING id`;

export const insertFileValues = file => names.map(name => file[name] ?? null);

export const UPDATE_FILE = `UPDATE sd2_file SET ${MUTABLE.map(name => `${COLUMNS[name]} = ?`).join(", ")},
  version = version + 1 WHERE id = ? AND version = ? RETURNING id`;

export const updateFileValues = file => [...MUTABLE.map(name => file[name] ?? null), file.id, file.version];

const all = `SELECT ${columns} FROM sd2_file`;
export const FILE_BY_ID = `${all} WHERE id = ?`;
export const FILE_BY_KEY = `${all} WHERE account = ? AND "user" = ? AND "key" = ?`;

const own = 'FROM sd2_file WHERE account = ? AND "user" = ?';
const kept = `${own} AND state <> 'gone' AND expires > ?`;
/** Takes the account and the user for each subquery, and the time for the second and the third. */
export const HOLDING = `SELECT
  (SELECT MAX(number) ${own}) AS number,
  (SELECT COUNT(*) ${kept}) AS files,
  (SELECT SUM(size) ${kept}) AS bytes,
  (SELECT COUNT(*) ${own}) AS entries`;

export const EXPIRED_FILES = `${all} WHERE account = ? AND expires <= ? ORDER BY expires LIMIT ?`;
export const NEXT_EXPIRY = "SELECT MIN(expires) AS expires FROM sd2_file WHERE account = ?";
export const FILE_ACCOUNTS = "SELECT DISTINCT account FROM sd2_file WHERE expires <= ?";
export const DELETE_FILE = "DELETE FROM sd2_file WHERE id = ?";

/** Converts a row to a file. Some drivers return large numbers as strings. */
export const toFile = row => {
  const file = {};
  for (const name of names) file[name] = row[COLUMNS[name].replaceAll('"', "")] ?? null;
  for (const name of NUMBERS) file[name] = Number(file[name]);
  return file;
};
