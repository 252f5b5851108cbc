// A gateway in front of the emulated service, in one process.
import assert from "node:assert/strict";
import { after } from "node:test";
import { openSqlite, startPostgres } from "./databases.mjs";
import { load } from "./project.mjs";

const { createGateway, memoryLedger, sqlLedger } = await load("sd2-client/gateway");
const { createEmulator } = await load("sd2-client/emulator");

let pending = 0;
for (const name of ["digest", "importKey", "sign", "verify"]) {
  const real = crypto.subtle[name].bind(crypto.subtle);
  crypto.subtle[name] = (...details) => tracked(real(...details));
}

/** Counts a promise that settles outside of JavaScript, while no virtual time may pass. */
const tracked = async promise => {
  pending++;
  try {
    return await promise;
  } finally {
    pending--;
  }
};

const LEDGERS = {
  sqlite: () => sqlLedger(openSqlite().run),
  postgres: () => sqlLedger(emptied()),
};

let postgres;
if (process.env.LEDGER === "postgres") {
  const server = await startPostgres();
  postgres = server.open();
  after(async () => {
    await postgres.close();
    server.clean();
  });
}

/** Runs statements in the database, which is emptied before the first one. */
const emptied = () => {
  const names = ["sd2_job", "sd2_file", "sd2_spent", "sd2_meta"];
  let ready;
  return (sql, values) => {
    ready ??= Promise.all(names.map(name => postgres.run(`DROP TABLE IF EXISTS ${name}`, [])));
    return tracked(ready.then(() => postgres.run(sql, values)));
  };
};

/** An empty ledger of the kind that LEDGER names. */
export const newLedger = () => (LEDGERS[process.env.LEDGER] ?? memoryLedger)();

/** For `installClock`. */
export const isBusy = () => pending > 0;

export const ORIGIN = "https://app.example";
export const SECRET = "a secret of the app's callbacks";

/** The user is the value of the Authorization header. A request without one has no user. */
export const authorize = request => {
  const user = request.headers.get("authorization");
  return user ? { user } : null;
};

/** A request of a page of the app. */
export const ask = (path, { method = "GET", user = "ann", body, headers, key } = {}) =>
  new Request(`${ORIGIN}/api/sd2${path}`, {
    method,
    headers: {
      ...(user && { authorization: user }),
      ...(body !== undefined && { "content-type": "application/json" }),
      ...(key && { "idempotency-key": key }),
      ...headers,
    },
    body: typeof body === "object" ? JSON.stringify(body) : body,
  });

/** Takes the options of `createEmulator` in `emulator`, and those of `createGateway`. `isStarted: false` does not call `start`. */
export const startGateway = ({ emulator, isStarted = true, grant, ...options } = {}) => {
  const errors = [];
  const service = createEmulator({ keys: { "sandbox-key": 1_000_000 }, ...emulator });
  const gateway = createGateway({
    apiKey: "sandbox-key",
    ledger: newLedger(),
    authorize: grant ? request => ({ ...authorize(request), ...grant }) : authorize,
    fetch: service.fetch,
    onError: error => errors.push(error),
    ...options,
  });
  if (isStarted) gateway.start();
  /** Sends a request of a page. Resolves to the status, the parsed body and the headers. */
  const call = async (path, init) => {
    const response = await gateway.fetch(ask(path, init));
    const text = await response.text();
    return { status: response.status, body: text && JSON.parse(text), text, headers: response.headers };
  };
  const create = (body, init) => call("/jobs/createTask", { method: "POST", body, ...init });
  const query = (taskId, user) => call(`/jobs/queryTask?taskId=${encodeURIComponent(taskId)}`, { user });
  return { gateway, service, call, create, query, errors };
};

/**
 * Returns what makes a test's function: it runs `work(gateway)` in virtual time, ends the gateway, and fails if the gateway reported an
 * error.
 */
export const runner =
  (clock, begin = startGateway) =>
  (options, work) =>
  async () => {
    const started = begin(options);
    await clock.run(work(started));
    await clock.run(started.gateway.stop());
    clock.clear();
    assert.deepEqual(started.errors, []);
  };
