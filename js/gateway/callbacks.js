// The URLs of callbacks. Each names its job, and only the gateway can make one.
import { signCallbackUrl, verifyCallbackUrl } from "../callback.js";
import { misuse } from "../error.js";
import { known } from "../options.js";

/** An unknown job expires after a day; a later callback has no use. */
const LIFE = 25 * 3_600_000;

/** The minimum of signCallbackUrl. */
const MIN_SECRET = 16;

/** Checks the option `callbacks`. With `hasEnv`, each value may be a function of the environment. */
export const checkCallbacks = (callbacks, hasEnv) => {
  if (callbacks == null) return undefined;
  const { origin, secret } = known(callbacks, ["origin", "secret"]);
  const isFunction = value => hasEnv && typeof value === "function";
  if (!(typeof secret === "string" && [...secret.trim()].length >= MIN_SECRET) && !isFunction(secret)) {
    throw misuse("callbacks.secret must be a string of at least 16 characters.");
  }
  return { origin: originOption("callbacks.origin", origin, hasEnv), secret };
};

/** Checks an option for the gateway's own origin. With `hasEnv`, it may be a function of the environment. */
export const originOption = (name, origin, hasEnv) =>
  hasEnv && typeof origin === "function" ? async env => toOrigin(name, await origin(env)) : toOrigin(name, origin);

const toOrigin = (name, origin) => {
  let given;
  try {
    given = new URL(origin);
  } catch {
    // Not a URL.
  }
  if (!/^https?:$/.test(given?.protocol) || given.origin !== String(origin).replace(/\/$/, "")) {
    throw misuse(`${name} must be the gateway's own origin as the service reaches it, such as https://app.example.`);
  }
  return given.origin;
};

/** The callback URL for a job of an account. */
export const callbackUrl = (origin, basePath, secret, account, id) =>
  signCallbackUrl(`${origin}${basePath}/callback/${encodeURIComponent(account)}`, secret, {
    ref: JSON.stringify([account, id]),
    expiresAt: Date.now() + LIFE,
  });

/** The job of a callback: `{ account, id }`, or undefined if its URL was not made here or has expired. */
export const referenceOf = async (request, origin, secret) => {
  const { pathname, search } = new URL(request.url);
  // A proxy in front may have changed the origin.
  const found = await verifyCallbackUrl(origin + pathname + search, secret);
  if (!found) return undefined;
  const [account, id] = JSON.parse(found.ref);
  return { account, id };
};
