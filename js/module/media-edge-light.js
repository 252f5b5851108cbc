// Vercel's edge runtime must not compile bytes either; its bundlers compile a module that is asked for like this.
import module from "./media.wasm?module";

/** The compiled module. */
export const source = () => module;
