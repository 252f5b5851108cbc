// The names of all options. An unknown option is an error: ignoring a misspelled one could send a paid request to the wrong place or
// without a limit.
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

/** Returns the options. Throws if they are not an object, or have other names. */
export const known = (options, names) => {
  if (options == null) return {};
  // A signal, a promise or an array is an object, too, but not one of options.
  if (!["[object Object]", "[object Module]"].includes({}.toString.call(options))) {
    throw misuse("The options must be an object, or left out.");
  }
  for (const name of Object.keys(options)) {
    if (names.includes(name) || options[name] === undefined) continue;
    const meant = nearest(bare(name), names);
    // A name with other characters than letters may be a misplaced API key.
    const shown = /^[a-z_]{1,40}$/i.test(name) ? ` ${name}` : " of this name";
    throw misuse(`There is no option${shown}${meant ? `: write ${meant}` : ""}. These exist: ${names.join(", ")}.`);
  }
  return options;
};

const bare = name => name.toLowerCase().replace(/[^a-z]/g, "");

/** A name that contains the given one or is contained in it, or else one that begins alike. */
const nearest = (given, names) =>
  given.length > 2 &&
  (names.find(name => bare(name).includes(given) || given.includes(bare(name))) ??
    names.find(name => bare(name).startsWith(given.slice(0, 3))));
