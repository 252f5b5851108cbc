// Test runners: the program in a user's test, which writes its report to a file.
import assert from "node:assert/strict";
import { checkReport } from "../row.mjs";

const row = (tool, app, how, script, page) => ({
  group: "Test runners",
  tool,
  app,
  package: app.replace(/-\d+$/, ""),
  how,
  async run({ app, api }) {
    app.clean("told.json");
    await app.script(script, { env: { SD2_BASE_URL: api } });
    const told = JSON.parse(app.read("told.json"));
    assert.equal(told.page, page);
    checkReport(told);
  },
});

export const testRunners = [
  row("Vitest", "vitest", "node", "node", "undefined"),
  row("Vitest", "vitest", "jsdom", "jsdom", "object"),
  row("Jest", "jest", "ESM", "node"),
  row("node:test", "node-20", "", "test"),
];
