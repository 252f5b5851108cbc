// Configurations, which determine the price: from the address, and in words.

import { priceTable } from "sd2-client";
import { say } from "../text.js";

/** Every configuration with its price. */
export const TABLE = priceTable();
const values = name => [...new Set(TABLE.map(row => row[name]))];
export const MODELS = values("model");
export const DURATIONS = values("duration");
export const UPSCALES = values("upscaleResolution");
export const REFERENCES = values("videoReference");

/** The lines of the chart: each combination of everything but the duration. */
export const LINES = REFERENCES.flatMap(videoReference =>
  MODELS.flatMap(model => UPSCALES.map(upscaleResolution => ({ model, upscaleResolution, videoReference }))),
);

export const isSame = (a, b) =>
  a.model === b.model && a.upscaleResolution === b.upscaleResolution && a.videoReference === b.videoReference;

/** The price of a line for a duration. */
export const totalOf = (line, duration) => TABLE.find(row => row.duration === duration && isSame(row, line)).total;

/** The configuration in an address. Unknown values are ignored. */
export const fromAddress = state => {
  const known = (list, value, otherwise) => (list.includes(value) ? value : otherwise);
  return {
    model: known(MODELS, state.get("model"), MODELS[0]),
    duration: known(DURATIONS, state.get("duration"), "5s"),
    upscaleResolution: known(UPSCALES, state.get("upscale"), null),
    videoReference: state.get("reference") === "1",
  };
};

export const toAddress = ({ model, duration, upscaleResolution, videoReference }) => {
  const state = new URLSearchParams({ model, duration });
  if (upscaleResolution) state.set("upscale", upscaleResolution);
  if (videoReference) state.set("reference", "1");
  return state;
};

/** The name of a line: `sd2, 4K upscale, without a reference video`. */
export const wordsOf = ({ model, upscaleResolution, videoReference }) => ({
  model,
  upscale: say(`upscale.${upscaleResolution ?? "none"}`),
  reference: say(`reference.${videoReference ? "with" : "without"}`),
});
