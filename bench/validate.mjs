// Measures the validation of a request with 12 URLs, next to three schema libraries with the same rules.
import assert from "node:assert/strict";
import { inspect } from "node:util";
import * as full from "../dist/index.js";
import * as offline from "../dist/offline.js";
import { validate as ajv } from "./ajv.mjs";
import { all, invalid, valid } from "./requests.mjs";
import limits from "./limits.json" with { type: "json" };
import { check, race } from "./race.mjs";
import { validate as valibot } from "./valibot.mjs";
import { validate as zod } from "./zod.mjs";

const ours = request => offline.validateRequest(request).issues;
const validators = {
  "sd2-client/offline": ours,
  "sd2-client": request => full.validateRequest(request).issues,
  zod,
  valibot,
  ajv,
};

// The comparison is fair only if all validators find the same problems at the same places.
const places = issues => [...new Set(issues.map(({ path, severity }) => `${severity} at ${path.join(".")}`))].sort();
for (const request of all) {
  const expected = places(ours(request));
  for (const [name, validate] of Object.entries(validators)) {
    assert.deepEqual(places(validate(request)), expected, `${name} on ${inspect(request, { depth: 3 })}`);
  }
}
assert.deepEqual(
  [valid, invalid].map(request => ours(request).length),
  [0, 4],
);
console.log(`All agree on ${all.length} requests, each problem at its place.`);

const WHAT = "times as long as zod";
for (const [name, request] of Object.entries({ valid, invalid })) {
  // Many copies, so that a cache of a single request does not help.
  const copies = Array.from({ length: 64 }, () => structuredClone(request));
  const runs = Object.entries(validators).map(([name, validate]) => [
    name,
    () => {
      let issues = 0;
      for (const copy of copies) issues += validate(copy).length;
      return issues;
    },
  ]);
  const found = race(
    `A request with 12 URLs, ${name}${name === "invalid" ? ", four mistakes" : ""}`,
    runs,
    copies.length,
  );
  check(WHAT, found.zod.ratio, limits[WHAT]);
}
