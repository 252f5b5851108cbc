// The entry `sd2-client/offline`: validation and prices in a module of their own, without the client.
import { DURATIONS, MODELS, UPSCALES } from "sd2-client-catalog";
import { MODES } from "sd2-client-rules";
import { misuse, Sd2Error } from "../error.js";
import { ask, init } from "./instance.js";
import { keep, knownPrice } from "./known.js";

export { cleanRequest } from "../clean.js";
export { init };
export { Sd2Error };

/** Requests in one list, and issues in one error. */
const MAX_LIST = 100_000;
const MAX_ISSUES = 10_000;

const isError = ({ severity }) => severity === "error";

export const validateRequest = (request, options) => {
  const { code, issues, price } = ask(request, options, false);
  return { valid: code < 8, mode: MODES[code & 7], issues, credits: price?.total ?? null };
};

// A Standard Schema v1: https://standardschema.dev
export const requestSchema = {
  "~standard": {
    version: 1,
    vendor: "sd2-client",
    validate(value) {
      const { valid, issues } = validateRequest(value);
      return valid ? { value } : { issues: issues.filter(isError) };
    },
  },
};

export const estimateCredits = (request) => {
  const { issues, price } = ask(request, undefined, true);
  return price ?? refuse(issues);
};

export const estimateMany = (requests) => {
  let length;
  try {
    if (Array.isArray(requests)) ({ length } = requests);
  } catch {
    // It is a revoked proxy.
  }
  if (!(length <= MAX_LIST)) throw misuse(`Give an array of at most ${MAX_LIST} requests.`);
  const prices = [];
  const issues = [];
  for (let index = 0; index < length; index++) {
    let request;
    try {
      request = requests[index];
    } catch {
      // As one value it is what it is: unreadable.
      request = { toJSON: unreadable };
    }
    const price = knownPrice(request);
    if (price) {
      prices.push({ ...price });
      continue;
    }
    const found = ask(request, undefined, true);
    prices.push(found.price);
    if (found.price) keep(request, found.price);
    else if (issues.length < MAX_ISSUES) {
      for (const issue of found.issues) issues.push({ ...issue, path: [index, ...issue.path] });
    }
  }
  return issues.length ? refuse(issues) : prices;
};

const unreadable = () => {
  throw undefined;
};

const refuse = (issues) => {
  const [{ path, message }, more] = issues.filter(isError);
  const first = [...path, message].join(": ");
  throw new Sd2Error(`The request is not valid: ${first}${more ? " (There is more: see issues.)" : ""}`, {
    code: "invalid_request",
    retryable: false,
    issues,
  });
};

export const priceTable = () => {
  const rows = [];
  for (const model in MODELS) {
    for (const duration in DURATIONS) {
      for (const upscaleResolution of [null, ...Object.keys(UPSCALES)]) {
        for (const videoReference of [false, true]) {
          const row = { model, duration, upscaleResolution, videoReference };
          rows.push({ ...row, total: estimateCredits(row).total });
        }
      }
    }
  }
  return rows;
};

export const affordable = (credits, filter) => {
  checkCredits(credits);
  const wanted = Object.entries(filter ?? {}).filter(([, value]) => value !== undefined);
  // A filter that no row can match is a mistake rather than an empty table.
  estimateCredits({ model: Object.keys(MODELS)[0], ...Object.fromEntries(wanted) });
  return priceTable()
    .map((row) => ({ ...row, count: Math.floor(credits / row.total) }))
    .filter((row) => wanted.every(([name, value]) => !(name in row) || row[name] === value));
};

export const longestDuration = (credits, configuration) => {
  const { creditsPerSecond } = estimateCredits(configuration);
  checkCredits(credits);
  const isPaid = (duration) => creditsPerSecond * DURATIONS[duration] <= credits;
  return Object.keys(DURATIONS).findLast(isPaid) ?? null;
};

const checkCredits = (credits) => {
  if (!(credits >= 0 && Number.isFinite(credits))) throw misuse("credits must be a number from 0 up.");
};
