// Which pages may use the gateway.

const METHODS = "GET, POST, DELETE";
const HEADERS = "Authorization, Content-Type, Idempotency-Key";
const DAY = "86400";

/** Whether a request may come from where it does; `isSure` if it certainly comes from a page that may. */
export const originOf = (request, origins) => {
  const { headers, url } = request;
  const origin = headers.get("origin");
  const site = headers.get("sec-fetch-site");
  // Browsers send no Origin with a GET that another site's page cannot read, but it would take the user's cookies along.
  if (origin === null)
    return { isAllowed: site === null || /^(same-origin|none)$/.test(site), isSure: site === "same-origin" };
  const isListed = origins.includes(origin);
  const isSure = isListed || (site === null ? isOwn(origin, headers, url) : site === "same-origin");
  return { origin, isListed, isAllowed: isSure, isSure };
};

/** For browsers that send no Sec-Fetch-Site. A proxy in front may have changed the address, but not the host. */
const isOwn = (origin, headers, url) => {
  try {
    const { host, protocol } = new URL(origin);
    return origin === new URL(url).origin || (/^https?:$/.test(protocol) && host === headers.get("host"));
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
