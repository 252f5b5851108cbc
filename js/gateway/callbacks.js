// Where the service calls back: an address that names the job, and that nobody else can make.
import { signCallbackUrl, verifyCallbackUrl } from "../callback.js";
import { misuse } from "../error.js";
import { known } from "../options.js";

/** A day longer than an unknown job is kept would help nobody. */
const LIFE = 25 * 3_600_000;

/** As signCallbackUrl wants it. */
const MIN_SECRET = 16;

/** The option `callbacks`, checked. `hasEnv`: each may be a function of the environment. */
export const checkCallbacks = (callbacks, hasEnv) => {
  if (callbacks == null) return undefined;
  const { origin, secret } = known(callbacks, ["origin", "secret"]);
  const isFunction = value => hasEnv && typeof value === "function";
  if (!(typeof secret === "string" && [...secret.trim()].length >= MIN_SECRET) && !isFunction(secret)) {
    throw misuse("callbacks.secret must be a string of at least 16 characters.");
  }
  return { origin: originOption("callbacks.origin", origin, hasEnv), secret };
};

/** The gateway's own origin as it was given, checked; with `hasEnv` it may be a function of the environment. */
export const originOption = (name, origin, hasEnv) =>
  hasEnv && typeof origin === "function" ? async env => toOrigin(name, await origin(env)) : toOrigin(name, origin);

const toOrigin = (name, origin) => {
  let given;
  try {
    given = new URL(origin);
  } catch {
    // It is none.
  }
  if (!/^https?:$/.test(given?.protocol) || given.origin !== String(origin).replace(/\/$/, "")) {
    throw misuse(`${name} must be the gateway's own origin as the service reaches it, such as https://app.example.`);
  }
  return given.origin;
};

/** The address for a job of an account. */
export const callbackUrl = (origin, basePath, secret, account, id) =>
  signCallbackUrl(`${origin}${basePath}/callback/${encodeURIComponent(account)}`, secret, {
    ref: JSON.stringify([account, id]),
    expiresAt: Date.now() + LIFE,
  });

/** The job of an address that was called: `{ account, id }`, or nothing if it was not made here, or is too old. */
export const referenceOf = async (request, origin, secret) => {
  const { pathname, search } = new URL(request.url);
  // A proxy in front may have changed the origin.
  const found = await verifyCallbackUrl(origin + pathname + search, secret);
  if (!found) return undefined;
  const [account, id] = JSON.parse(found.ref);
  return { account, id };
};
