// The fields of an error besides its message.
import { CODES, RETRYABLE } from "sd2-client-words";

/** The longest body in an error, in characters. */
const BODY_LIMIT = 2000;

/** The fields of a code, by its number. */
export const codeOf = number => ({ code: CODES[number], retryable: number >= RETRYABLE });

/** The fields of a response. */
export const answerOf = ({ status, text = "" }, hide, retryAfterMs) => ({
  status,
  ...(retryAfterMs > 0 && { retryAfterMs }),
  body: hide(text).slice(0, BODY_LIMIT),
});

/** Sets the cause of an error, from plain data without the key. */
export const setCause = (error, { name, message, code, cause }) => {
  const value = new Error(message);
  value.name = name;
  if (code) value.code = code;
  if (cause) setCause(value, cause);
  Object.defineProperty(error, "cause", { value, configurable: true, writable: true });
};
