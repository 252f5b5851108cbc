// What an error says beside its message.
import { CODES, RETRYABLE } from "sd2-client-words";

/** As much of an answer as an error carries, in characters. */
const BODY_LIMIT = 2000;

/** The fields that say what a code means. */
export const codeOf = number => ({ code: CODES[number], retryable: number >= RETRYABLE });

/** The fields that say what came back. */
export const answerOf = ({ status, text = "" }, hide, retryAfterMs) => ({
  status,
  ...(retryAfterMs > 0 && { retryAfterMs }),
  body: hide(text).slice(0, BODY_LIMIT),
});

/** Gives an error its cause: plain data, so that nothing of the original shows. */
export const setCause = (error, { name, message, code, cause }) => {
  const value = new Error(message);
  value.name = name;
  if (code) value.code = code;
  if (cause) setCause(value, cause);
  Object.defineProperty(error, "cause", { value, configurable: true, writable: true });
};
