// Calls the Rust module (gateway/): one message in, one message out, both JSON.
import { source } from "sd2-client-module";
import { isModule, unavailable } from "../compile.js";

let module;

/** Starts an instance of the module, which remembers one account. Returns a function that runs an order. */
export const createCore = setup => {
  let exports = start(setup);
  return (order, details) => {
    try {
      return ask(exports, order, details);
    } catch (error) {
      // After a trap, the instance can no longer be used.
      if (!(error instanceof Mistake)) exports = start(setup);
      throw error;
    }
  };
};

const start = setup => {
  const exports = instantiate();
  if (setup) ask(exports, "setup", { setup });
  return exports;
};

const ask = (exports, order, details) => {
  const message = JSON.stringify({ order, now: Date.now(), random: Math.random(), ...details });
  const bytes = new TextEncoder().encode(wellFormed(message));
  // Reserve first, because this may grow the memory and so replace its buffer.
  const place = exports.reserve(bytes.length);
  new Uint8Array(exports.memory.buffer).set(bytes, place);
  const answer = exports.handle();
  const text = new TextDecoder().decode(new Uint8Array(exports.memory.buffer, answer, exports.length()));
  const answered = JSON.parse(text);
  if (answered?.mistake) throw new Mistake(`This is a bug in sd2-client: ${answered.mistake}`);
  return answered;
};

/** Rust could not read the message. */
class Mistake extends Error {}

/** Replaces lone surrogates in JSON, such as half of an emoji, which a Rust string cannot contain. */
const wellFormed = json =>
  json.includes("\\ud")
    ? json.replace(/\\(ud[89a-f]..|.)/g, (escape, code) => (code.length > 1 ? "\ufffd" : escape))
    : json;

const instantiate = () => {
  try {
    module ??= source();
    if (!isModule(module)) module = new WebAssembly.Module(module);
    return new WebAssembly.Instance(module).exports;
  } catch (error) {
    throw unavailable(error);
  }
};
