// Fuzzes the validator of the built package: npm run fuzz -- --seconds 60 --seed 1
import { parseArgs } from "node:util";
import fc from "fast-check";
import * as full from "../dist/index.js";
import * as offline from "../dist/offline.js";
import { calls } from "./values.mjs";
import { check } from "./verdict.mjs";

const { values: given } = parseArgs({
  options: { seconds: { type: "string", default: "60" }, seed: { type: "string" } },
});
const end = Date.now() + Number(given.seconds) * 1_000;
const codes = new Map();
let seed = Number(given.seed ?? Date.now() & 0x7fffffff);
let runs = 0;
do {
  fc.assert(
    fc.property(calls, ([value, options]) => {
      runs++;
      check(full, value(), options());
      for (const code of check(offline, value(), options())) codes.set(code, (codes.get(code) ?? 0) + 1);
    }),
    // A failure prints the seed with which it can be repeated.
    { seed, numRuns: 1_000, endOnFailure: false },
  );
  seed = (seed + 1) & 0x7fffffff;
} while (Date.now() < end);
console.log(`${runs} values without a failure. Issues seen:`);
for (const [code, count] of [...codes].sort(([, a], [, b]) => b - a)) console.log(`  ${code.padEnd(20)} ${count}`);
