// Validation and prices, offline. The build replaces "sd2-client-ask" by js/ask.js, or by js/offline/ask.js with its smaller module.
import { ask } from "sd2-client-ask";
import { MODES } from "sd2-client-rules";
import { misuse } from "./error.js";
import { invalid, isError } from "./issues.js";
import { keep, knownPrice } from "./known.js";
import { affordableOf, longestOf, MAX_ISSUES, MAX_LIST, tableOf } from "./tables.js";

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

export const estimateCredits = request => {
  const { issues, price } = ask(request, undefined, true);
  return price ?? refuse(issues);
};

export const estimateMany = requests => {
  let length;
  try {
    if (Array.isArray(requests)) ({ length } = requests);
  } catch {
    // A revoked proxy.
  }
  if (!(length <= MAX_LIST)) throw misuse(`Pass an array of at most ${MAX_LIST} requests.`);
  const prices = [];
  const issues = [];
  for (let index = 0; index < length; index++) {
    let request;
    try {
      request = requests[index];
    } catch {
      // The getter of an item threw.
      request = { toJSON: unreadable };
    }
    const price = knownPrice(request);
    if (price) {
      prices.push({ ...price });
      continue;
    }
    const found = ask(request, undefined, true);
    prices.push(found.price);
    if (found.price) keep(request, { ...found.price });
    else if (issues.length < MAX_ISSUES) {
      for (const issue of found.issues) issues.push({ ...issue, path: [index, ...issue.path] });
    }
  }
  return issues.length ? refuse(issues) : prices;
};

const unreadable = () => {
  throw undefined;
};

const refuse = issues => {
  throw invalid(issues);
};

export const priceTable = () => tableOf(estimateCredits);

export const affordable = (credits, filter) => affordableOf(estimateCredits, credits, filter);

export const longestDuration = (credits, configuration) => longestOf(estimateCredits, credits, configuration);
