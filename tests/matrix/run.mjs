// `npm run test:matrix`: tries the packed package with every tool and platform with which it must work.
//
//   npm run test:matrix                     all rows; writes the results into docs/where-it-runs.md
//   npm run test:matrix -- vite webpack     the rows with one of these words
//   npm run test:matrix -- figures          its size and the time of its first use
//   npm run test:matrix -- --quick          the rows that are a part of `npm test`
//   npm run test:matrix -- public --update  updates tests/matrix/golden to the current public types
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startSandbox } from "../support/sandbox.mjs";
import { folder, openApp } from "./app.mjs";
import { closeBrowsers } from "./browser.mjs";
import { measure } from "./figures.mjs";
import { line, writePage } from "./report.mjs";
import { CannotRun } from "./row.mjs";
import { nameOf, rows } from "./rows.mjs";
import { closeNext } from "./rows/next.mjs";

const words = process.argv.slice(2).map(word => word.toLowerCase());
const quick = words.includes("--quick");
const update = words.includes("--update");
const wanted = words.filter(word => !word.startsWith("--"));
const all = !quick && wanted.length === 0;
// A run of all rows writes the page, so it does not check it.
const chosen = rows.filter(row =>
  quick ? row.quick : all ? row.quick !== "only" : wanted.some(word => nameOf(row).includes(word)),
);
const withFigures = all || wanted.includes("figures");
if (chosen.length === 0 && !withFigures) throw new Error(`No row has one of these words: ${wanted.join(", ")}.`);

mkdirSync(folder, { recursive: true });
const sandbox = await startSandbox();
const results = [];
for (const row of chosen) {
  const began = performance.now();
  const { group, tool, how = "" } = row;
  const result = { group, tool, how };
  results.push(result);
  try {
    // A new account for each row.
    await sandbox.reset();
    const app = await openApp(row.app);
    if (row.package) result.version = app.version(row.package);
    Object.assign(result, await row.run({ app, api: sandbox.baseUrl, update }), { outcome: "passed" });
  } catch (error) {
    result.outcome = error instanceof CannotRun ? "cannot run" : "failed";
    result.reason = error.message;
  }
  result.seconds = (performance.now() - began) / 1000;
  console.log(line(result));
}
await closeNext();

const figures = withFigures ? await measure() : [];
for (const { what, figure } of figures) console.log(`${what.padEnd(54)} ${figure}`);
await closeBrowsers();

writeFileSync(join(folder, "results.json"), JSON.stringify({ results, figures }, undefined, 2));
const count = outcome => results.filter(result => result.outcome === outcome).length;
if (all && count("failed") === 0) writePage(results, figures);
console.log(`\n${count("passed")} passed, ${count("failed")} failed, ${count("cannot run")} skipped`);
process.exit(count("failed") ? 1 : 0);
