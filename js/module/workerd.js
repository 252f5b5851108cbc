// Cloudflare Workers must not compile bytes; they take a module that was compiled before.
import module from "./sd2_client.wasm";

/** The compiled module. */
export const source = () => module;
