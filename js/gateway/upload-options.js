// The option `uploads`, checked: a mistake should show when the app starts.
import { misuse } from "../error.js";
import { known } from "../options.js";

/** A video of 15 s from a phone has less. */
const MAX_BYTES = 200_000_000;

/**
 * `place` is the option by which this entry is told where the bytes are; `check` makes of its value a function of a request's context that
 * gives something with `put`, `get` and `delete`. `fallback` is the origin of callbacks.
 */
export const checkUploads = (uploads, place, check, fallback) => {
  if (uploads == null) return undefined;
  const { origin = fallback, maxBytes = MAX_BYTES, [place]: given } = known(uploads, [place, "origin", "maxBytes"]);
  if (!(Number.isSafeInteger(maxBytes) && maxBytes > 0)) throw misuse("uploads.maxBytes must be a number of bytes.");
  if (origin !== undefined && !isOrigin(origin)) {
    throw misuse(
      "uploads.origin must be the gateway's own origin as the service reaches it, such as https://app.example.",
    );
  }
  return { origin, maxBytes, storeOf: check(given) };
};

/** A store of the app. */
export const checkStore = store => {
  if (["put", "get", "delete"].some(name => typeof store?.[name] !== "function")) {
    throw misuse("uploads.store must have put, get and delete, as what folderUploads gives.");
  }
  return () => store;
};

const isOrigin = origin => {
  try {
    const url = new URL(origin);
    return /^https?:$/.test(url.protocol) && url.origin === origin;
  } catch {
    return false;
  }
};
