// Why there are no facts, in words.
import { Sd2Error } from "../index.js";

export { Sd2Error };

/** What each code says; `word` is what is known besides. */
const MESSAGES = {
  media_unreachable: word => `The file cannot be read from here (${word}); the service may still be able to.`,
  media_status: word => `The server answered HTTP ${word}, not with the file.`,
  media_unsupported: word => WORDS[word] ?? `This is ${word}, which is not supported.`,
  media_truncated: () => "The file was cut off before it tells what it is.",
  media_too_large: () => "Too much of the file would have to be read to tell what it is.",
  media_unknown: word => `The file cannot be measured. ${word}`,
};

/** Formats whose names mean nothing to people. */
const WORDS = {
  html: "This is a web page, not a file.",
  empty: "The file is empty.",
};

export const failure = (code, word, details) =>
  new Sd2Error(MESSAGES[code](word), { code, retryable: false, ...details });

export const misuse = message => new Sd2Error(message, { code: "invalid_argument", retryable: false });

/** The options of a call: one that does not exist would otherwise be a silent mistake. */
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
