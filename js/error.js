// The one error of the library.
import { CODES, RETRYABLE } from "sd2-client-words";

/** As much of an answer as an error carries, in characters. */
const BODY_LIMIT = 2000;

export class Sd2Error extends Error {
  // Minifiers take other names away.
  static name = "Sd2Error";

  constructor(message, details) {
    super(message);
    Object.assign(this, details);
  }

  get name() {
    return "Sd2Error";
  }

  /** Whether something is such an error, also of another copy of the package or another realm. */
  static is(error) {
    try {
      return error.name === "Sd2Error" && typeof error.code === "string";
    } catch {
      // Nothing, or something that does not let itself be read.
      return false;
    }
  }
}

/** The error of a call that the library cannot make sense of. */
export const misuse = (message) => new Sd2Error(message, { code: "invalid_argument", retryable: false });

/** Makes the error that Rust describes. */
export const makeError = (message, details) => new Sd2Error(message, details);

/** The fields that say what a code means. */
export const codeOf = (number) => ({ code: CODES[number], retryable: number >= RETRYABLE });

/** The fields that say what came back. */
export const answerOf = ({ status, text = "" }, retryAfterMs) => ({
  status,
  ...(retryAfterMs > 0 && { retryAfterMs }),
  body: text.slice(0, BODY_LIMIT),
});

/** Gives an error its cause: plain data, so that nothing of the original shows. */
export const setCause = (error, { name, message, code, cause }) => {
  const value = new Error(message);
  value.name = name;
  if (code) value.code = code;
  if (cause) setCause(value, cause);
  Object.defineProperty(error, "cause", { value, configurable: true, writable: true });
};
