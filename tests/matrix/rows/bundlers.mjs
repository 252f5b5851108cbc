// Bundlers, each called as its documentation's first page does, without configuration. What they make runs in Chromium.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { hold } from "../row.mjs";
import { holdPage, toldBy } from "../page.mjs";

const viteRows = (tool, app) => [
  {
    tool, app, package: "vite", how: "build",
    async run({ app, api }) {
      app.clean("dist");
      await app.script("build");
      await holdPage(app.path("dist"), api);
      return weigh(app.path("dist"));
    },
  },
  {
    tool, app, package: "vite", how: "dev",
    async run({ app, api }) {
      // What an earlier run prepared is another case than the first one.
      app.clean("node_modules/.vite");
      const server = await app.serve("dev");
      try {
        hold(await toldBy(`${server.url}/`, api));
      } finally {
        await server.stop();
      }
    },
  },
];

/** What a visitor loads of it. */
const weigh = (folder) => {
  const scripts = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(".js"));
  const bytes = scripts.reduce((sum, name) => sum + brotliCompressSync(readFileSync(join(folder, name))).length, 0);
  return { figure: `${(bytes / 1000).toFixed(1)} kB brotli` };
};

/** A bundle is a script; the page around it is the user's. */
const pageOf = (app, script) => app.write("dist/index.html", app.read("index.html").replace("./main.js", script));

export const bundlers = [
  ...viteRows("Vite", "vite"),
  {
    tool: "Vite", app: "vite", package: "vite", how: "slim entry",
    async run({ app, api }) {
      app.clean("dist");
      app.write("index.html", app.read("index.html").replace("./main.js", "./slim.js"));
      await app.script("build");
      await holdPage(app.path("dist"), api);
      return weigh(app.path("dist"));
    },
  },
  ...viteRows("Vite", "vite-7"),
  {
    tool: "webpack", app: "webpack", package: "webpack", how: "build",
    async run({ app, api }) {
      app.clean("dist");
      await app.script("build");
      pageOf(app, "./main.js");
      await holdPage(app.path("dist"), api);
      return weigh(app.path("dist"));
    },
  },
  {
    tool: "webpack", app: "webpack", package: "webpack", how: "slim entry",
    async run({ app, api }) {
      app.clean("dist");
      await app.script("slim");
      pageOf(app, "./main.js");
      await holdPage(app.path("dist"), api);
      return weigh(app.path("dist"));
    },
  },
  {
    tool: "Rollup", app: "rollup", package: "rollup", how: "with node-resolve",
    async run({ app, api }) {
      app.clean("dist");
      await app.script("build");
      pageOf(app, "./main.js");
      await holdPage(app.path("dist"), api);
      return weigh(app.path("dist"));
    },
  },
  {
    tool: "esbuild", app: "esbuild", package: "esbuild", how: "ESM", quick: true,
    async run({ app, api }) {
      app.clean("dist");
      await app.script("esm");
      pageOf(app, "./main.js");
      await holdPage(app.path("dist"), api);
      return weigh(app.path("dist"));
    },
  },
  {
    tool: "esbuild", app: "esbuild", package: "esbuild", how: "CJS in Node", quick: true,
    async run({ app, api }) {
      await app.script("cjs");
      hold(await app.script("start", { env: { SD2_BASE_URL: api } }));
    },
  },
  {
    tool: "Parcel", app: "parcel", package: "parcel", how: "",
    async run({ app, api }) {
      app.clean("dist", ".parcel-cache");
      await app.script("build");
      await holdPage(app.path("dist"), api);
      return weigh(app.path("dist"));
    },
  },
].map((row) => ({ group: "Bundlers", ...row }));
