// Cloudflare Workers may not compile bytes. They import a compiled module.
import module from "./emulator.wasm";

/** The compiled module. */
export const source = () => module;
