// Checks the option `uploads` when the app starts.
import { misuse } from "../error.js";
import { known } from "../options.js";
import { originOption } from "./callbacks.js";
import { valueOf } from "./options.js";

/** More than a 15 s video from a phone. */
const MAX_BYTES = 200_000_000;

/**
 * `place` is the name of the option for the store. `check` turns its value into a function of a request's context that returns an object
 * with `put`, `get` and `delete`. `fallback` is the origin of callbacks. With `hasEnv`, the origin may be a function of the environment.
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

/** Checks the app's store. */
export const checkStore = store => {
  if (["put", "get", "delete"].some(name => typeof store?.[name] !== "function")) {
    throw misuse("uploads.store must have the functions put, get and delete, like the result of folderUploads.");
  }
  return () => store;
};

/** Checks an R2 bucket, or a function of the environment that returns it. */
export const checkBucket = given => {
  if (given == null || (typeof given !== "function" && typeof given.put !== "function")) {
    throw misuse("uploads.bucket must be a function that returns the R2 bucket, such as env => env.UPLOADS.");
  }
  return async env => {
    const bucket = await valueOf(given, env);
    if (typeof bucket?.put !== "function") throw misuse("uploads.bucket did not return an R2 bucket.");
    return bucket;
  };
};
