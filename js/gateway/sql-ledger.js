// A ledger in an SQL database: SQLite and databases with its dialect, or PostgreSQL.
import { misuse } from "../error.js";
import { known } from "../options.js";
import * as files from "./file-sql.js";
import * as sql from "./sql.js";

const MINUTE = 60_000;

/** Replaces `?` by PostgreSQL's parameters. */
const numbered = text => {
  let count = 0;
  return text.replaceAll("?", () => `$${++count}`);
};

export const sqlLedger = (run, options) => {
  if (typeof run !== "function") throw misuse("sqlLedger needs a function (sql, values) => rows.");
  const { isShared = true } = known(options, ["isShared"]);
  return new SqlLedger(run, isShared);
};

class SqlLedger {
  #run;
  #dialect;
  #texts = new Map();
  #opening;

  constructor(run, isShared) {
    this.#run = run;
    this.isShared = isShared;
  }

  /** Creates or migrates the schema once. After a failure, the next call tries again. */
  open() {
    this.#opening ??= this.#migrate().catch(error => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }

  async #migrate() {
    const [row] = await this.#rows(sql.DIALECT);
    this.#dialect = row?.dialect;
    await this.#define(sql.META);
    const version = Number(await this.get("schema")) || 0;
    for (let next = version; next < sql.MIGRATIONS.length; next++) {
      for (const text of sql.MIGRATIONS[next]) await this.#define(text);
      await this.set("schema", String(next + 1));
    }
  }

  /** If two processes start at once, PostgreSQL may refuse one. Its second attempt finds the definition and succeeds. */
  async #define(text) {
    try {
      await this.#rows(text);
    } catch {
      await this.#rows(text);
    }
  }

  async get(name) {
    const [row] = await this.#rows(sql.GET, name);
    return row?.value ?? null;
  }

  async set(name, value) {
    await this.#rows(sql.SET, name, value);
  }

  async insert(job) {
    return (await this.#rows(sql.INSERT, ...sql.insertValues(job))).length > 0;
  }

  async update(job, isClaim) {
    const text = isClaim && this.#dialect === "postgres" ? sql.CLAIM : sql.UPDATE;
    return (await this.#rows(text, ...sql.updateValues(job))).length > 0;
  }

  async find({ id, account, user, key, taskId }) {
    const [job] =
      id !== undefined
        ? await this.#jobs(sql.BY_ID, id)
        : taskId !== undefined
          ? await this.#jobs(sql.BY_TASK, account, taskId)
          : await this.#jobs(sql.BY_KEY, account, user, key);
    return job ?? null;
  }

  async standing({ account, user, since, minute }) {
    // Jobs that were accepted before the clock was set back are not recent.
    const span = [minute, minute + MINUTE];
    const times = [[], [since], [since], [], span, span, [], []];
    const [row] = await this.#rows(sql.STANDING, ...times.flatMap(time => [account, user, ...time]));
    const { number, spent, held, queued, recent, oldest, last, before } = row;
    const oldestAt = oldest === null ? null : Number(oldest);
    return {
      number: Math.max(Number(number), Number(last)),
      // Deleted jobs are older than every period except `ever`.
      spent: Number(spent) + (since <= 0 ? Number(before) : 0),
      held: Number(held),
      queued: Number(queued),
      recent: Number(recent),
      oldest: oldestAt,
    };
  }

  async accounts(now) {
    const rows = await this.#rows(sql.ACCOUNTS);
    if (now !== undefined) rows.push(...(await this.#rows(files.FILE_ACCOUNTS, now)));
    return [...new Set(rows.map(({ account }) => account))];
  }

  async queue(account) {
    const heads = [];
    let busy = 0;
    for (const { id, user, seq, most, running } of await this.#rows(sql.QUEUE, account, account, account, account)) {
      if (id === null) busy = Number(running);
      else heads.push({ id, user, seq: Number(seq), most: Number(most), running: Number(running) });
    }
    return { heads, busy };
  }

  async line(account) {
    return (await this.#rows(sql.LINE, account)).map(({ id, user }) => ({ id, user }));
  }

  async due({ account, now, latest, run, limit }) {
    const due = await this.#jobs(sql.DUE, account, now, limit);
    if (due.length) return due;
    const late = await this.#jobs(sql.TOO_LATE, account, latest);
    return run === null ? late : [...late, ...(await this.#jobs(sql.STRANGE, account, run))];
  }

  async next(account) {
    const [{ due }] = await this.#rows(sql.NEXT, account);
    return due === null ? null : Number(due);
  }

  queued(account) {
    return this.#jobs(sql.QUEUED, account);
  }

  async recent({ account, user, since, limit }) {
    return (await this.#jobs(sql.RECENT, account, user, account, user, since, limit)).reverse();
  }

  changed({ account, since }) {
    return this.#jobs(sql.CHANGED, account, since);
  }

  async learned({ account, limit }) {
    const rows = await this.#rows(sql.LEARNED, account, limit);
    return rows.map(({ request, result }) => ({ request, result })).reverse();
  }

  async forget({ account, before }) {
    for (const { user, last, first } of await this.#rows(sql.USERS_OVER, account, before, account, before)) {
      const number = first === null ? Number(last) : Math.min(Number(last), Number(first) - 1);
      // From here on, the kept sum counts instead of these jobs, even if they are not deleted.
      await this.#rows(sql.KEEP_SPENT, account, user, number);
      await this.#rows(sql.DELETE_JOBS, account, user, number);
    }
  }

  async insertFile(file) {
    return (await this.#rows(files.INSERT_FILE, ...files.insertFileValues(file))).length > 0;
  }

  async updateFile(file) {
    return (await this.#rows(files.UPDATE_FILE, ...files.updateFileValues(file))).length > 0;
  }

  async findFile({ id, account, user, key }) {
    const [row] =
      id !== undefined
        ? await this.#rows(files.FILE_BY_ID, id)
        : await this.#rows(files.FILE_BY_KEY, account, user, key);
    return row ? files.toFile(row) : null;
  }

  async holding({ account, user, now }) {
    const own = [account, user];
    const [row] = await this.#rows(files.HOLDING, ...own, ...own, now, ...own, now, ...own);
    const { number, files: count, bytes, entries } = row;
    return { number: Number(number), files: Number(count), bytes: Number(bytes), entries: Number(entries) };
  }

  async expiredFiles({ account, now, limit }) {
    return (await this.#rows(files.EXPIRED_FILES, account, now, limit)).map(files.toFile);
  }

  async nextExpiry(account) {
    const [{ expires }] = await this.#rows(files.NEXT_EXPIRY, account);
    return expires === null ? null : Number(expires);
  }

  async deleteFile(id) {
    await this.#rows(files.DELETE_FILE, id);
  }

  async #jobs(text, ...values) {
    return (await this.#rows(text, ...values)).map(sql.toJob);
  }

  /** Drivers return the rows as a list, or an object with this list. */
  async #rows(text, ...values) {
    if (this.#dialect === "postgres") {
      if (!this.#texts.has(text)) this.#texts.set(text, numbered(text));
      text = this.#texts.get(text);
    }
    const result = await this.#run(text, values);
    const rows = result?.rows ?? result?.results ?? result;
    return Array.isArray(rows) ? rows : [];
  }
}
