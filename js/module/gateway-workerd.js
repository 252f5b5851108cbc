// Cloudflare Workers must not compile bytes; they take a module that was compiled before.
import module from "./gateway.wasm";

/** The compiled module. */
export const source = () => module;
