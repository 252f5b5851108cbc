// Functions over many prices. `estimate` is the calculator in WebAssembly or the one in js/prices.js.
import { DURATIONS, MODELS, UPSCALES } from "sd2-client-catalog";
import { misuse } from "./error.js";

/** The most requests in a list. */
export const MAX_LIST = 100_000;
/** The most issues in an error. */
export const MAX_ISSUES = 10_000;

export const tableOf = estimate => {
  const rows = [];
  for (const model in MODELS) {
    for (const duration in DURATIONS) {
      for (const upscaleResolution of [null, ...Object.keys(UPSCALES)]) {
        for (const videoReference of [false, true]) {
          const row = { model, duration, upscaleResolution, videoReference };
          rows.push({ ...row, total: estimate(row).total });
        }
      }
    }
  }
  return rows;
};

export const affordableOf = (estimate, credits, filter) => {
  checkCredits(credits);
  const wanted = Object.entries(filter ?? {}).filter(([, value]) => value !== undefined);
  // Throws if no row can match the filter.
  estimate({ model: Object.keys(MODELS)[0], ...Object.fromEntries(wanted) });
  return tableOf(estimate)
    .map(row => ({ ...row, count: Math.floor(credits / row.total) }))
    .filter(row => wanted.every(([name, value]) => !(name in row) || row[name] === value));
};

export const longestOf = (estimate, credits, configuration) => {
  const { creditsPerSecond } = estimate(configuration);
  checkCredits(credits);
  return Object.keys(DURATIONS).findLast(duration => DURATIONS[duration] * creditsPerSecond <= credits) ?? null;
};

const checkCredits = credits => {
  if (!(credits >= 0 && Number.isFinite(credits))) throw misuse("credits must be a number from 0 up.");
};
