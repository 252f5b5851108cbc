// Errors of sd2-client/media.
import { Sd2Error } from "../index.js";

export { Sd2Error };

/** The message of each code. `detail` is a status, a format or a reason. */
const MESSAGES = {
  media_unreachable: detail => `The file cannot be read from here (${detail}); the service may still be able to.`,
  media_status: detail => `The server responded with HTTP ${detail} instead of the file.`,
  media_unsupported: detail => UNSUPPORTED[detail] ?? `This is ${detail}, which is not supported.`,
  media_truncated: () => "The file ends before its format and size can be read.",
  media_too_large: () => "Identifying the file would take reading too much of it.",
  media_unknown: detail => `The file cannot be measured. ${detail}`,
};

/** Messages for formats whose names would not help. */
const UNSUPPORTED = {
  html: "This is a web page, not a file.",
  empty: "The file is empty.",
};

export const failure = (code, detail, details) =>
  new Sd2Error(MESSAGES[code](detail), { code, retryable: false, ...details });

export const misuse = message => new Sd2Error(message, { code: "invalid_argument", retryable: false });

/** Refuses unknown options, because ignoring a misspelled one would hide the mistake. */
export const checkOptions = (given, known) => {
  const options = given ?? {};
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) throw misuse(`There is no option ${name}, only ${known.join(", ")}.`);
  }
  const { signal } = options;
  if (signal && !signal.addEventListener) throw misuse("signal must be an AbortSignal.");
  signal?.throwIfAborted();
  return options;
};
