// The one WebAssembly instance, made at the first use of anything.
import { instantiate } from "sd2-client-glue";
import { source } from "sd2-client-module";
import { compile, isModule, unavailable } from "./compile.js";
import { Sd2Error } from "./error.js";
import { open } from "./memory.js";
import { teller } from "./told.js";

/** Kept, because a broken instance is replaced by another one. */
let compiled;
let instance;
/** What `init` is busy with, by the source that it was given. */
const pending = new Map();
/** The instance that broke, until all of its calls know. */
let broke;

/** The instance; compiles now if nothing did before. */
export const wasm = () => {
  broke?.fail();
  if (!instance) start(() => compiled ?? source());
  return instance;
};

/** Works with the exports. Whatever leaves WebAssembly beside our own errors broke it. */
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

/** The error of what was under way when the WebAssembly broke. */
export const broken = (cause, what = "", details) =>
  new Sd2Error(
    `The WebAssembly stopped (${cause?.message}). ${what}This is a bug in sd2-client: please report it. The next call starts it anew.`,
    { code: "not_initialized", retryable: false, cause, ...details },
  );

/**
 * Compiles off the main thread, ahead of the first use. `given` brings another source: a URL, a Response,
 * bytes or a WebAssembly.Module, or a promise of one. Does nothing when it is done; can be repeated when it failed.
 */
export const init = async given => {
  if (instance) return;
  // Calls at once share the work, but not each other's failure when they bring sources of their own.
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
    /** Those under way, which are told when the instance breaks. */
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
    made.exports = instantiate(module, teller, made.fail);
    open(made.exports.memory, made.exports.room);
    compiled = module;
  } catch (error) {
    throw unavailable(error);
  }
  instance = made;
};
