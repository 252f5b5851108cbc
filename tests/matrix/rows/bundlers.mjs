// Bundlers without configuration, called as in their getting-started guides. Their output runs in Chromium.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { checkReport } from "../row.mjs";
import { checkPage, reportAt } from "../page.mjs";

/** A build whose page runs in Chromium. `before` creates what the bundler leaves to the user. */
const built = ({ script = "build", before, ...row }) => ({
  how: "",
  ...row,
  async run({ app, api }) {
    app.clean("dist", ".parcel-cache");
    before?.(app);
    await app.script(script);
    await checkPage(app.path("dist"), api);
    return { figure: weigh(app.path("dist")) };
  },
});

const served = row => ({
  ...row,
  async run({ app, api }) {
    // Caches of an earlier run would hide errors of a first build.
    app.clean("node_modules/.vite");
    const server = await app.serve("dev");
    try {
      checkReport(await reportAt(`${server.url}/`, api));
    } finally {
      await server.stop();
    }
  },
});

/** The files that a visitor loads. */
const weigh = folder => {
  const files = readdirSync(folder, { recursive: true }).filter(name => /\.(js|wasm)$/.test(name));
  const bytes = files.reduce((sum, name) => sum + brotliCompressSync(readFileSync(join(folder, name))).length, 0);
  return `${(bytes / 1000).toFixed(1)} kB brotli`;
};

/** A page with a script, for bundlers that do not create one. */
const page = app => app.write("dist/index.html", app.read("index.html"));
/** The page with another script. */
const slimPage = app => app.write("index.html", app.read("index.html").replace("./main.js", "./slim.js"));

const vite = { tool: "Vite", app: "vite", package: "vite" };
const vite7 = { tool: "Vite", app: "vite-7", package: "vite" };
const webpack = { tool: "webpack", app: "webpack", package: "webpack" };
const esbuild = { tool: "esbuild", app: "esbuild", package: "esbuild", quick: true };

export const bundlers = [
  built({ ...vite, how: "build" }),
  served({ ...vite, how: "dev" }),
  built({ ...vite, how: "slim entry", before: slimPage }),
  built({ ...vite7, how: "build" }),
  served({ ...vite7, how: "dev" }),
  built({ ...webpack, how: "build", before: page }),
  built({ ...webpack, how: "slim entry", script: "slim", before: page }),
  built({ tool: "Rollup", app: "rollup", package: "rollup", how: "with node-resolve", before: page }),
  built({ ...esbuild, how: "ESM", script: "esm", before: page }),
  {
    ...esbuild,
    how: "CJS in Node",
    async run({ app, api }) {
      await app.script("cjs");
      checkReport(await app.script("start", { env: { SD2_BASE_URL: api } }));
    },
  },
  built({ tool: "Parcel", app: "parcel", package: "parcel" }),
].map(row => ({ group: "Bundlers", ...row }));
