// The one WebAssembly instance, made at the first use of anything.
import { instantiate } from "sd2-client-glue";
import { source } from "sd2-client-module";
import { compile, isModule, unavailable } from "./compile.js";
import { Sd2Error } from "./error.js";
import { open } from "./memory.js";
import { imports } from "./findings.js";

/** Kept for the instance that replaces a broken one. */
let compiled;
let instance;
/** The running compilations of `init`, by source. */
const pending = new Map();
/** An instance that may be broken, until its calls have rejected. */
let broke;

/** The instance. Compiles now, unless that was done before. */
export const wasm = () => {
  broke?.fail();
  if (!instance) start(() => compiled ?? source());
  return instance;
};

/** Calls the exports. Any error out of WebAssembly, other than an Sd2Error, means that the instance is broken. */
export const run = work => {
  const made = wasm();
  try {
    return work(made.exports);
  } catch (error) {
    // After a stack overflow further calls may fail: clean up at the next use.
    made.error = error;
    broke = made;
    if (!Sd2Error.is(error)) {
      made.fail();
      throw broken(error);
    }
    broke = undefined;
    throw error;
  }
};

/** The error of a call that was running when the WebAssembly stopped. */
export const broken = (cause, what = "", details) =>
  new Sd2Error(
    `The WebAssembly stopped (${cause?.message}). ${what}This is a bug in sd2-client: please report it. The next call starts it anew.`,
    { code: "not_initialized", retryable: false, cause, ...details },
  );

/**
 * Compiles off the main thread, ahead of the first use. `given` is another source: a URL, a Response, bytes or a
 * WebAssembly.Module, or a promise of one. Does nothing if there is an instance already. Can be repeated after a failure.
 */
export const init = async given => {
  if (instance) return;
  // Parallel calls with the same source share the work. Those with different sources must not share a failure.
  if (!pending.has(given))
    pending.set(
      given,
      compile(given ?? source).finally(() => pending.delete(given)),
    );
  const module = await pending.get(given);
  if (!instance) start(() => module);
};

const start = given => {
  const made = {
    /** The running calls, which reject when the instance breaks. */
    calls: new Set(),
    fail(error = made.error) {
      if (instance === made) instance = undefined;
      made.exports.abandon();
      for (const call of made.calls) call.breakOff(error);
      broke = undefined;
    },
  };
  try {
    let module = given();
    if (!isModule(module)) module = new WebAssembly.Module(module);
    made.exports = instantiate(module, imports, made.fail);
    open(made.exports.memory, made.exports.room);
    compiled = module;
  } catch (error) {
    throw unavailable(error);
  }
  instance = made;
};
