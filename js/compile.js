// Compiles WebAssembly from any source.
import { Sd2Error } from "./error.js";

/**
 * Compiles off the main thread. `given` is a URL, a Response, bytes, a WebAssembly.Module, a promise of one, or a function that
 * returns one of them.
 */
export const compile = async given => {
  try {
    let module = await (typeof given === "function" ? given() : given);
    const url = module.href ?? module;
    if (typeof url === "string") module = await fetch(url);
    if (typeof module.arrayBuffer === "function") {
      if (!module.ok) throw new Error(`HTTP ${module.status} instead of the .wasm file`);
      module = await module.arrayBuffer();
    }
    return isModule(module) ? module : await WebAssembly.compile(module);
  } catch (error) {
    throw unavailable(error);
  }
};

/** Not `instanceof`, because the module may come from another realm, such as a frame. */
export const isModule = value => ({}).toString.call(value) === "[object WebAssembly.Module]";

export const unavailable = error =>
  Sd2Error.is(error)
    ? error
    : new Sd2Error(
        `The WebAssembly could not be loaded: ${error?.message}. A Content-Security-Policy needs script-src 'wasm-unsafe-eval'; a Worker needs the package's workerd entry.`,
        { code: "not_initialized", retryable: false, cause: error },
      );
