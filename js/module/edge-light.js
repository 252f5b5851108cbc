// Vercel's edge runtime may not compile bytes. Its bundlers compile a module that is imported like this.
import module from "./sd2_client.wasm?module";

/** The compiled module. */
export const source = () => module;
