// The default entry and sd2-client/offline share the source of the rules, but each has its own module and bindings.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import fc from "fast-check";
import { calls } from "../../../fuzz/values.mjs";
import { load, runScript, VALIDATOR_ENTRIES } from "../../support/project.mjs";

const [full, offline] = await Promise.all(VALIDATOR_ENTRIES.map(entry => load(entry)));

const outcome = call => {
  try {
    return call();
  } catch ({ code, message, issues }) {
    return { code, message, issues };
  }
};

test("both entries report the same issues for any value", () => {
  const same = ([value, options]) => {
    assert.deepEqual(
      offline.validateRequest(value(), options()),
      full.validateRequest(value(), options()),
      inspect(value()),
    );
    assert.deepEqual(
      outcome(() => offline.estimateCredits(value())),
      outcome(() => full.estimateCredits(value())),
    );
    assert.deepEqual(
      outcome(() => offline.estimateMany([value()])),
      outcome(() => full.estimateMany([value()])),
    );
  };
  fc.assert(fc.property(calls, same), { seed: 21, numRuns: 1_500 });
});

test("both entries have the same price table and the same results of affordable and longestDuration", () => {
  assert.deepEqual(offline.priceTable(), full.priceTable());
  for (const filter of [undefined, {}, { model: "sd2" }, { upscaleResolution: null, videoReference: true }]) {
    assert.deepEqual(offline.affordable(1234, filter), full.affordable(1234, filter));
  }
  for (const credits of [0, 160, 1999.5, 1e9]) {
    assert.equal(offline.longestDuration(credits, { model: "sd2" }), full.longestDuration(credits, { model: "sd2" }));
  }
});

test("estimateMany returns the same prices as estimateCredits, whatever was estimated before", () => {
  const rows = offline.priceTable();
  const prices = rows.map(row => offline.estimateCredits(row));
  for (let times = 0; times < 2; times++) {
    assert.deepEqual(offline.estimateMany(rows.map(({ total, ...configuration }) => configuration)), prices);
    prices[0].total = 0;
    prices[0] = offline.estimateCredits(rows[0]);
  }
  for (const wrong of [
    { model: "sd2", duration: 5 },
    { model: "sd2", seed: 1 },
    { model: ["sd2"] },
    { toJSON: () => ({}) },
  ]) {
    assert.throws(() => offline.estimateMany([{ model: "sd2" }, wrong]), { code: "invalid_request" });
  }
});

test("a getter may call the validator while it is read", () => {
  const inner = { model: "sd2", inputs: { urls: ["https://bücher.example/é", "http://127.1/"] } };
  let seen;
  const outer = {
    model: "sd2",
    inputs: {
      prompt: "é",
      get urls() {
        seen = offline.validateRequest(inner);
        return ["https://example.com/ü"];
      },
      duration: "9s",
    },
  };
  assert.deepEqual(offline.validateRequest(outer), { valid: true, mode: "image", issues: [], credits: 360 });
  assert.deepEqual(seen, full.validateRequest(inner));
});

test("texts in issues are complete, even if they are not ASCII", () => {
  for (const name of ["é", "a€", "🐞b", "\ud800", "x".repeat(300) + "ü"]) {
    const request = { model: "sd2", inputs: { prompt: "ß", [name]: 1, duration: 5 } };
    assert.deepEqual(offline.validateRequest(request), full.validateRequest(request));
  }
});

test("init of sd2-client/offline compiles ahead, from the package or another source", async () => {
  const told = await runScript(
    "offline-init.mjs",
    `import { readFileSync } from "node:fs";
     import { init, validateRequest } from "sd2-client/offline";
     await init().then(init);
     console.log(validateRequest({ model: "sd2", inputs: { prompt: "a" } }).credits);
     const other = await import(import.meta.resolve("sd2-client/offline") + "?2");
     await other.init(7).catch(({ code }) => console.log(code));
     await other.init(readFileSync(new URL("sd2_offline.wasm", import.meta.resolve("sd2-client/offline"))));
     console.log(other.estimateCredits({ model: "sd2-fast" }).total);`,
  );
  assert.equal(told, "200\nnot_initialized\n160");
});
