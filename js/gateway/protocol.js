// The gateway's HTTP: who may ask what, and how it is answered.
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
 * Gives what answers a Request. `authorize`, `origins`, `basePath` are the app's; `check` prices a request; `engineOf(account, …context)`
 * gives the account's engine, or something that passes its calls on; `referenceOf(request, …context)` the job of a callback's address;
 * `uploads` has `origin` or nothing, `maxBytes`, `judge`, and `storeOf(…context)`, which gives the place of the bytes; `onError` is told
 * what an app's function threw.
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
      if (!route) return respond(refuse(404, "not_found", "The gateway has no such address."));
      const [method, pattern, handle] = route;
      if (method !== "GET" && request.headers.has("cookie") && !from.isSure) {
        return respond(refuse(403, "forbidden", "A request with cookies must come from a page that origins names."));
      }
      const grant = await grantOf(request, context);
      if (!grant) return respond(refuse(401, "unauthorized", "Sign in first."));
      const engine = await engineOf(grant.account, ...context);
      const details = { request, grant, engine, check, onError, match: pattern.exec(path) };
      if (path.startsWith("/uploads")) {
        if (!uploads) return respond(refuse(404, "not_found", "This gateway takes no uploads."));
        const origin = (await valueOf(uploads.origin, ...context)) ?? ownOrigin(request, from);
        details.uploads = { ...uploads, basePath, origin, store: await uploads.storeOf(...context) };
      }
      return respond(await handle(details));
    } catch (error) {
      // What visitors do is no error of the app's.
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

    /** Nobody but the service knows a callback's address, so it needs no grant. */
    async function callback() {
      const found = request.method === "POST" && (await referenceOf?.(request, ...context));
      if (!found) return refuse(404, "not_found", "Not found.");
      const text = await readBody(request);
      const engine = await engineOf(found.account, ...context);
      const isHeard = text === undefined || (await engine.callBack(found.id, parse(text)));
      // Anything but a 2xx lets the service call again.
      return isHeard ? new Response(null, { status: 204 }) : refuse(503, "server_error", "Call again.", 1);
    }
  };

/** The app's own function failed: to try again helps nothing. */
class Refused extends Error {}

/** Takes a body of JSON only, which no form can send, and a key by which a repeat is known. */
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

/** Needs a body that `authorize` has left alone. */
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
  const checked = check(value, grant.assets);
  if (checked.refusal) return toResponse(checked.refusal);
  const { request: accepted, price } = checked;
  const { user, allow, budget, limits } = grant;
  if (allow) {
    const verdict = await allowed(allow, { request: parse(JSON.stringify(accepted)), credits: price }, onError);
    if (verdict) return verdict;
  }
  const hash = await hashOf(text);
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
  if (!stream)
    return refuse(429, "concurrency_limit", "You have too many streams open: poll in place of another one.", 60);
  // Some proxies keep a stream back until it ends, unless they are told.
  const headers = { "content-type": "text/event-stream; charset=utf-8", "x-accel-buffering": "no" };
  return new Response(stream, { headers });
};

const cancel = async ({ grant, engine, match }) => {
  const task = await engine.cancel(grant.user, decode(match[1]));
  if (task) return json(200, task);
  return task === false
    ? refuse(409, "conflict", "The task is not in the queue any more: it cannot be cancelled.")
    : refuse(404, "not_found", "Task not found.");
};

const ROUTES = [
  ["POST", /^\/jobs\/createTask$/, keyed(withBody(createTask))],
  ["GET", /^\/jobs\/queryTask$/, queryTask],
  ["GET", /^\/account\/credits$/, credits],
  ["GET", /^\/jobs\/events$/, events],
  ["DELETE", /^\/jobs\/([^/]+)$/, cancel],
  ["POST", /^\/uploads$/, keyed(withBody(startUpload))],
  // Not PUT, so that a server that routes GET, POST and DELETE needs nothing more.
  ["POST", /^\/uploads\/([\w-]{1,60})\/(\d{1,6})$/, withBody(putPart)],
  ["POST", /^\/uploads\/([\w-]{1,60})$/, endUpload],
  ["GET", /^\/uploads\/([\w-]{1,60})$/, uploadState],
  ["DELETE", /^\/uploads\/([\w-]{1,60})$/, cancelUpload],
];

/** The path below the gateway's, if it is there. */
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
