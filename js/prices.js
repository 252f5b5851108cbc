// The calculator in plain JavaScript. "sd2-client-catalog", which xtask/src/prices.rs generates, has the numbers and messages of
// src/rules/catalog.rs and src/rules/rule.rs. tests/package/rules/ compares the results with the default entry.
import { misuse, Sd2Error } from "./error.js";
import {
  BAD_DURATION,
  BAD_UPSCALE,
  DEFAULT_DURATION,
  DURATIONS,
  MODEL_MISSING,
  MODELS,
  NOT_OBJECT,
  NOT_PRICED,
  UNKNOWN_MODEL,
  UPSCALES,
  VIDEO_REFERENCE_FACTOR,
  WRONG_TYPE,
} from "sd2-client-catalog";
import { affordableOf, longestOf, MAX_ISSUES, MAX_LIST, tableOf } from "./tables.js";

export { Sd2Error };

/** How many characters of a caller's value a message quotes. */
const MAX_QUOTE = 100;

const PRICED = ["model", "duration", "upscaleResolution", "videoReference"];
/** Fields of requests and of table rows that a configuration may also have. They do not affect the price. */
const UNPRICED = ["prompt", "urls", "audioUrls", "resolution", "videoInputMode", "callBackUrl", "total", "count"];

export const estimateCredits = request => {
  const issues = [];
  const price = estimate([request], 0, [], issues);
  check(issues);
  return price;
};

export const estimateMany = requests => {
  const found = read([requests], 0);
  const { length } = found;
  if (!(length <= MAX_LIST))
    throw misuse(`Pass an array of at most ${MAX_LIST} requests, not ${length ?? kindOf(found)}.`);
  const issues = [];
  const prices = Array.from({ length }, (_, index) => estimate(requests, index, [index], issues));
  check(issues);
  return prices;
};

export const priceTable = () => tableOf(estimateCredits);

export const affordable = (credits, filter) => affordableOf(estimateCredits, credits, filter);

export const longestDuration = (credits, configuration) => longestOf(estimateCredits, credits, configuration);

const priceOf = (model, duration, upscaleResolution, hasReference) => {
  const durationSeconds = DURATIONS[duration];
  const base = MODELS[model] * durationSeconds;
  const videoReference = hasReference ? base * (VIDEO_REFERENCE_FACTOR - 1) : 0;
  const upscale = (UPSCALES[upscaleResolution] ?? 0) * durationSeconds;
  const total = base + videoReference + upscale;
  return { total, base, videoReference, upscale, durationSeconds, creditsPerSecond: total / durationSeconds, model };
};

