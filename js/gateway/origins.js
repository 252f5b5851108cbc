// Which pages may use the gateway.

const METHODS = "GET, POST, DELETE";
const HEADERS = "Authorization, Content-Type, Idempotency-Key";
const DAY = "86400";

/** Whether a request may come from where it does; `isSure` if it certainly comes from a page that may. */
export const originOf = (request, origins) => {
  const { headers, url } = request;
  const origin = headers.get("origin");
  if (origin === null) return { isAllowed: true, isSure: headers.get("sec-fetch-site") === "same-origin" };
  const isListed = origins.includes(origin);
  const isSure = isListed || isOwn(origin, headers, url);
  return { origin, isListed, isAllowed: isSure, isSure };
};

/** A proxy in front may have changed the address, but not what the browser says of the page, or the host. */
const isOwn = (origin, headers, url) => {
  if (headers.get("sec-fetch-site") === "same-origin") return true;
  try {
    const { host } = new URL(origin);
    return origin === new URL(url).origin || host === headers.get("host");
  } catch {
    // `null`, of a sandboxed frame.
    return false;
  }
};

/** The gateway's own origin, as the page of a request sees it, or else as the request says. */
export const ownOrigin = ({ url }, { origin, isSure, isListed }) =>
  isSure && origin && !isListed ? origin : new URL(url).origin;

/** The headers by which a browser lets another site's page read an answer. */
export const corsHeaders = ({ origin, isListed }) =>
  isListed
    ? {
        "access-control-allow-origin": origin,
        "access-control-allow-credentials": "true",
        "access-control-expose-headers": "Retry-After",
      }
    : {};

export const preflightHeaders = found => ({
  ...corsHeaders(found),
  "access-control-allow-methods": METHODS,
  "access-control-allow-headers": HEADERS,
  "access-control-max-age": DAY,
});
