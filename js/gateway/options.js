// The options that both createGateway functions share. They are checked when the app starts.
import { misuse } from "../error.js";
import { known } from "../options.js";
import { trim } from "../text.js";
import { checkCallbacks } from "./callbacks.js";

const SHARED = [
  "apiKey",
  "authorize",
  "basePath",
  "origins",
  "callbacks",
  "onEnd",
  "onError",
  "baseUrl",
  "fetch",
  "generation",
];
const SERVICE = "https://seegen.ai/api/v1";

/**
 * The options with their defaults. `own` are the names of further options, which the caller checks. With `hasEnv`, options may be functions
 * of the environment, see valueOf.
 */
export const checkOptions = (options, own, hasEnv = false) => {
  const {
    apiKey,
    authorize,
    basePath = "/api/sd2",
    origins = [],
    callbacks,
    onEnd,
    onError = error => console.error(error),
    baseUrl,
    fetch = (...request) => globalThis.fetch(...request),
    generation,
    ...rest
  } = known(options, [...SHARED, ...own]);
  if (typeof authorize !== "function") {
    throw misuse("createGateway needs authorize: without it, everybody could spend the account's credits.");
  }
  if (!isKey(apiKey) && typeof apiKey !== "function") {
    throw misuse("createGateway needs apiKey: the account's key, or a function that returns it.");
  }
  checkFunctions({ onEnd, onError, fetch });
  if (!/^(\/[^/?#]+)+$/.test(basePath))
    throw misuse("basePath must be a path such as /api/sd2, without a slash at its end.");
  if (!Array.isArray(origins) || origins.some(origin => !isOrigin(origin))) {
    throw misuse("origins must be a list of origins such as https://app.example.");
  }
  return {
    apiKey,
    authorize,
    basePath,
    origins,
    callbacks: checkCallbacks(callbacks, hasEnv),
    onEnd,
    onError,
    baseUrl,
    fetch,
    generation,
    ...rest,
  };
};

/** The value of an option, which may be a function. */
export const valueOf = async (option, ...context) => (typeof option === "function" ? option(...context) : option);

/** Whether this can be sent as a key. Any other header would fail only after the create counts as sent. */
export const isKey = key => typeof key === "string" && /^[\x21-\x7e]+$/.test(trim(key));

export const checkFunctions = options => {
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined && typeof value !== "function") throw misuse(`${name} must be a function.`);
  }
};

/** The service's URL without a slash at its end. */
export const toService = (baseUrl = SERVICE) => {
  if (!isService(baseUrl))
    throw misuse("baseUrl must be https, or others can read the key. Only on this machine it may be http.");
  return String(baseUrl).replace(/\/+$/, "");
};

const isService = baseUrl => {
  try {
    const { protocol, hostname } = new URL(baseUrl);
    return protocol === "https:" || (protocol === "http:" && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname));
  } catch {
    return false;
  }
};

const isOrigin = origin => {
  try {
    return new URL(origin).origin === origin;
  } catch {
    return false;
  }
};
