// Writes values into the memory of the WebAssembly, as src/plain.rs specifies, and reads texts and numbers from it.
import { CUT as CUT_MARK, UNREADABLE as UNREADABLE_MARK } from "./snapshot.js";

/** A larger or deeper value is cut: it is a cycle, or no request. */
const MAX_NODES = 10_000;
const MAX_DEPTH = 32;
/** In UTF-16 units. Rules read no more of a text. Names are never cut, because issues quote them. */
const MAX_STRING = 20_000;
const MAX_TEXT = 5_000_000;
/** The sizes of a value, and of a field with its value, in words of four bytes. */
const VALUE = 4;
const FIELD = 6;
/** The words for the two values of a call, and for those of nested calls from a getter. The texts follow. */
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
/** Allocates bytes in the memory, and returns their address. */
let room;
let bytes;
let words;
let numbers;
/** The beginning of the values, in words. */
let start;
/** The beginning and the size of the texts, in bytes. */
let texts;
let size;
/** The next free word. */
let top;
/** How many nodes the current value has so far. */
let nodes;
/** All texts of a call in one string, and the places of the words that hold their addresses. */
let text;
let spots;

// Created at the first use, because an import does no work.
let encoder;
let decoder;

const look = () => {
  bytes = new Uint8Array(memory.buffer);
  words = new Uint32Array(memory.buffer);
  numbers = new Float64Array(memory.buffer);
};

/** Uses the memory of this module from now on. */
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

/** Writes a value, and marks parts that JSON cannot represent. Throws only on a stack overflow. */
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
  // One more than the limit allows: the last one marks the cut.
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
      // A copy with this name would get a prototype, so the whole package ignores it.
      if (key !== "__proto__") item = value[key];
    } catch {
      nodes++;
      words[place] = UNREADABLE;
      continue;
    }
    write(item, place, depth + 1);
  }
};

/** Writes all texts at once, to the addresses that the values already have. */
const writeTexts = () => {
  const before = texts;
  if (3 * text.length > size) texts = room((size = 4 * text.length));
  if (words.buffer !== memory.buffer) look();
  if (before === texts && encoder.encodeInto(text, bytes.subarray(texts)).written === text.length) return;
  // Not all texts are ASCII, so their addresses are known only when they are written.
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
    // A stack overflow, such as in a proxy of a proxy.
    words[at] = TOO_LARGE;
  }
};

/** Writes two values, calls the function with their addresses, and returns its result. */
export const lay = (first, second, work) => {
  if (words.buffer !== memory.buffer) look();
  // A getter may call this function again.
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

/** The constant texts of the module, by address. */
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
