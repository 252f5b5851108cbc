// The slim entry: the caller passes the WebAssembly to `init(source)`.
import { Sd2Error } from "../error.js";

/** Called only if nothing was passed to `init`. */
export const source = () => {
  throw new Sd2Error(
    "sd2-client/slim needs its WebAssembly first: await init(source), with the URL, bytes or module of sd2-client/sd2_client.wasm.",
    { code: "not_initialized", retryable: false },
  );
};
