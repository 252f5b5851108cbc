// Real databases for the gateway's ledgers: SQLite, and a PostgreSQL server with a temporary folder, in which its socket is.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const require = createRequire(new URL("../databases/package.json", import.meta.url));

const driver = name => {
  try {
    return require(name);
  } catch {
    // It is not installed.
  }
};

const Sqlite = driver("better-sqlite3");
const pg = driver("pg");

/** The reason why SQLite is missing, or false. */
export const withoutSqlite = !Sqlite && "better-sqlite3 is not installed: npm ci in tests/databases";

/** A SQLite database for `sqlLedger`, in a file or in memory. */
export const openSqlite = (file = ":memory:") => {
  const database = new Sqlite(file, { timeout: 10_000 });
  if (file !== ":memory:") {
    database.pragma("journal_mode = WAL");
    database.pragma("synchronous = NORMAL");
  }
  return {
    run(sql, values) {
      const statement = database.prepare(sql);
      return statement.reader ? statement.all(...values) : void statement.run(...values);
    },
    close: () => database.close(),
  };
};

const programs = () => {
  const folder = "/usr/lib/postgresql";
  const found = existsSync(folder) && readdirSync(folder).map(version => join(folder, version, "bin"));
  return found ? found.filter(bin => existsSync(join(bin, "initdb"))).at(-1) : undefined;
};

const bin = programs();

/** The reason why PostgreSQL is missing, or false. */
export const withoutPostgres =
  (!bin && "PostgreSQL is not installed: apt-get install postgresql") ||
  (!pg && "pg is not installed: npm ci in tests/databases");

/** PostgreSQL refuses to run as root. */
const asServer = (program, args) =>
  process.getuid() === 0
    ? ["runuser", ["-u", "postgres", "--", join(bin, program), ...args]]
    : [join(bin, program), args];

export const startPostgres = async () => {
  const folder = mkdtempSync(join(tmpdir(), "sd2-postgres-"));
  if (process.getuid() === 0) execFileSync("chown", ["postgres", folder]);
  const data = join(folder, "data");
  const options = { cwd: folder, stdio: "ignore" };
  execFileSync(
    ...asServer("initdb", ["-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-sync"]),
    options,
  );
  const settings = { listen_addresses: "", unix_socket_directories: folder, fsync: "off", max_connections: "100" };
  const start = async () => {
    const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
    spawn(...asServer("postgres", ["-D", data, ...flags]), options).unref();
    for (;;) {
      try {
        const client = new pg.Client({ host: folder, user: "postgres" });
        await client.connect();
        await client.end();
        return;
      } catch {
        await new Promise(done => setTimeout(done, 50));
      }
    }
  };
  const stop = () => {
    try {
      execFileSync(...asServer("pg_ctl", ["stop", "-D", data, "-m", "immediate", "-s"]), options);
    } catch {
      // It has stopped already.
    }
  };
  await start();
  const clean = () => {
    stop();
    rmSync(folder, { recursive: true, force: true });
  };
  process.once("exit", clean);
  return { folder, start, stop, open: () => openPostgres(folder), clean };
};

/** A PostgreSQL database for `sqlLedger`, with a pool of connections. */
export const openPostgres = folder => {
  // A connection that is idle would be closed by a timer, which in a test may be of virtual time.
  const pool = new pg.Pool({ host: folder, user: "postgres", max: 4, idleTimeoutMillis: 0 });
  pool.on("error", () => {});
  return { run: (sql, values) => pool.query(sql, values), close: () => pool.end() };
};
