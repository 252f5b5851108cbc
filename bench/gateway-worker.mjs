// Measures the speed and the cost of the gateway on Workers. It runs in workerd on this machine, in front of the emulator. `npm test` must
// have run before, because it installs the tools.
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { transform } from "esbuild";
import { newAccount, startGatewayWorker } from "../tests/support/gateway-worker.mjs";
import { dist, load } from "../tests/support/project.mjs";
import { request } from "../tests/support/service.mjs";

const { Sd2Client } = await load();

/** Two gateways, whose objects count what they write. */
const SOURCE = `
  import { createGateway } from "sd2-client/gateway/cloudflare";
  const options = {
    apiKey: (env, account) => "key-of-" + account,
    authorize: request => JSON.parse(request.headers.get("authorization")),
  };
  const polls = createGateway({ ...options, binding: "POLLS", basePath: "/polls" });
  const calls = createGateway({
    ...options,
    binding: "CALLS",
    basePath: "/calls",
    callbacks: { origin: "https://app.example", secret: env => env.CALLBACK_SECRET },
  });
  /** Of each object, whether it slept meanwhile or not. */
  const all = {};
  const counting = Base => class extends Base {
    constructor(ctx, env) {
      const counts = (all[ctx.id] ??= { rows: 0, alarmsSet: 0, alarms: 0, busy: 0, calls: 0, starts: 0 });
      counts.starts++;
      const { sql } = ctx.storage;
      const setAlarm = ctx.storage.setAlarm.bind(ctx.storage);
      Object.defineProperty(ctx.storage, "sql", {
        value: {
          exec(...statement) {
            const cursor = sql.exec(...statement);
            const rows = cursor.toArray();
            counts.rows += cursor.rowsWritten;
            return { toArray: () => rows };
          },
        },
      });
      Object.defineProperty(ctx.storage, "setAlarm", {
        value(at) {
          counts.alarmsSet++;
          return setAlarm(at);
        },
      });
      super(ctx, env);
      this.counts = counts;
    }
    async measured(work) {
      const began = Date.now();
      try {
        return await work();
      } finally {
        this.counts.busy += Date.now() - began;
      }
    }
    async perform(account, name, ...details) {
      if (name === "counts") return this.counts;
      this.counts.calls++;
      return this.measured(() => super.perform(account, name, ...details));
    }
    async alarm(info) {
      this.counts.alarms++;
      return this.measured(() => super.alarm(info));
    }
  };
  export const Polls = counting(polls.DurableObject);
  export const Calls = counting(calls.DurableObject);
  export default {
    async fetch(request, env, ctx) {
      const { pathname, searchParams } = new URL(request.url);
      if (pathname.endsWith("/counts")) {
        const binding = pathname.startsWith("/calls") ? env.CALLS : env.POLLS;
        const account = searchParams.get("account");
        return Response.json(await binding.get(binding.idFromName(account)).perform(account, "counts"));
      }
      return (pathname.startsWith("/calls") ? calls : polls).fetch(request, env, ctx);
    },
  };`;

const at = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))];
const row = (...cells) =>
  console.log(cells.map((cell, i) => (i ? String(cell).padStart(12) : cell.padEnd(34))).join(""));
const ms = value => `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ms`;

/** Sends so many requests, so many at a time: requests a second, and how long they took. */
const measure = async (count, parallel, send) => {
  const took = [];
  let next = 0;
  const began = performance.now();
  const worker = async () => {
    while (next < count) {
      const number = next++;
      const from = performance.now();
      await send(number);
      took.push(performance.now() - from);
    }
  };
  await Promise.all(Array.from({ length: parallel }, worker));
  took.sort((a, b) => a - b);
  return { rate: count / ((performance.now() - began) / 1_000), p50: at(took, 0.5), p99: at(took, 0.99) };
};

const requestsOfOneObject = async () => {
  const it = await startGatewayWorker({ source: SOURCE, emulator: { speed: 1 } });
  const own = newAccount(it, "polls", 1e9);
  const grant = { limits: { queued: 1e6, createsPerMinute: 1e6 } };
  // No create reaches the service while the requests are counted, but for the first three.
  const { body } = await own.create(request("first"), { grant });
  console.log("\nOne object, one machine");
  row("", "parallel", "requests/s", "p50", "p99");
  for (const parallel of [1, 8, 32, 128]) {
    const { rate, p50, p99 } = await measure(parallel === 1 ? 500 : 2_000, parallel, async () => {
      const query = () => own.query(body.taskId, { grant });
      const { status } = await query().catch(query);
      if (status !== 200) throw new Error(`queryTask: ${status}`);
    });
    row("queryTask", parallel, rate.toFixed(0), ms(p50), ms(p99));
  }
  for (const parallel of [1, 8, 32, 128]) {
    const { rate, p50, p99 } = await measure(parallel === 1 ? 200 : 800, parallel, async number => {
      const user = `user ${number % 50}`;
      const init = { grant, user, key: `${parallel}.${number}` };
      // A connection that was about to be closed may have been used once more.
      const create = () => own.create(request(init.key), init);
      const { status, text } = await create().catch(create);
      if (status !== 200) throw new Error(`createTask: ${status} ${text}`);
    });
    row("createTask", parallel, rate.toFixed(0), ms(p50), ms(p99));
  }
  await it.stop();
};

