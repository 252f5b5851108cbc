// The gateway's HTTP interface: routes, permissions and responses.
import { BrokenBody, hashOf, MAX_BODY, readBody } from "./body.js";
import { parse } from "../exchange.js";
import { json, refuse, toResponse } from "./answers.js";
import { isTooDeep } from "./depth.js";
import { toGrant } from "./grant.js";
import { valueOf } from "./options.js";
import { corsHeaders, originOf, ownOrigin, preflightHeaders } from "./origins.js";
import { cancelUpload, endUpload, putPart, serveFile, startUpload, uploadState } from "./uploads.js";

const KEY = /^[\x21-\x7e]{1,200}$/;
/** No request of the service nests deeper than 3. */
const DEPTH = 20;
const HEADERS = { "cache-control": "no-store", "x-content-type-options": "nosniff" };

/**
 * Returns the function that responds to a Request. `authorize`, `origins` and `basePath` are the app's options. `check` prices a request.
 * `engineOf(account, …context)` returns the account's engine, or one that forwards its calls. `referenceOf(request, …context)` returns the
 * job of a callback. `uploads` has `maxBytes`, `judge`, `storeOf(…context)` and perhaps `origin`. `onError` gets the errors of the app's
 * functions.
 */
export const createProtocol =
  ({ authorize, origins, basePath, check, engineOf, referenceOf, uploads, onError }) =>
  async (request, ...context) => {
    const path = pathOf(request, basePath);
    if (path === undefined) return refuse(404, "not_found", "Not found.");
    const from = originOf(request, origins);
    const setHeaders = (response, headers) => {
      for (const name in headers) response.headers.set(name, headers[name]);
      return response;
    };
    const allowing = response => setHeaders(response, { vary: "Origin", ...corsHeaders(from) });
    const respond = response => setHeaders(allowing(response), HEADERS);
    try {
      if (path.startsWith("/callback/")) return await callback(request, context);
      if (uploads && path.startsWith("/files/") && /^(GET|HEAD)$/.test(request.method)) {
        return allowing(await serveFile(request, path, await uploads.storeOf(...context)));
      }
      if (!from.isAllowed) return respond(refuse(403, "forbidden", "This page may not use the gateway: see origins."));
      if (request.method === "OPTIONS") return new Response(null, { status: 204, headers: preflightHeaders(from) });
      const route = ROUTES.find(([method, pattern]) => method === request.method && pattern.test(path));
      if (!route) return respond(refuse(404, "not_found", "The gateway has no such endpoint."));
      const [method, pattern, handle] = route;
      if (method !== "GET" && request.headers.has("cookie") && !from.isSure) {
        return respond(refuse(403, "forbidden", "A request with cookies must come from a page that origins allows."));
      }
      const grant = await grantOf(request, context);
      if (!grant) return respond(refuse(401, "unauthorized", "Sign in first."));
      const engine = await engineOf(grant.account, ...context);
      const details = { request, grant, engine, check, onError, match: pattern.exec(path) };
      if (path.startsWith("/uploads")) {
        if (!uploads) return respond(refuse(404, "not_found", "This gateway does not accept uploads."));
        const origin = (await valueOf(uploads.origin, ...context)) ?? ownOrigin(request, from);
        details.uploads = { ...uploads, basePath, origin, store: await uploads.storeOf(...context) };
      }
      return respond(await handle(details));
    } catch (error) {
      // A broken connection is not an error of the app.
      if (!(error instanceof BrokenBody)) onError(error);
      return respond(refuse(error instanceof Refused ? 500 : 503, "server_error", "The gateway failed. Try again.", 5));
    }

    async function grantOf() {
      try {
        const given = await authorize(request, ...context);
        return given ? toGrant(given) : null;
      } catch (error) {
        throw new Refused("authorize failed", { cause: error });
      }
    }

    /** Needs no grant, because only the service knows the URL. */
    async function callback() {
      const found = request.method === "POST" && (await referenceOf?.(request, ...context));
      if (!found) return refuse(404, "not_found", "Not found.");
      const text = await readBody(request);
      const engine = await engineOf(found.account, ...context);
      const isHeard = text === undefined || (await engine.callBack(found.id, parse(text)));
      // After any status but 2xx, the service calls again.
      return isHeard ? new Response(null, { status: 204 }) : refuse(503, "server_error", "Call again.", 1);
    }
  };

/** A function of the app failed, so a retry would not help. */
class Refused extends Error {}

