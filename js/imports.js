// What the WebAssembly imports.
import { Sd2Error } from "./error.js";

/** Makes the error that Rust describes. */
export const makeError = (message, details) => new Sd2Error(message, details);

/** The host of a URL as the platform reads it; empty if it refuses the URL. */
export const hostname = (url) => {
  try {
    return new URL(url).hostname;
  } catch {
    return "";
  }
};
