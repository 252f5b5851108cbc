// The module's memory: what is held of a file stands there, behind a question and its answer (media/src/wasm.rs).
import { source } from "sd2-client-module";
import { failure, Sd2Error } from "./failure.js";

/** What is read at once, unless more is needed; and as much memory as grows at once. */
export const WINDOW = 65_536;
/** Numbers of a question and an answer: as in media/src/wasm.rs. */
const CHUNKS = 64;
const QUESTION = 2 + 3 * CHUNKS;
const ANSWER = 12;
/** More of a file than is held. */
const MOST = 24 << 20;
const KINDS = ["image", "video", "audio"];
const CODES = { 3: "media_unsupported", 4: "media_truncated", 5: "media_unknown" };

/** Instances that are free: one file after the other uses the same. */
const idle = [];
let compiled;

/** An instance of one's own. */
export const borrow = async () => {
  const look = idle.pop() ?? new Look(await (compiled ??= compile()));
  look.clear();
  return look;
};

/** Lets the next file use the instance, unless it grew too large to be kept, or broke. */
export const giveBack = look => {
  if (!look.isBroken && look.exports.memory.buffer.byteLength < 16 * WINDOW) idle.push(look);
};

const compile = async () => {
  try {
    const given = source();
    // Not `instanceof`: it may have been compiled elsewhere.
    return {}.toString.call(given) === "[object WebAssembly.Module]" ? given : await WebAssembly.compile(given);
  } catch (error) {
    compiled = undefined;
    throw new Sd2Error(
      `The WebAssembly could not be loaded: ${error?.message}. A Content-Security-Policy needs script-src 'wasm-unsafe-eval'.`,
      { code: "not_initialized", retryable: false, cause: error },
    );
  }
};

class Look {
  constructor(module) {
    this.exports = new WebAssembly.Instance(module).exports;
    /** Where the module's own memory ends. */
    this.base = this.#memory.byteLength;
    this.clear();
  }

  get #memory() {
    return this.exports.memory.buffer;
  }

  clear() {
    /** Of each chunk its place in the file, its address, its length. */
    this.chunks = [[0, this.base + 8 * (QUESTION + ANSWER), 0]];
  }

  /** Where the last chunk ends in the file. */
  get reach() {
    const [at, , length] = this.chunks.at(-1);
    return at + length;
  }

  /** Where bytes are missing that are needed from `at` on: behind the last chunk, if that holds the first of them. */
  missing(at) {
    return this.chunks.at(-1)[0] <= at && at <= this.reach ? this.reach : at;
  }

  /** Takes bytes of the file; what continues the last chunk becomes a part of it. */
  hold(at, bytes) {
    let last = this.chunks.at(-1);
    const address = last[1] + last[2];
    if (address + bytes.length > this.base + MOST) throw failure("media_too_large");
    const more = address + bytes.length - this.#memory.byteLength;
    if (more > 0) this.exports.memory.grow(Math.ceil(more / WINDOW));
    new Uint8Array(this.#memory, address).set(bytes);
    if (at !== this.reach) this.chunks.push((last = [at, address, 0]));
    last[2] += bytes.length;
  }

  /** What is told by what is held: facts, or what is needed, or why there is nothing. */
  ask(size = -1) {
    const { base, chunks } = this;
    new Float64Array(this.#memory, base).set([size, chunks.length, ...chunks.flat()]);
    this.exports.look(base);
    const [
      status,
      name,
      nameLength,
      subtype,
      subtypeLength,
      kind,
      width,
      height,
      durationSeconds,
      isEstimate,
      ...need
    ] = new Float64Array(this.#memory, base + 8 * QUESTION, ANSWER);
    const text = (address, length) => new TextDecoder().decode(new Uint8Array(this.#memory, address, length));
    const word = text(name, nameLength);
    if (status) return { code: CODES[status], word, need: status === 1 && need };
    return {
      facts: {
        kind: KINDS[kind],
        format: word,
        mimeType: `${KINDS[kind]}/${text(subtype, subtypeLength)}`,
        ...(width && { width, height }),
        ...(durationSeconds && { durationSeconds }),
        ...(isEstimate && { isEstimate: true }),
      },
    };
  }
}
