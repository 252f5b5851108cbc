// The body of a webhook: unsigned, so whoever knows the URL can send one.
import { describe } from "./ask.js";
import { Sd2Error } from "./error.js";

/** More characters than any task takes. */
const LIMIT = 4 << 20;

const readBody = (body, isHint) => {
  let text;
  let value;
  try {
    text = typeof body === "string" ? body : new TextDecoder().decode(body);
    if (text.length <= LIMIT) value = JSON.parse(text);
  } catch {
    // Neither text nor bytes: somebody parsed it already. Or it is not JSON.
    if (text === undefined) value = body;
  }
  value = plainCopy(value);
  const found = describe(value, isHint);
  if (!(found & 1)) {
    // A request or a promise shows no field.
    const isBody = text || value?.taskId !== undefined;
    const message = isBody
      ? "Not a task as documented. Do not trust it."
      : "Expected a request body: pass `await request.text()`.";
    throw new Sd2Error(message, { code: "unexpected_response", retryable: false, ...(text && { body: cut(text) }) });
  }
  if (!(found & 2)) value.output = null;
  return value;
};

const plainCopy = value => {
  try {
    const text = JSON.stringify(value);
    return JSON.parse(
      text,
      text.includes("__proto__") ? (name, item) => (name === "__proto__" ? undefined : item) : undefined,
    );
  } catch {
    return undefined;
  }
};

export const parseCallback = body => readBody(body, false);

/** The id of the task that a callback's body is about, whatever else it says. */
export const callbackTaskId = body => readBody(body, true).taskId;

/** As much of a body as an error shows, in bytes. */
const BODY_LIMIT = 2_000;

const cut = text =>
  new TextDecoder().decode(new TextEncoder().encode(text).subarray(0, BODY_LIMIT)).replace(/\ufffd$/, "");
