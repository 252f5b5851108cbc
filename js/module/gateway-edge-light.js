// Vercel's edge runtime must not compile bytes either; its bundlers compile a module that is asked for like this.
import module from "./gateway.wasm?module";

/** The compiled module. */
export const source = () => module;
