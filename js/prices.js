// The calculator alone: plain JavaScript over the numbers and words of src/catalog.rs and src/rule.rs, which
// xtask/src/prices.rs writes into "sd2-client-catalog". tests/package/ holds it against the default entry.
import { misuse, Sd2Error } from "./error.js";
import {
  BAD_DURATION,
  BAD_UPSCALE,
  DEFAULT_SECONDS,
  MAX_SECONDS,
  MIN_SECONDS,
  MODEL_MISSING,
  MODELS,
  NOT_OBJECT,
  NOT_PRICED,
  UNKNOWN_MODEL,
  UPSCALES,
  VIDEO_REFERENCE_FACTOR,
  WRONG_TYPE,
} from "sd2-client-catalog";

export { Sd2Error };

/** Requests in one list, and issues in one error. */
const MAX_LIST = 100_000;
const MAX_ISSUES = 10_000;

/** Characters of a caller's own words in a message. */
const MAX_QUOTE = 100;

const PRICED = ["model", "duration", "upscaleResolution", "videoReference"];
/** Fields of a request or of a table's row that a configuration may have, because no price depends on them. */
const FREE = ["prompt", "urls", "audioUrls", "resolution", "videoInputMode", "callBackUrl", "total", "count"];

export const estimateCredits = (request) => {
  const issues = [];
  const price = estimate([request], 0, [], issues);
  check(issues);
  return price;
};

export const estimateMany = (requests) => {
  const { kind, length } = read([requests], 0);
  if (!(length <= MAX_LIST)) throw misuse(`Give an array of at most ${MAX_LIST} requests, not ${length ?? kind}.`);
  const issues = [];
  const prices = Array.from({ length }, (_, index) => estimate(requests, index, [index], issues));
  check(issues);
  return prices;
};

export const priceTable = () => {
  const rows = [];
  for (const model in MODELS) {
    for (let seconds = MIN_SECONDS; seconds <= MAX_SECONDS; seconds++) {
      for (const upscaleResolution of [null, ...Object.keys(UPSCALES)]) {
        for (const videoReference of [false, true]) {
          const { total } = priceOf(model, seconds, upscaleResolution, videoReference);
          rows.push({ model, duration: `${seconds}s`, upscaleResolution, videoReference, total });
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
  const seconds = Math.min(MAX_SECONDS, Math.floor(credits / creditsPerSecond));
  return seconds < MIN_SECONDS ? null : `${seconds}s`;
};

const checkCredits = (credits) => {
  if (!(credits >= 0 && Number.isFinite(credits))) throw misuse("credits must be a number from 0 up.");
};

const priceOf = (model, durationSeconds, upscaleResolution, hasReference) => {
  const base = MODELS[model] * durationSeconds;
  const videoReference = hasReference ? base * (VIDEO_REFERENCE_FACTOR - 1) : 0;
  const upscale = (UPSCALES[upscaleResolution] ?? 0) * durationSeconds;
  const total = base + videoReference + upscale;
  return { total, base, videoReference, upscale, durationSeconds, creditsPerSecond: total / durationSeconds, model };
};

/** The price of the request or configuration in a list; adds what is wrong with it to `issues`. */
const estimate = (list, index, path, issues) => {
  const add = ([code, words], name, argument = "", suggestion) => {
    if (issues.length === MAX_ISSUES) return;
    const message = words.replace("{}", () => argument.slice(0, MAX_QUOTE));
    issues.push({ path: name ? [...path, name] : path, code, severity: "error", message, ...(suggestion && { suggestion }) });
  };
  const addType = (name, wanted, { kind }) => add(WRONG_TYPE, name, `${wanted}, not ${kind}`);
  const choose = (name, table, rule, suggest) => {
    const choice = read(fields, name);
    if (typeof choice.value !== "string") addType(name, "a string", choice);
    else if (!Object.hasOwn(table, choice.value)) add(rule, name, "", Object.keys(table).find((id) => suggest(choice.value, id)));
    return choice.value;
  };

  const whole = read(list, index);
  let { fields } = whole;
  if (!fields) return add(NOT_OBJECT, "", whole.kind);

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

  let seconds = DEFAULT_SECONDS;
  if (fields.duration !== undefined) {
    const duration = read(fields, "duration");
    seconds = typeof duration.value === "string" ? +/^\d*/.exec(duration.value) : duration.value;
    const id = isLength(seconds) && `${seconds}s`;
    if (typeof seconds !== "number") addType("duration", 'a string such as "5s"', duration);
    else if (duration.value !== id) add(BAD_DURATION, "duration", "", id);
  }

  let upscale;
  // A row of the table says null for none. The service is not known to take that.
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
      if (fields[name] === undefined || PRICED.includes(name) || FREE.includes(name)) continue;
      // The service may ignore an unknown field of a request. Here it would make the price silently wrong.
      add(NOT_PRICED, name, name, name === "videoUrls" ? "videoReference" : PRICED.find((known) => isMeant(name, known)));
    }
  }
  return issues.length ? undefined : priceOf(model, seconds, upscale, hasReference);
};

const check = (issues) => {
  const [first] = issues;
  if (!first) return;
  const place = first.path.map((step) => `${step}: `).join("");
  const more = issues[1] ? " (There is more: see issues.)" : "";
  throw new Sd2Error(`The request is not valid: ${place}${first.message}${more}`, { code: "invalid_request", retryable: false, issues });
};

const isLength = (seconds) => Number.isInteger(seconds) && seconds >= MIN_SECONDS && seconds <= MAX_SECONDS;

/**
 * What stands in a list or an object, read once: what it is in words, and a copy of an object's own fields, the
 * length of an array, or a primitive value. Never throws.
 */
const read = (holder, name) => {
  try {
    let value = holder[name];
    if (value && typeof value === "object" && typeof value.toJSON === "function") value = value.toJSON();
    if (Array.isArray(value)) return { kind: "an array", length: value.length };
    if (value == null) return { kind: `${value}` };
    if (typeof value === "object") return { kind: "an object", fields: { __proto__: null, ...value } };
    return { kind: `a ${typeof value === "bigint" ? "BigInt" : typeof value}`, value };
  } catch {
    return { kind: "something unreadable" };
  }
};

/** Whether a name probably stands for a known one, by the rule of `nearest` in src/validate.rs. */
const isMeant = (name, known) => isSimilar(name, known) || (name.length > 4 && known.startsWith(name));

const isSimilar = (a, b) => {
  const shorter = Math.min(a.length, b.length);
  const same = (at) => {
    let count = 0;
    while (count < shorter && a.at(at(count))?.toLowerCase() === b.at(at(count))?.toLowerCase()) count++;
    return count;
  };
  const common = same((count) => count) + same((count) => -1 - count);
  return Math.max(a.length, b.length) - Math.min(common, shorter) <= 2;
};
