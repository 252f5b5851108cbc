// The body of a callback. It is unsigned: anyone who knows the URL can send one.
import { describe } from "./ask.js";
import { Sd2Error } from "./error.js";

/** In characters, more than any task has. */
const LIMIT = 4 << 20;

const readBody = (body, isHint) => {
  let text;
  let value;
  try {
    text = typeof body === "string" ? body : new TextDecoder().decode(body);
    if (text.length <= LIMIT) value = JSON.parse(text);
  } catch {
    // Neither text nor bytes, so the caller has parsed it; or text that is not JSON.
    if (text === undefined) value = body;
  }
  value = plainCopy(value);
  const found = describe(value, isHint);
  if (!(found & 1)) {
    // A Request or a Promise has no `taskId`.
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

/** The task id in a callback's body; nothing else in it is used. */
export const callbackTaskId = body => readBody(body, true).taskId;

/** In bytes, how much of the body an error shows. */
const BODY_LIMIT = 2_000;

const cut = text =>
  new TextDecoder().decode(new TextEncoder().encode(text).subarray(0, BODY_LIMIT)).replace(/\ufffd$/, "");