/** Requires JSON, which a form of another site cannot send, and adds the key that identifies a repeated request. */
const keyed = handle => async details => {
  const { headers } = details.request;
  if (!/^application\/json\s*(;|$)/i.test(headers.get("content-type") ?? "")) {
    return refuse(400, "invalid_request", "Send JSON, with Content-Type: application/json.");
  }
  const key = headers.get("idempotency-key") ?? crypto.randomUUID();
  if (!KEY.test(key)) {
    return refuse(400, "invalid_request", "Idempotency-Key must be 1 to 200 visible ASCII characters.");
  }
  return handle({ ...details, key });
};

/** Requires that `authorize` has not read the body. */
const withBody = handle => async details => {
  if (details.request.bodyUsed) throw new Refused("authorize has read the body: let it read request.clone().");
  return handle(details);
};

const createTask = async ({ request, grant, engine, check, onError, key }) => {
  const text = await readBody(request);
  if (text === undefined) {
    return refuse(413, "invalid_request", `The body is larger than ${MAX_BODY} bytes.`);
  }
  const value = parse(text) ?? null;
  if (isTooDeep(value, DEPTH))
    return refuse(400, "invalid_request", "The request is not valid: it is nested too deeply.");
  const { user, allow, budget, limits } = grant;
  const hash = await hashOf(text);
  // A create that was accepted stays accepted, even if `allow` would refuse it now.
  const known = await engine.repeat({ user, key, hash });
  if (known) return toResponse(known);
  const checked = check(value, grant.assets);
  if (checked.refusal) return toResponse(checked.refusal);
  const { request: accepted, price } = checked;
  if (allow) {
    const verdict = await allowed(allow, { request: parse(JSON.stringify(accepted)), credits: price }, onError);
    if (verdict) return verdict;
  }
  return toResponse(await engine.create({ user, key, hash, request: accepted, price, budget, limits }));
};

const allowed = async (allow, about) => {
  let verdict;
  try {
    verdict = await allow(about);
  } catch (error) {
    throw new Refused("allow failed", { cause: error });
  }
  if (verdict === true) return;
  return refuse(403, "forbidden", typeof verdict === "string" ? verdict : "This request is not allowed.");
};

const queryTask = async ({ request, grant, engine }) => {
  const task = await engine.query(grant.user, new URL(request.url).searchParams.get("taskId"));
  return task ? json(200, task) : refuse(404, "not_found", "Task not found.");
};

const credits = async ({ grant, engine }) => {
  if (!grant.budget) return refuse(404, "not_found", "No budget is set for you.");
  return json(200, await engine.balance(grant.user, grant.budget));
};

const events = async ({ grant, engine }) => {
  const stream = await engine.stream(grant.user);
  if (!stream) return refuse(429, "concurrency_limit", "You have too many open streams. Poll instead.", 60);
  // Without the last header, some proxies hold a stream back until it ends.
  const headers = { "content-type": "text/event-stream; charset=utf-8", "x-accel-buffering": "no" };
  return new Response(stream, { headers });
};

const cancel = async ({ grant, engine, match }) => {
  const task = await engine.cancel(grant.user, decode(match[1]));
  if (task) return json(200, task);
  return task === false
    ? refuse(409, "conflict", "The task is no longer in the queue, so it cannot be cancelled.")
    : refuse(404, "not_found", "Task not found.");
};

const ROUTES = [
  ["POST", /^\/jobs\/createTask$/, keyed(withBody(createTask))],
  ["GET", /^\/jobs\/queryTask$/, queryTask],
  ["GET", /^\/account\/credits$/, credits],
  ["GET", /^\/jobs\/events$/, events],
  ["DELETE", /^\/jobs\/([^/]+)$/, cancel],
  ["POST", /^\/uploads$/, keyed(withBody(startUpload))],
  // POST, because apps route only GET, POST and DELETE to the gateway.
  ["POST", /^\/uploads\/([\w-]{1,60})\/(\d{1,6})$/, withBody(putPart)],
  ["POST", /^\/uploads\/([\w-]{1,60})$/, endUpload],
  ["GET", /^\/uploads\/([\w-]{1,60})$/, uploadState],
  ["DELETE", /^\/uploads\/([\w-]{1,60})$/, cancelUpload],
];

/** The path relative to `basePath`, or undefined if it is not below it. */
const pathOf = ({ url }, basePath) => {
  const { pathname } = new URL(url);
  return pathname.startsWith(`${basePath}/`) ? pathname.slice(basePath.length) : undefined;
};

const decode = text => {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
};
