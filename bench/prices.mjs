// Measures ten thousand prices in one call, next to plain JavaScript.
import assert from "node:assert/strict";
import * as full from "../dist/index.js";
import * as offline from "../dist/offline.js";
import * as prices from "../dist/prices.js";
import limits from "./limits.json" with { type: "json" };
import { check, race } from "./race.mjs";
import { DURATIONS, MODELS, UPSCALES } from "./rules.mjs";

const PER_SECOND = { sd2: 40, "sd2-fast": 32 };
const UPSCALE = { "2k": 20, "4k": 40 };

const FIELDS = new Set(["model", "duration", "upscaleResolution", "videoReference"]);

/** A calculator written by hand. It throws if there is no price, but does not say what is wrong. */
const plain = request => {
  for (const name of Object.keys(request)) if (!FIELDS.has(name)) throw new TypeError("no such field");
  const { model, duration = "5s", upscaleResolution, videoReference = false } = request;
  const rate = PER_SECOND[model];
  const added = upscaleResolution === undefined ? 0 : UPSCALE[upscaleResolution];
  if (rate === undefined || added === undefined || !DURATIONS.includes(duration)) throw new TypeError("no such price");
  const durationSeconds = parseInt(duration);
  const base = rate * durationSeconds;
  const reference = videoReference ? base : 0;
  const upscale = added * durationSeconds;
  const total = base + reference + upscale;
  return {
    total,
    base,
    videoReference: reference,
    upscale,
    durationSeconds,
    creditsPerSecond: total / durationSeconds,
    model,
  };
};

const COUNT = 10_000;
const requests = Array.from({ length: COUNT }, (_, index) => {
  const request = { model: MODELS[index % 2], duration: DURATIONS[index % 12] };
  if (index % 3) request.upscaleResolution = UPSCALES[(index % 3) - 1];
  if (index % 5 === 0) request.videoReference = true;
  return request;
});
for (const { estimateMany: price } of [full, offline, prices]) assert.deepEqual(price(requests), requests.map(plain));

const found = race(
  "Ten thousand prices in one call",
  [
    ["sd2-client/offline", () => offline.estimateMany(requests)],
    ["sd2-client", () => full.estimateMany(requests)],
    ["sd2-client/prices", () => prices.estimateMany(requests)],
    ["plain JavaScript", () => requests.map(plain)],
  ],
  COUNT,
);
const WHAT = "times as long as plain JavaScript";
check(WHAT, found["plain JavaScript"].ratio, limits[WHAT]);