/** The price of one item of a list, which is a request or a configuration. Adds its errors to `issues`. */
const estimate = (list, index, path, issues) => {
  const add = ([code, words], name, argument = "", suggestion) => {
    if (issues.length === MAX_ISSUES) return;
    const message = words.replace("{}", () => argument.slice(0, MAX_QUOTE));
    issues.push({
      path: name ? [...path, name] : path,
      code,
      severity: "error",
      message,
      ...(suggestion && { suggestion }),
    });
  };
  const addType = (name, wanted, found) => add(WRONG_TYPE, name, `${wanted}, not ${kindOf(found)}`);
  /** Reads a field whose value must be a key of `table`. */
  const choose = (name, table, rule, suggest) => {
    const found = read(fields, name);
    const { value } = found;
    const isSeconds = table === DURATIONS && typeof value === "number";
    if (typeof value !== "string" && !isSeconds)
      addType(name, table === DURATIONS ? 'a string such as "5s"' : "a string", found);
    else if (isSeconds || !Object.hasOwn(table, value))
      add(
        rule,
        name,
        "",
        Object.keys(table).find(id => suggest(value, id)),
      );
    return value;
  };

  const whole = read(list, index);
  let { fields } = whole;
  if (!fields) return add(NOT_OBJECT, "", kindOf(whole));

  let model;
  if (fields.model === undefined) add(MODEL_MISSING, "model");
  else model = choose("model", MODELS, UNKNOWN_MODEL, isMeant);

  let hasReference = false;
  const isRequest = fields.inputs !== undefined;
  if (isRequest) {
    const inputs = read(fields, "inputs");
    if (!inputs.fields) return addType("inputs", "an object", inputs);
    ({ fields } = inputs);
    path = [...path, "inputs"];
    if (fields.videoUrls !== undefined) {
      const videos = read(fields, "videoUrls");
      hasReference = videos.length > 0;
      if (videos.length === undefined) addType("videoUrls", "an array of URLs", videos);
    }
  }

  let duration = DEFAULT_DURATION;
  if (fields.duration !== undefined) {
    duration = choose(
      "duration",
      DURATIONS,
      BAD_DURATION,
      (given, id) => id === `${typeof given === "number" ? given : +/^\d*/.exec(given)}s`,
    );
  }

  let upscale;
  // Table rows have null for no upscale. In a request it is an error, because the documentation does not allow it.
  const isNone = fields.upscaleResolution === undefined || (fields.upscaleResolution === null && !isRequest);
  if (!isNone) {
    upscale = choose("upscaleResolution", UPSCALES, BAD_UPSCALE, (text, id) => text.trim().toLowerCase() === id);
  }

  if (!isRequest) {
    if (fields.videoReference !== undefined) {
      const flag = read(fields, "videoReference");
      hasReference = flag.value;
      if (typeof hasReference !== "boolean") addType("videoReference", "true or false", flag);
    }
    for (const name in fields) {
      if (fields[name] === undefined || PRICED.includes(name) || UNPRICED.includes(name)) continue;
      // In a configuration, ignoring an unknown field could make the price wrong.
      add(NOT_PRICED, name, name, name === "videoUrls" ? "videoReference" : PRICED.find(known => isMeant(name, known)));
    }
  }
  return issues.length ? undefined : priceOf(model, duration, upscale, hasReference);
};

const check = issues => {
  const [first] = issues;
  if (!first) return;
  const place = first.path.map(step => `${step}: `).join("");
  const more = issues[1] ? " (More errors: see issues.)" : "";
  throw new Sd2Error(`The request is not valid: ${place}${first.message}${more}`, {
    code: "invalid_request",
    retryable: false,
    issues,
  });
};

const UNREADABLE = Symbol();

/**
 * Reads a property once. Returns a copy of the `fields` of an object, the `length` of an array, or a primitive `value`. Never
 * throws.
 */
const read = (holder, name) => {
  try {
    let value = holder[name];
    if (isObject(value) && typeof value.toJSON === "function") value = value.toJSON();
    if (!isObject(value)) return { value };
    return Array.isArray(value) ? { length: value.length } : { fields: { ...value } };
  } catch {
    return { value: UNREADABLE };
  }
};

const isObject = value => value && typeof value === "object";

/** The type of what was read, in the words of `Value::kind` in src/value.rs. */
const kindOf = ({ value, fields, length }) => {
  if (fields) return "an object";
  if (length !== undefined) return "an array";
  if (value === UNREADABLE) return "something unreadable";
  return value == null ? `${value}` : `a ${typeof value === "bigint" ? "BigInt" : typeof value}`;
};

/** Whether a name is probably meant as the known one. Same rule as `nearest` in src/rules/guess.rs. */
const isMeant = (name, known) => isSimilar(name, known) || (name.length > 4 && known.startsWith(name));

const isSimilar = (a, b) => {
  const shorter = Math.min(a.length, b.length);
  const same = at => {
    let count = 0;
    while (count < shorter && a.at(at(count))?.toLowerCase() === b.at(at(count))?.toLowerCase()) count++;
    return count;
  };
  const common = same(count => count) + same(count => -1 - count);
  return Math.max(a.length, b.length) - Math.min(common, shorter) <= 2;
};
