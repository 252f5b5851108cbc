// The one WebAssembly instance, made at the first use of anything.
import { __wbg_finalize_init, __wbg_get_imports, Handle, offline } from "sd2-client-glue";
import { source } from "sd2-client-module";
import { Sd2Error } from "./boundary.js";

// Named one by one, so that bundlers leave out the rest of the glue.
const exports = { Handle, offline };
let ready = false;
/** What `init` is busy with, by the source that it was given. */
const pending = new Map();

/** The exports; compiles now if nothing did before. */
export const wasm = () => {
  if (!ready) start(source());
  return exports;
};

/**
 * Compiles off the main thread, ahead of the first use. `given` brings another source: a URL, a Response,
 * bytes or a WebAssembly.Module, or a promise of one. Does nothing when it is done; can be repeated when it failed.
 */
export const init = async (given) => {
  if (ready) return;
  // Calls at once share the work, but not each other's failure when they bring sources of their own.
  if (!pending.has(given)) pending.set(given, compile(given).finally(() => pending.delete(given)));
  await pending.get(given);
};

const compile = async (given) => {
  let module;
  try {
    module = await (given ?? source());
    const url = module.href ?? module;
    if (typeof url === "string") module = await fetch(url);
    if (typeof module.arrayBuffer === "function") {
      if (!module.ok) throw new Error(`HTTP ${module.status} instead of the .wasm file`);
      module = await module.arrayBuffer();
    }
    if (!isModule(module)) module = await WebAssembly.compile(module);
  } catch (error) {
    throw Sd2Error.is(error) ? error : unavailable(error);
  }
  if (!ready) start(module);
};

const start = (module) => {
  try {
    if (!isModule(module)) module = new WebAssembly.Module(module);
    __wbg_finalize_init(new WebAssembly.Instance(module, __wbg_get_imports()), module);
  } catch (error) {
    throw unavailable(error);
  }
  ready = true;
};

/** Not `instanceof`: it may have been compiled in a frame, or outside of a test runner's sandbox. */
const isModule = (value) => ({}).toString.call(value) === "[object WebAssembly.Module]";

const unavailable = (error) =>
  new Sd2Error(
    `The WebAssembly could not be loaded: ${error?.message}. A page with a Content-Security-Policy needs script-src 'wasm-unsafe-eval'; a Worker needs the package's workerd entry.`,
    { code: "not_initialized", retryable: false, cause: error },
  );
