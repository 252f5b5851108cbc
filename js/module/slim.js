// The slim entry: the user brings the WebAssembly with `init(source)`.
import { Sd2Error } from "../error.js";

/** There is none before `init`. */
export const source = () => {
  throw new Sd2Error(
    "sd2-client/slim needs its WebAssembly first: await init(source), with the URL, bytes or module of sd2-client/sd2_client.wasm.",
    { code: "not_initialized", retryable: false },
  );
};
