// Cloudflare Workers: bundled by wrangler, in its server and in Miniflare, with an old and today's compatibility date.
import assert from "node:assert/strict";
import { checkReport, checkFiles } from "../row.mjs";

const OLD = "2023-01-01";

/** The latest compatibility date of a tool's runtime. */
const today = (app, tool) => {
  const { workerd } = JSON.parse(app.read(`node_modules/${tool}/package.json`)).dependencies;
  return workerd.replace(/^.*\.(\d{4})(\d\d)(\d\d)\..*$/, "$1-$2-$3");
};

const deploy = async (app, date) => {
  app.clean("out");
  await app.script("deploy", { args: ["--compatibility-date", date] });
};

const TRIES = [
  {
    tool: "wrangler dev",
    package: "wrangler",
    async tryAt(date, app, api) {
      const server = await app.serve("dev", ["--compatibility-date", date, "--port", "0", "--local"]);
      try {
        const response = await fetch(`${server.url}/?api=${encodeURIComponent(api)}`);
        checkReport(await response.text());
      } finally {
        await server.stop();
      }
    },
  },
  {
    tool: "wrangler deploy --dry-run",
    package: "wrangler",
    async tryAt(date, app) {
      await deploy(app, date);
      // The module is a separate file instead of text in the script.
      assert.ok(app.read("out/worker.js").length < 60_000);
    },
  },
  {
    tool: "Miniflare",
    package: "miniflare",
    async tryAt(date, app, api) {
      await deploy(app, date);
      checkReport(await app.script("miniflare", { args: [date], env: { SD2_BASE_URL: api } }));
    },
  },
  {
    tool: "Miniflare",
    package: "miniflare",
    what: "media",
    async tryAt(date, app, api) {
      await deploy(app, date);
      checkFiles(await app.script("miniflare", { args: [date, "media"], env: { SD2_BASE_URL: api } }));
    },
  },
];

export const workers = TRIES.flatMap(({ tool, package: name, what, tryAt }) =>
  ["old date", "current date"].map(how => ({
    group: "Cloudflare Workers",
    tool,
    app: "workers",
    package: name,
    how: [what, how].filter(Boolean).join(", "),
    async run({ app, api }) {
      const date = how === "old date" ? OLD : today(app, name);
      await tryAt(date, app, api);
      return { how: [what, `as of ${date}`].filter(Boolean).join(", ") };
    },
  })),
);
