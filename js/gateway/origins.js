// Which pages may use the gateway.

const METHODS = "GET, POST, DELETE";
const HEADERS = "Authorization, Content-Type, Idempotency-Key";
const DAY = "86400";

/** Whether the origin of a request is allowed. `isSure`: the request certainly comes from an allowed page. */
export const originOf = (request, origins) => {
  const { headers, url } = request;
  const origin = headers.get("origin");
  const site = headers.get("sec-fetch-site");
  // A GET whose response another site cannot read has no Origin, but it has the user's cookies.
  if (origin === null)
    return { isAllowed: site === null || /^(same-origin|none)$/.test(site), isSure: site === "same-origin" };
  const isListed = origins.includes(origin);
  const isSure = isListed || (site === null ? isOwn(origin, headers, url) : site === "same-origin");
  return { origin, isListed, isAllowed: isSure, isSure };
};

/** For browsers without Sec-Fetch-Site. A proxy in front may have changed the URL, but not the Host header. */
const isOwn = (origin, headers, url) => {
  try {
    const { host, protocol } = new URL(origin);
    return origin === new URL(url).origin || (/^https?:$/.test(protocol) && host === headers.get("host"));
  } catch {
    // The origin of a sandboxed frame is `null`.
    return false;
  }
};

/** The gateway's own origin as the page sees it, or else that of the request's URL. */
export const ownOrigin = ({ url }, { origin, isSure, isListed }) =>
  isSure && origin && !isListed ? origin : new URL(url).origin;

/** The headers that let a page of a listed site read the response. */
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
