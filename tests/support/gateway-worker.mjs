// A Worker with gateways, in front of the emulated service. Each test has an account of its own, and so a Durable Object.
import childProcess from "node:child_process";
import { Miniflare } from "miniflare";
import { load, write } from "./project.mjs";
import { bundle } from "./workerd.mjs";

const { createEmulator } = await load("sd2-client/emulator");

export const ORIGIN = "https://app.example";
export const SECRET = "a secret of the app's callbacks";

/** Who asks is the Authorization header: a grant as JSON. The account's key is made of its name. */
const SOURCE = `
  import { createGateway } from "sd2-client/gateway/cloudflare";
  const asked = new Set();
  const authorize = request => {
    const given = JSON.parse(request.headers.get("authorization"));
    if (!given) return null;
    const { most = Infinity, ...grant } = given;
    return { ...grant, allow: ({ credits }) => credits <= most || "Not " + credits + "." };
  };
  const options = {
    apiKey: (env, account) => {
      // The key of some accounts cannot be had at first.
      if (account.startsWith("late-") && !asked.has(account)) {
        asked.add(account);
        throw new Error("no key yet");
      }
      return "key-of-" + account;
    },
    baseUrl: env => env.SERVICE,
    generation: env => env.GENERATION,
    authorize,
    origins: ["https://other.example"],
  };
  const callbacks = { origin: env => env.ORIGIN, secret: async env => env.CALLBACK_SECRET };
  const polls = createGateway({ ...options, binding: "POLLS", basePath: "/polls" });
  const calls = createGateway({
    ...options,
    binding: "CALLS",
    basePath: "/calls",
    callbacks,
    onEnd: (job, env) => env.ENDS.fetch("http://ends/", { method: "POST", body: JSON.stringify(job) }),
  });
  /** An object that has too much to do. */
  let refusals = 0;
  const overloaded = {
    perform() {
      refusals++;
      throw Object.assign(new Error("Durable Object is overloaded."), { overloaded: true, retryable: true });
    },
  };
  const full = createGateway({ ...options, binding: "FULL", basePath: "/full" });
  const unbound = createGateway({ ...options, binding: "NOTHING", basePath: "/unbound" });
  /** What is said of options that are wrong. */
  const refused = more => {
    try {
      createGateway({ ...options, binding: "POLLS", ...more });
    } catch (error) {
      return [error.code, error.message];
    }
  };
  /** How often each object was started. */
  const starts = {};
  export class Polls extends polls.DurableObject {
    constructor(ctx, env) {
      super(ctx, env);
      starts[ctx.id] = (starts[ctx.id] ?? 0) + 1;
    }
  }
  export class Calls extends calls.DurableObject {}
  export default {
    fetch(request, env, ctx) {
      const { pathname, searchParams } = new URL(request.url);
      if (pathname === "/starts") return Response.json(starts[env.POLLS.idFromName(searchParams.get("account"))]);
      if (pathname === "/full/refusals") return Response.json(refusals);
      if (pathname.startsWith("/full/")) {
        return full.fetch(request, { ...env, FULL: { idFromName: name => name, get: () => overloaded } }, ctx);
      }
      if (pathname === "/refused") {
        return Response.json(
          [
            { authorize: undefined },
            { apiKey: undefined },
            { binding: undefined },
            { ledger: {} },
            { waitUntil: () => {} },
            { origin: [] },
            { callbacks: { origin: "app.example", secret: "a secret of the app" } },
            { baseUrl: "http://service.example" },
          ].map(refused),
        );
      }
      const gateway = { calls, unbound }[pathname.split("/")[1]] ?? polls;
      return gateway.fetch(request, env, ctx);
    },
  };`;

/** The runtimes that Miniflare has started. */
const runtimes = new Set();
const { spawn } = childProcess;
childProcess.spawn = (command, ...more) => {
  const child = spawn(command, ...more);
  if (/workerd/.test(command)) runtimes.add(child.on("exit", () => runtimes.delete(child)));
  return child;
};

/**
 * The Worker, and the service behind it. `emulator` are the service's options, `bindings` the Worker's; `date` is its compatibility date,
 * `persist` a folder for what outlives it. `source` is another Worker with gateways; what it asks of its binding POINT is told to `onPoint`,
 * as is what comes to the service; if that says `true` as a request arrives, the service does nothing for it.
 */
