// Servers: the program as an ES module and with require().
import { checkReport, checkFiles } from "../row.mjs";

const row = (tool, app, how, script, check = checkReport) => ({
  group: "Servers",
  tool,
  app,
  package: app.replace(/-\d+$/, ""),
  how,
  async run({ app, api }) {
    check(await app.script(script, { env: { SD2_BASE_URL: api } }));
  },
});

export const servers = [
  ...["node-20", "node-22", "node-24"].flatMap(app => [
    row("Node", app, "import", "import"),
    row("Node", app, "require", "require"),
    row("Node", app, "media", "media", checkFiles),
  ]),
  row("Deno", "deno", "import", "import"),
  row("Bun", "bun", "import", "import"),
  row("Bun", "bun", "require", "require"),
];
