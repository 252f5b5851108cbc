// sd2-client/prices is plain JavaScript. It must agree with the default entry and need no WebAssembly.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { inspect } from "node:util";
import { dist, load, root, run, runScript, write } from "../../support/project.mjs";

const prices = await load("sd2-client/prices");
const full = await load();

/** A price, or the fields of an error. */
const outcome = (entry, input, name = "estimateCredits") => {
  try {
    return entry[name](input);
  } catch ({ name, code, message, retryable, issues }) {
    return { name, code, message, retryable, issues };
  }
};
const same = (input, name) =>
  assert.deepEqual(outcome(prices, input, name), outcome(full, input, name), inspect(input));

test("the price table equals that of the default entry", () => {
  assert.deepEqual(prices.priceTable(), full.priceTable());
});

test("each row of the price table costs the same in the default entry, as a configuration and as a request", () => {
  for (const { model, duration, upscaleResolution, videoReference } of full.priceTable()) {
    const upscale = upscaleResolution && { upscaleResolution };
    same({ model, duration, videoReference, ...upscale });
    const reference = videoReference && { videoUrls: ["https://example.com/a.mp4"] };
    same({
      model,
      inputs: { prompt: "a", duration, videoInputMode: "reference", resolution: "720x720", ...upscale, ...reference },
    });
  }
});

test("the documented requests cost the same in the default entry", () => {
  const folder = join(root, "tests/fixtures/requests");
  for (const name of readdirSync(folder)) same(JSON.parse(readFileSync(join(folder, name), "utf8")));
});

test("the error about a configuration is the same as in the default entry", () => {
  const values = [
    null,
    5,
    5.5,
    -1,
    1e21,
    true,
    "",
    "5",
    " 5s",
    "+5s",
    "05s",
    "5.5s",
    "16s",
    "3",
    "sd3",
    "SD2",
    "sd2_fast",
    "2K",
    "8k",
    " 4K ",
    "constructor",
    "__proto__",
    [],
    {},
    () => 1,
    1n,
    Symbol("s"),
  ];
  for (const value of values) {
    same(value);
    same({ model: value });
    for (const name of ["duration", "upscaleResolution", "videoReference"]) {
      if (name !== "upscaleResolution" || value !== null) same({ model: "sd2", [name]: value });
    }
    same({ model: value, duration: value, videoReference: value });
  }
});

test("the error about a request is the same as in the default entry if only priced fields are wrong", () => {
  const reference = {
    prompt: "a",
    videoInputMode: "reference",
    resolution: "720x720",
    urls: ["https://example.com/a.jpg"],
  };
  for (const inputs of [
    null,
    [],
    "a",
    { ...reference, videoUrls: "a" },
    { ...reference, videoUrls: null },
    { prompt: "a", duration: "1s", upscaleResolution: "8k" },
    { prompt: "a", upscaleResolution: null },
  ]) {
    same({ model: "sd2", inputs });
  }
});

test("an unknown field of a configuration is refused with the probably intended name", () => {
  for (const name of [
    "upscale",
    "upscaleresolution",
    "durations",
    "videoUrls",
    "video_reference",
    "seed",
    "x".repeat(200),
    "modal",
  ]) {
    same({ model: "sd2", [name]: 1 });
    assert.throws(() => prices.estimateCredits({ model: "sd2", [name]: 1 }), { code: "invalid_request" });
  }
});

test("fields that do not affect the price are accepted", () => {
  for (const name of ["prompt", "urls", "audioUrls", "resolution", "videoInputMode", "callBackUrl"])
    same({ model: "sd2", [name]: 1 });
});

test("a row of the price table can be passed to estimateCredits", () => {
  for (const row of [...prices.priceTable(), ...prices.affordable(1000)])
    assert.equal(prices.estimateCredits(row).total, row.total);
});

test("a request with an empty prompt has a price", () => {
  for (const inputs of [{}, { prompt: "" }, { prompt: 5, duration: "5s" }]) {
    assert.equal(prices.estimateCredits({ model: "sd2", inputs }).total, 200);
  }
});

test("estimateMany refuses a value that is not a list, or too long a list", () => {
  for (const list of [undefined, null, "sd2", {}, new Array(100_001), { length: 1 }]) {
    assert.throws(() => prices.estimateMany(list), { code: "invalid_argument" });
  }
});

test("the errors about a list are the same as in the default entry, each with its index", () => {
  const trap = () => {
    throw new Error("trap");
  };
  const request = { model: "sd2", inputs: { prompt: "a" } };
  const trapping = new Proxy([request, request], { get: (list, name) => (name === "1" ? trap() : list[name]) });
  for (const list of [
    [request, { model: "sd3" }, 7, { model: "sd2", duration: 5 }],
    trapping,
    [request, , request],
    [],
  ]) {
    same(list, "estimateMany");
  }
});

test("sd2-client/prices reads each field once", () => {
  let reads = 0;
  const input = {
    model: "sd2",
    get duration() {
      return ["4s", "15s"][reads++];
    },
  };
  assert.equal(prices.estimateCredits(input).total, 160);
  assert.equal(reads, 1);
});

test("each entry recognizes the errors of the other", () => {
  for (const [thrown, other] of [
    [prices, full],
    [full, prices],
  ]) {
    try {
      thrown.estimateCredits({});
      assert.fail("it has no price");
    } catch (error) {
      assert.ok(thrown.Sd2Error.is(error) && other.Sd2Error.is(error));
      assert.ok(error instanceof thrown.Sd2Error && error instanceof Error);
    }
  }
});

test("sd2-client/prices has no line so long that it hides the message of an uncaught error", () => {
  for (const name of ["prices.js", "calculator-element.js"]) {
    const lengths = readFileSync(join(dist, name), "utf8")
      .split("\n")
      .map(line => line.length);
    assert.ok(Math.max(...lengths) <= 500, name);
  }
});

test("sd2-client/prices works without WebAssembly", async () => {
  const text = await runScript(
    "without-wasm.mjs",
    `delete globalThis.WebAssembly;
     const { estimateCredits } = await import("sd2-client/prices");
     console.log(estimateCredits({ model: "sd2", upscaleResolution: "4k" }).total);`,
  );
  assert.equal(text, "400");
});

test("the types of sd2-client/prices are those of the default entry", async () => {
  write(
    "types/prices.ts",
    `import * as prices from "sd2-client/prices";
     import * as full from "sd2-client";
     const { affordable, estimateCredits, estimateMany, longestDuration, priceTable, Sd2Error } = full;
     ({ affordable, estimateCredits, estimateMany, longestDuration, priceTable, Sd2Error }) satisfies typeof prices;
     prices satisfies Pick<typeof full, keyof typeof prices>;
     export const duration: prices.Duration | null = prices.longestDuration(1000, { model: "sd2" });
     // @ts-expect-error: this entry has no client.
     prices.Sd2Client;`,
  );
  const compiler = [join(root, "node_modules/typescript/bin/tsc"), "--noEmit", "--strict", "--ignoreConfig"];
  const options = ["--lib", "es2022", "--module", "nodenext", "--target", "es2022", "--types", ""];
  const { code, output } = await run(process.execPath, [...compiler, ...options, "types/prices.ts"]);
  assert.deepEqual([code, output], [0, ""]);
});