export const startGatewayWorker = async ({
  source = SOURCE,
  emulator,
  bindings,
  date = "2026-04-01",
  persist = false,
} = {}) => {
  // Other files of tests run at the same time.
  const modules = await bundle(write(`workers/gateway-${process.pid}-${++count}.js`, source));
  const receive = (url, init) => fetch(it.url + url.slice(ORIGIN.length), init);
  const it = {
    service: createEmulator({ speed: 50, keys: {}, fetch: receive, ...emulator }),
    /** What `onEnd` was told. */
    ends: [],
    /** What the Worker wrote to its console. */
    errors: [],
    onPoint: () => false,
    /** Delays the response to `onEnd`. */
    onEnd: async () => {},
    async start(more) {
      it.worker = new Miniflare(settings(it, modules, date, persist, { ...bindings, ...more }));
      it.url = (await it.worker.ready).origin;
    },
    /** Kills the runtime, in the middle of whatever it does. */
    kill() {
      for (const child of runtimes) child.kill("SIGKILL");
    },
    async stop() {
      it.kill();
      await it.worker.dispose();
    },
  };
  await it.start();
  return it;
};

let count = 0;

const settings = (it, modules, compatibilityDate, persist, bindings) => ({
  modulesRoot: "/",
  modules,
  compatibilityDate,
  durableObjects: {
    POLLS: { className: "Polls", useSQLite: true },
    CALLS: { className: "Calls", useSQLite: true },
  },
  durableObjectsPersist: persist,
  r2Buckets: ["UPLOADS"],
  r2Persist: persist,
  bindings: { SERVICE: "https://service.example/api/v1", ORIGIN, CALLBACK_SECRET: SECRET, GENERATION: 1, ...bindings },
  outboundService: request => passOn(it, request),
  serviceBindings: {
    async ENDS(request) {
      const job = await request.json();
      it.ends.push(job);
      await it.onEnd(job);
      return new Response();
    },
    POINT(request) {
      it.onPoint(decodeURIComponent(new URL(request.url).pathname.slice(1)));
      return new Response();
    },
  },
  handleRuntimeStdio(out, err) {
    out.resume();
    err.setEncoding("utf8").on("data", text => it.errors.push(text));
  },
});

/** What the Worker sends comes to the emulator. Miniflare knows no broken connection, so one is a 5xx without a word of the service. */
const passOn = async (it, request) => {
  const body = await request.text();
  const name = new URL(request.url).pathname.split("/").at(-1);
  try {
    if (it.onPoint(`${name} arrives`)) throw new Error("The connection is gone.");
    const response = await it.service.fetch(request.url, {
      method: request.method,
      headers: [...request.headers],
      body: body || undefined,
    });
    it.onPoint(`${name} done`);
    return response;
  } catch {
    return new Response("<html>", { status: 520 });
  }
};

let accounts = 0;

/** An account of its own for a test, and what a page of a user of it asks. */
export const newAccount = (it, path = "polls", credits = 100_000, prefix = "account") => {
  const account = `${prefix}-${++accounts}`;
  const key = `key-of-${account}`;
  const { service } = it;
  const number = service.setCredits(key, credits);
  const call = async (where, { method = "GET", user = "ann", grant, body, headers, key } = {}) => {
    const response = await fetch(`${it.url}/${path}${where}`, {
      method,
      headers: {
        ...(user && { authorization: JSON.stringify({ user, account, ...grant }) }),
        ...(body !== undefined && { "content-type": "application/json" }),
        ...(key && { "idempotency-key": key }),
        ...headers,
      },
      body: typeof body === "object" ? JSON.stringify(body) : body,
    });
    const text = await response.text();
    return { status: response.status, body: text && JSON.parse(text), text, headers: response.headers };
  };
  return {
    account,
    key,
    call,
    create: (body, init) => call("/jobs/createTask", { method: "POST", body, ...init }),
    query: (taskId, init) => call(`/jobs/queryTask?taskId=${encodeURIComponent(taskId)}`, init),
    /** What the service knows of the account. */
    ledger() {
      const { tasks, requests, callbacks } = service.ledger();
      const own = tasks.filter(task => task.account === number);
      return {
        tasks: own,
        creates: requests.filter(({ endpoint, account }) => endpoint === "createTask" && account === number).length,
        requests: requests.filter(({ account }) => account === number),
        callbacks: callbacks.filter(({ taskId }) => own.some(task => task.taskId === taskId)),
      };
    },
    fault: (...faults) => service.fault(...faults.map(fault => ({ key, ...fault }))),
    /** Asks until the task has ended. */
    async ended(taskId, init) {
      for (;;) {
        const { status, body, text } = await this.query(taskId, init);
        if (status !== 200) throw new Error(`${status}: ${text}`);
        if (body.status === "COMPLETED" || body.status === "FAILED") return body;
        await new Promise(done => setTimeout(done, 100));
      }
    },
  };
};
