// The gateway's responses.

export const json = (status, body, headers) =>
  new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json", ...headers } });

export const toResponse = ({ status, body, retryAfter }) =>
  json(status, body, retryAfter === undefined ? undefined : { "retry-after": String(retryAfter) });

export const refuse = (status, code, message, retryAfter) =>
  toResponse({ status, body: { code, message }, retryAfter });