/** Videos at the service's own pace, in each way in which a page may get them. */
const videos = async () => {
  const it = await startGatewayWorker({ source: SOURCE, emulator: { speed: 1 } });
  const VIDEOS = 6;
  const play = async ({ path, isGateway, isDirect }) => {
    const own = newAccount(it, path, 1e9);
    let requests = 0;
    const count = ask => (url, init) => (requests++, ask(url, init));
    const client = isDirect
      ? new Sd2Client({ apiKey: own.key, fetch: count(it.service.fetch) })
      : new Sd2Client({
          baseUrl: `${it.url}/${path}`,
          gateway: isGateway,
          headers: { authorization: JSON.stringify({ user: "ann", account: own.account }) },
          fetch: count(fetch),
        });
    const late = [];
    await Promise.all(
      Array.from({ length: VIDEOS }, async (_, i) => {
        const { completeTime } = await client.generate(request(`${i}`, { duration: `${4 + i}s` }));
        late.push(Date.now() - completeTime);
      }),
    );
    late.sort((a, b) => a - b);
    const ledger = own.ledger();
    // A video's last events and rows may be written after the page has received it.
    await new Promise(done => setTimeout(done, 1_000));
    const counts = isDirect
      ? undefined
      : await (await fetch(`${it.url}/${path}/counts?account=${encodeURIComponent(own.account)}`)).json();
    return { late, requests, service: ledger.requests.length, counts };
  };
  const ways = {
    "push, callbacks": { path: "calls", isGateway: true },
    "push, no callbacks": { path: "polls", isGateway: true },
    "polls, callbacks": { path: "calls" },
    "polls, no callbacks": { path: "polls" },
    "no gateway (a key in the page)": { isDirect: true },
  };
  const results = await Promise.all(Object.values(ways).map(play));
  console.log(`\nFrom the end of a task to the page, and requests for a video (${VIDEOS} videos)`);
  row("", "median", "longest", "page", "service");
  for (const [i, name] of Object.keys(ways).entries()) {
    const { late, requests, service } = results[i];
    row(name, ms(at(late, 0.5)), ms(late.at(-1)), (requests / VIDEOS).toFixed(1), (service / VIDEOS).toFixed(1));
  }
  console.log("\nWritten and done for a video");
  row("", "rows", "alarms set", "alarms", "calls", "busy", "starts");
  for (const [i, name] of Object.keys(ways).entries()) {
    const { counts } = results[i];
    if (!counts) continue;
    const { rows, alarmsSet, alarms, calls, busy, starts } = counts;
    const each = [rows, alarmsSet, alarms, calls].map(count => (count / VIDEOS).toFixed(1));
    row(name, ...each, ms(busy / VIDEOS), starts);
  }
  await it.stop();
};

/** Streams that all come back at once, as after a deploy. */
const streams = async () => {
  const it = await startGatewayWorker({ source: SOURCE });
  const own = newAccount(it, "polls", 1e9);
  for (let i = 0; i < 100; i++) await own.create(request(`${i}`), { user: `user ${i}` });
  const STREAMS = 1_000;
  const controller = new AbortController();
  const open = async number => {
    const headers = { authorization: JSON.stringify({ user: `user ${number % 100}`, account: own.account }) };
    const from = performance.now();
    const response = await fetch(`${it.url}/polls/jobs/events`, { headers, signal: controller.signal });
    if (response.status !== 200) throw new Error(`a stream: ${response.status}`);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    while (!text.includes("data: ")) {
      const { done, value } = await reader.read();
      if (done) throw new Error("a stream ended");
      text += value;
    }
    return performance.now() - from;
  };
  const began = performance.now();
  const took = (await Promise.all(Array.from({ length: STREAMS }, (_, i) => open(i)))).sort((a, b) => a - b);
  console.log(`\n${STREAMS} streams opened at once, until each has its snapshot`);
  row("", "all", "p50", "p99");
  row("", ms(performance.now() - began), ms(at(took, 0.5)), ms(at(took, 0.99)));
  controller.abort();
  await it.stop();
};

const sizes = async () => {
  const text = readFileSync(join(dist, "gateway-cloudflare.js"), "utf8");
  const { code } = await transform(text, { minify: true, format: "esm" });
  const wasm = readFileSync(join(dist, "gateway.wasm"));
  const kB = bytes => `${(bytes.length / 1_000).toFixed(1)} kB`;
  console.log("\nSizes");
  row("", "", "brotli");
  row("JavaScript, minified", kB(Buffer.from(code)), kB(brotliCompressSync(code)));
  row("WebAssembly", kB(wasm), kB(brotliCompressSync(wasm)));
};

console.log(`${availableParallelism()} processors`);
if (!process.env.SKIP) await requestsOfOneObject();
await videos();
await streams();
await sizes();
process.exit();
