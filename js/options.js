// The options that callers give. To ignore a misspelled one could send a paid request to the wrong place, or without limits.
import { misuse } from "./error.js";

const CALL = ["signal", "timeoutMs", "pollIntervalMs", "progressIntervalMs", "onCreated", "onUpdate"];
const RESUME = [...CALL, "concurrency"];
const BATCH = [...RESUME, "maxCredits"];
const CLIENT = [
  "apiKey",
  "baseUrl",
  "gateway",
  "fetch",
  "headers",
  "timeoutMs",
  "maxRetries",
  "validate",
  "concurrency",
  "allowInsecure",
  "streamCreates",
  "logger",
  "store",
];

export const clientOptions = options => known(options, CLIENT);

export const callOptions = options => known(options, CALL);

export const resumeOptions = options => known(options, RESUME);

export const batchOptions = options => known(options, BATCH);

/** The options, if they are an object that has no other names. */
export const known = (options, names) => {
  if (options == null) return {};
  // A signal, a promise or a list is an object, too, but has no options.
  if (!["[object Object]", "[object Module]"].includes({}.toString.call(options))) {
    throw misuse("The options must be an object, or left out.");
  }
  for (const name of Object.keys(options)) {
    if (names.includes(name) || options[name] === undefined) continue;
    const meant = nearest(bare(name), names);
    // Anything else than letters might be a key in a wrong place.
    const shown = /^[a-z_]{1,40}$/i.test(name) ? ` ${name}` : " of this name";
    throw misuse(`There is no option${shown}${meant ? `: write ${meant}` : ""}. These exist: ${names.join(", ")}.`);
  }
  return options;
};

const bare = name => name.toLowerCase().replace(/[^a-z]/g, "");

/** The name that has the given one in it or is in it, else one that begins like it. */
const nearest = (given, names) =>
  given.length > 2 &&
  (names.find(name => bare(name).includes(given) || given.includes(bare(name))) ??
    names.find(name => bare(name).startsWith(given.slice(0, 3))));
