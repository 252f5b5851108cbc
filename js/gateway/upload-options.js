// The option `uploads`, checked: a mistake should show when the app starts.
import { misuse } from "../error.js";
import { known } from "../options.js";
import { originOption } from "./callbacks.js";
import { valueOf } from "./options.js";

/** A video of 15 s from a phone has less. */
const MAX_BYTES = 200_000_000;

/**
 * `place` is the option by which this entry is told where the bytes are; `check` makes of its value a function of a request's context that
 * gives something with `put`, `get` and `delete`. `fallback` is the origin of callbacks. `hasEnv`: the origin may be a function of it.
 */
export const checkUploads = (uploads, place, check, fallback, hasEnv) => {
  if (uploads == null) return undefined;
  const { origin, maxBytes = MAX_BYTES, [place]: given } = known(uploads, [place, "origin", "maxBytes"]);
  if (!(Number.isSafeInteger(maxBytes) && maxBytes > 0)) throw misuse("uploads.maxBytes must be a number of bytes.");
  return {
    origin: origin === undefined ? fallback : originOption("uploads.origin", origin, hasEnv),
    maxBytes,
    storeOf: check(given),
  };
};

/** A store of the app. */
export const checkStore = store => {
  if (["put", "get", "delete"].some(name => typeof store?.[name] !== "function")) {
    throw misuse("uploads.store must have put, get and delete, as what folderUploads gives.");
  }
  return () => store;
};

/** A bucket of R2, or a function that gives it for the environment. */
export const checkBucket = given => {
  if (given == null || (typeof given !== "function" && typeof given.put !== "function")) {
    throw misuse("uploads.bucket must be a function that gives the R2 bucket, such as env => env.UPLOADS.");
  }
  return async env => {
    const bucket = await valueOf(given, env);
    if (typeof bucket?.put !== "function") throw misuse("uploads.bucket gave no R2 bucket.");
    return bucket;
  };
};
