// Cloudflare Workers may not compile bytes. They import a compiled module.
import module from "./gateway.wasm";

/** The compiled module. */
export const source = () => module;
