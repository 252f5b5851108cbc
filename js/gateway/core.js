// What Rust decides (gateway/): one message in, one message out, both JSON.
import { source } from "sd2-client-module";
import { isModule, unavailable } from "../compile.js";

let module;

/** One instance of the module, which remembers one account. Gives what answers an order. */
export const createCore = setup => {
  let exports = start(setup);
  return (order, details) => {
    try {
      return ask(exports, order, details);
    } catch (error) {
      // A module that has stopped in the middle of something answers nothing more.
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
  // First the place: the memory may grow for it.
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

/** Replaces each half of a character in JSON, such as an emoji that was cut in two: Rust has no strings with one. */
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
