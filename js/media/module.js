// The WebAssembly module (media/src/wasm.rs). Its memory holds the input, the output, and then the bytes of the file.
import { source } from "sd2-client-module";
import { failure, Sd2Error } from "./failure.js";

/** The size of a read, unless more is needed. Also a page of WebAssembly memory. */
export const WINDOW = 65_536;
/** The number of chunks, and of the numbers in the input and the output, as in media/src/wasm.rs. */
const CHUNKS = 64;
const INPUT = 2 + 3 * CHUNKS;
const OUTPUT = 12;
/** The most bytes of a file in memory. */
const MAX_BYTES = 24 << 20;
const KINDS = ["image", "video", "audio"];
const CODES = { 3: "media_unsupported", 4: "media_truncated", 5: "media_unknown" };

/** Instances for reuse by the next file. */
const idle = [];
let compiled;

/** A parser for one file. */
export const borrow = async () => {
  const parser = idle.pop() ?? new Parser(await (compiled ??= compile()));
  parser.clear();
  return parser;
};

/** Keeps the parser for reuse, unless it broke or its memory grew too large. */
export const giveBack = parser => {
  if (!parser.isBroken && parser.exports.memory.buffer.byteLength < 16 * WINDOW) idle.push(parser);
};

const compile = async () => {
  try {
    const given = source();
    // Not `instanceof`: the module may come from another realm.
    return {}.toString.call(given) === "[object WebAssembly.Module]" ? given : await WebAssembly.compile(given);
  } catch (error) {
    compiled = undefined;
    throw new Sd2Error(
      `The WebAssembly could not be loaded: ${error?.message}. A Content-Security-Policy needs script-src 'wasm-unsafe-eval'.`,
      { code: "not_initialized", retryable: false, cause: error },
    );
  }
};

class Parser {
  constructor(module) {
    this.exports = new WebAssembly.Instance(module).exports;
    /** The end of the memory that the module uses itself. */
    this.base = this.#memory.byteLength;
    this.clear();
  }

  get #memory() {
    return this.exports.memory.buffer;
  }

  clear() {
    /** The position in the file, the address and the length of each chunk. */
    this.chunks = [[0, this.base + 8 * (INPUT + OUTPUT), 0]];
  }

  /** Where the last chunk ends in the file. */
  get reach() {
    const [at, , length] = this.chunks.at(-1);
    return at + length;
  }

  /** The first missing byte from `at` on. Only the last chunk is looked at. */
  missing(at) {
    return this.chunks.at(-1)[0] <= at && at <= this.reach ? this.reach : at;
  }

  /** Stores bytes of the file. Extends the last chunk if they follow it. */
  hold(at, bytes) {
    let last = this.chunks.at(-1);
    const address = last[1] + last[2];
    if (address + bytes.length > this.base + MAX_BYTES) throw failure("media_too_large");
    const more = address + bytes.length - this.#memory.byteLength;
    if (more > 0) this.exports.memory.grow(Math.ceil(more / WINDOW));
    new Uint8Array(this.#memory, address).set(bytes);
    if (at !== this.reach) this.chunks.push((last = [at, address, 0]));
    last[2] += bytes.length;
  }

  /** Returns facts, or which bytes are needed, or an error code. */
  parse(size = -1) {
    const { base, chunks } = this;
    new Float64Array(this.#memory, base).set([size, chunks.length, ...chunks.flat()]);
    this.exports.probe_file(base);
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
    ] = new Float64Array(this.#memory, base + 8 * INPUT, OUTPUT);
    const text = (address, length) => new TextDecoder().decode(new Uint8Array(this.#memory, address, length));
    const detail = text(name, nameLength);
    if (status) return { code: CODES[status], detail, need: status === 1 && need };
    return {
      facts: {
        kind: KINDS[kind],
        format: detail,
        mimeType: `${KINDS[kind]}/${text(subtype, subtypeLength)}`,
        ...(width && { width, height }),
        ...(durationSeconds && { durationSeconds }),
        ...(isEstimate && { isEstimate: true }),
      },
    };
  }
}
