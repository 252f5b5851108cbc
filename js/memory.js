// Values as they lie in the memory of the WebAssembly: src/plain.rs says how.

import { CUT as CUT_MARK, UNREADABLE as UNREADABLE_MARK } from "./snapshot.js";

/** More than any request has; where a cycle or an endless structure is cut. */
const MAX_NODES = 10_000;
const MAX_DEPTH = 32;
/** In UTF-16 units. No rule looks further into a text; only names are never cut, because an issue has them whole. */
const MAX_STRING = 20_000;
const MAX_TEXT = 5_000_000;
/** In words of four bytes: a value, and a field with its value. */
const VALUE = 4;
const FIELD = 6;
/** Room for two values of one call, and for those of calls within it, from a getter. The texts follow. */
const NODES = 4 * FIELD * MAX_NODES;

// The tags, in the order of Kind in src/rules/node.rs.
const NULL = 0;
const BOOL = 1;
const NUMBER = 2;
const TEXT = 3;
const LIST = 4;
const OBJECT = 5;
const FOREIGN = { undefined: 6, function: 7, symbol: 8, bigint: 9 };
const UNREADABLE = 10;
const TOO_LARGE = 11;
const NOT_FINITE = 14;

let memory;
/** Gives the address of so many bytes of the memory. */
let room;
let bytes;
let words;
let numbers;
/** Where the values begin, in words. */
let start;
/** Where the texts begin, and how much room they have, in bytes. */
let texts;
let size;
/** The next free word. */
let top;
/** Of the value that is being written. */
let nodes;
/** All texts of a call as one, and the words that say where each of them is. */
let text;
let spots;

// Made at the first use: an import does no work.
let encoder;
let decoder;

const look = () => {
  bytes = new Uint8Array(memory.buffer);
  words = new Uint32Array(memory.buffer);
  numbers = new Float64Array(memory.buffer);
};

/** Works in a module's memory from now on. */
export const open = (given, roomOf) => {
  memory = given;
  room = roomOf;
  // Aligned, as numbers have to be.
  top = start = ((room(4 * NODES + 16) + 15) >> 4) << 2;
  texts = room((size = 65_536));
  known.length = 0;
  encoder ??= new TextEncoder();
  look();
};

const put = (string, at) => {
  spots.push(at);
  words[at] = texts + text.length;
  words[at + 1] = string.length;
  text += string;
};

/** Writes a value. It never throws, but at the end of the stack: what JSON cannot carry is written as what it is. */
const write = (value, at, depth) => {
  if (++nodes > MAX_NODES || depth > MAX_DEPTH || text.length > MAX_TEXT) {
    words[at] = TOO_LARGE;
    return;
  }
  switch (typeof value) {
    case "string":
      words[at] = TEXT;
      put(value.length > MAX_STRING ? value.slice(0, MAX_STRING) : value, at + 2);
      return;
    case "number":
      words[at] = Number.isFinite(value) ? NUMBER : NOT_FINITE;
      numbers[(at >> 1) + 1] = value;
      return;
    case "boolean":
      words[at] = BOOL;
      words[at + 2] = value;
      return;
    case "object":
      break;
    default:
      words[at] = value === UNREADABLE_MARK ? UNREADABLE : value === CUT_MARK ? TOO_LARGE : FOREIGN[typeof value];
      return;
  }
  if (value === null) {
    words[at] = NULL;
    return;
  }
  let keys;
  let length;
  try {
    const { toJSON } = value;
    if (typeof toJSON === "function") {
      write(toJSON.call(value), at, depth + 1);
      return;
    }
    if (!Array.isArray(value)) keys = Object.keys(value);
    length = (keys ?? value).length;
  } catch {
    words[at] = UNREADABLE;
    return;
  }
  // One more than is left, so that the last one tells of the cut.
  length = Math.min(length, MAX_NODES - nodes + 1);
  let place = top;
  top += length * (keys ? FIELD : VALUE);
  if (top > start + NODES) {
    words[at] = TOO_LARGE;
    return;
  }
  words[at] = keys ? OBJECT : LIST;
  words[at + 2] = 4 * place;
  words[at + 3] = length;
  for (let i = 0; i < length; i++, place += VALUE) {
    const key = keys ? keys[i] : i;
    if (keys) {
      if (text.length + key.length > MAX_TEXT) {
        words[at] = TOO_LARGE;
        return;
      }
      put(key, place);
      place += FIELD - VALUE;
    }
    let item;
    try {
      // As elsewhere in the package, where it would become a prototype.
      if (key !== "__proto__") item = value[key];
    } catch {
      nodes++;
      words[place] = UNREADABLE;
      continue;
    }
    write(item, place, depth + 1);
  }
};

/** Writes all texts at once where the values say that they are. */
const writeTexts = () => {
  const before = texts;
  if (3 * text.length > size) texts = room((size = 4 * text.length));
  if (words.buffer !== memory.buffer) look();
  if (before === texts && encoder.encodeInto(text, bytes.subarray(texts)).written === text.length) return;
  // Not all is ASCII: where each text is shows only when it is written.
  let end = texts;
  for (const spot of spots) {
    const begin = words[spot] - before;
    const { written } = encoder.encodeInto(text.slice(begin, begin + words[spot + 1]), bytes.subarray(end));
    words[spot] = end;
    words[spot + 1] = written;
    end += written;
  }
};

const writeWhole = (value, at) => {
  nodes = 0;
  try {
    write(value, at, 0);
  } catch {
    // The end of the stack, in a proxy of a proxy.
    words[at] = TOO_LARGE;
  }
};

/** Writes two values, and returns what the function makes of their addresses. */
export const lay = (first, second, work) => {
  if (words.buffer !== memory.buffer) look();
  // A getter may be here a second time.
  const outerTop = top;
  const outerText = text;
  const outerSpots = spots;
  const outerNodes = nodes;
  const at = top;
  top += 2 * VALUE;
  text = "";
  spots = [];
  try {
    writeWhole(first, at);
    writeWhole(second, at + VALUE);
    writeTexts();
    return work(4 * at, 4 * (at + VALUE));
  } finally {
    top = outerTop;
    text = outerText;
    spots = outerSpots;
    nodes = outerNodes;
  }
};

/** The numbers at an address. */
export const numbersAt = (address, count) => {
  if (words.buffer !== memory.buffer) look();
  return words.subarray(address >> 2, (address >> 2) + count);
};

/** Texts of the module itself, by their address. */
const known = [];

/** A text in the memory. */
export const read = (address, length) => {
  if (words.buffer !== memory.buffer) look();
  if (known[address]?.length === length) return known[address];
  decoder ??= new TextDecoder("utf-8", { ignoreBOM: true });
  const found = decoder.decode(bytes.subarray(address, address + length));
  if (address < 4 * start) known[address] = found;
  return found;
};

/** Writes ASCII. */
export const writeAscii = (string, address) => {
  for (let i = 0; i < string.length; i++) bytes[address + i] = string.charCodeAt(i);
};
