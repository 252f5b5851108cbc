// Cloudflare Workers: what wrangler bundles, in its own server and in Miniflare, by the rules of an old date and of today's.
import assert from "node:assert/strict";
import { hold } from "../row.mjs";

const OLD = "2023-01-01";

/** The date of the runtime that a tool brings, after which that knows no rules. */
const today = (app, tool) => {
  const { workerd } = JSON.parse(app.read(`node_modules/${tool}/package.json`)).dependencies;
  return workerd.replace(/^.*\.(\d{4})(\d\d)(\d\d)\..*$/, "$1-$2-$3");
};

const deploy = async (app, date) => {
  app.clean("out");
  return app.script("deploy", { args: ["--compatibility-date", date] });
};

const rowsOf = (when, dateOf) => [
  {
    tool: "wrangler", package: "wrangler", how: `dev, ${when} date`,
    async run({ app, api }) {
      const server = await app.serve("dev", ["--compatibility-date", dateOf(app, "wrangler"), "--port", "0", "--local"]);
      try {
        const response = await fetch(`${server.url}/?api=${encodeURIComponent(api)}`);
        hold(await response.text());
      } finally {
        await server.stop();
      }
    },
  },
  {
    tool: "wrangler", package: "wrangler", how: `deploy --dry-run, ${when} date`,
    async run({ app }) {
      await deploy(app, dateOf(app, "wrangler"));
      // The module is a file of its own, and its text is not in the script.
      assert.ok(app.read("out/worker.js").length < 60_000);
    },
  },
  {
    tool: "Miniflare", package: "miniflare", how: `${when} date`,
    async run({ app, api }) {
      const date = dateOf(app, "miniflare");
      await deploy(app, date);
      hold(await app.script("miniflare", { args: [date], env: { SD2_BASE_URL: api } }));
    },
  },
];

export const workers = [...rowsOf("old", () => OLD), ...rowsOf("current", today)].map((row) => ({
  group: "Cloudflare Workers", app: "workers", ...row,
}));
