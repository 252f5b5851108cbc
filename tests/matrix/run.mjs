// `npm run test:matrix`: tries the packed package in every place where it must work.
//
//   npm run test:matrix                     all, then writes the table into README.md
//   npm run test:matrix -- vite webpack     the rows with one of these words
//   npm run test:matrix -- --quick          what `npm test` runs of it
//   npm run test:matrix -- public --update  takes the public types as they are now for agreed on
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startSandbox } from "../package/sandbox.mjs";
import { folder, openApp } from "./app.mjs";
import { closeBrowsers } from "./browser.mjs";
import { CannotRun } from "./row.mjs";
import { nameOf, rows } from "./rows.mjs";

const words = process.argv.slice(2).map((word) => word.toLowerCase());
const quick = words.includes("--quick");
const update = words.includes("--update");
const wanted = words.filter((word) => !word.startsWith("--"));
const chosen = rows
  .filter((row) => !quick || row.quick)
  .filter((row) => wanted.length === 0 || wanted.some((word) => nameOf(row).includes(word)));
if (chosen.length === 0) throw new Error(`No row has one of these words: ${wanted.join(", ")}.`);

mkdirSync(folder, { recursive: true });
const sandbox = await startSandbox();
const results = [];
for (const row of chosen) {
  const began = performance.now();
  const { group, tool, how } = row;
  const result = { group, tool, how };
  results.push(result);
  try {
    // A new account for each.
    await sandbox.reset();
    const app = row.app && (await openApp(row.app));
    if (row.package) result.version = app.version(row.package);
    const more = await row.run({ app, api: sandbox.baseUrl, update });
    Object.assign(result, more, { outcome: "passed" });
  } catch (error) {
    result.outcome = error instanceof CannotRun ? "cannot run" : "failed";
    result.reason = error.message;
    result.stack = error.stack;
  }
  const mark = { passed: "✔", failed: "✖", "cannot run": "–" }[result.outcome];
  const name = [group, "·", tool, result.version, how].filter(Boolean).join(" ");
  console.log(`${mark} ${name.padEnd(60)} ${((performance.now() - began) / 1000).toFixed(1)} s`);
  if (result.reason) console.log(result.reason.replaceAll(/^/gm, "    "));
}
await closeBrowsers();

writeFileSync(join(folder, "results.json"), JSON.stringify(results, undefined, 2));
const count = (outcome) => results.filter((result) => result.outcome === outcome).length;
console.log(`\n${count("passed")} passed, ${count("failed")} failed, ${count("cannot run")} skipped`);
process.exit(count("failed") ? 1 : 0);
