// A short run of the fuzz target with a fixed seed. `npm run fuzz` runs it longer.
import assert from "node:assert/strict";
import fc from "fast-check";
import { calls } from "../../../fuzz/values.mjs";
import { check } from "../../../fuzz/verdict.mjs";
import { eachValidator } from "../../support/project.mjs";

eachValidator("the result for any value is complete, repeatable, and in order", sd2 => {
  const seen = new Set();
  const holds = ([value, options]) => check(sd2, value(), options()).forEach(code => seen.add(code));
  fc.assert(fc.property(calls, holds), { seed: 20, numRuns: 800 });
  // Otherwise the values would be too different from requests.
  assert.equal(seen.size, 20, [...seen].join(" "));
});
