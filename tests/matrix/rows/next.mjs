// Next.js with each of its bundlers: in the page, in server rendering, in a route handler, at the edge.
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { reportAt } from "../page.mjs";
import { checkReport } from "../row.mjs";
import { example, checkGateway } from "./gateway.mjs";

const servers = new Map();

/** The app, built with one bundler and served. The next bundler replaces it. */
const serve = async (app, bundler, api) => {
  if (!servers.has(bundler)) {
    await closeNext();
    app.clean(".next");
    for (const file of [ROUTE, "app/video/page.js"]) app.write(file, example(`gateway-next/${file}`));
    await app.script(bundler, { seconds: 600 });
    servers.set(bundler, await app.serve("start", ["--port", "0"], env(api)));
  }
  return servers.get(bundler);
};

const answer = async (url, api) => {
  const response = await fetch(`${url}?api=${encodeURIComponent(api)}`);
  const text = await response.text();
  assert.equal(response.status, 200, text);
  return text;
};

const ROUTE = "app/api/sd2/[...path]/route.js";
/** For the gateway. */
const env = api => ({ SD2_API_KEY: "sandbox-key", SD2_BASE_URL: api });

const TRIES = {
  async "client component"(url, api) {
    assert.match(await answer(`${url}/client`, api), /<p id="price">200</);
    checkReport(await reportAt(`${url}/client`, api));
  },
  async "server component"(url, api) {
    checkReport(await reportAt(`${url}/server`, api));
  },
  async "route handler"(url, api) {
    checkReport(await answer(`${url}/route`, api));
  },
  async gateway(url) {
    assert.match(await answer(`${url}/video`, ""), /Make a video/);
    await checkGateway(url, { cookie: "user=ann", origin: url });
  },
  async "edge runtime"(url, api, app) {
    checkReport(await answer(`${url}/edge`, api));
    // Must use a compiled module: the deployed edge runtime does not compile bytes, although this server does.
    const built = readdirSync(app.path(".next/server"), { recursive: true });
    assert.ok(
      built.some(name => name.endsWith(".wasm")),
      "There is no WebAssembly for the edge.",
    );
  },
};

const rowsOf = ([bundler, label]) =>
  Object.entries(TRIES).map(([how, tryIt]) => ({
    group: "Next.js",
    tool: `Next.js with ${label}`,
    app: "next",
    package: "next",
    how,
    async run({ app, api }) {
      const server = await serve(app, bundler, api);
      await tryIt(server.url, api, app).catch(error => {
        error.message += `\n${server.said()}`;
        throw error;
      });
    },
  }));

export const next = Object.entries({ turbopack: "Turbopack", webpack: "webpack" }).flatMap(rowsOf);

/** Stops the served app. */
export const closeNext = async () => {
  for (const server of servers.values()) await server.stop();
  servers.clear();
};
