// Reads any value safely, for the machine.

/** More than any request or answer has; where a cycle or an endless structure is cut. */
const MAX_NODES = 10_000;
const MAX_DEPTH = 32;
/** In UTF-16 units: far below what is too long for a string, and for the memory of the WebAssembly. */
const MAX_TEXT = 50_000_000;
/** Requests in one list. */
const MAX_LIST = 100_000;

/**
 * Writes any value as tagged text, which `Value::decode` in src/value.rs reads. It never throws: what JSON
 * cannot carry is written as what it is. As in JSON, only own enumerable fields count, and `toJSON` is heard.
 */
export const encode = (root) => {
  let text = "";
  let nodes = 0;
  const write = (value, depth) => {
    if (++nodes > MAX_NODES || depth > MAX_DEPTH || text.length > MAX_TEXT) {
      text += "z";
      return;
    }
    switch (typeof value) {
      case "string":
        // A copy of it could be more than the memory holds.
        if (text.length + value.length > MAX_TEXT) text += /^\s*(data|blob|file):/i.test(value) ? "L" : "l";
        else text += `s${value.length}:${value}`;
        return;
      case "number":
        text += bits(value);
        return;
      case "boolean":
        text += value ? "t" : "f";
        return;
      case "object":
        break;
      default:
        if (value === UNREADABLE || value === CUT) text += value === CUT ? "z" : "x";
        else text += { undefined: "u", function: "F", symbol: "y" }[typeof value] ?? "b";
        return;
    }
    if (value === null) {
      text += "n";
      return;
    }
    let keys;
    let length;
    try {
      const { toJSON } = value;
      if (typeof toJSON === "function") {
        write(Reflect.apply(toJSON, value, []), depth + 1);
        return;
      }
      if (!Array.isArray(value)) keys = Object.keys(value);
      length = (keys ?? value).length;
    } catch {
      text += "x";
      return;
    }
    // One more than is left, so that the last one tells of the cut.
    length = Math.min(length, MAX_NODES - nodes + 1);
    text += `${keys ? "o" : "a"}${length};`;
    for (let i = 0; i < length; i++) {
      if (keys) text += `${keys[i].length}:${keys[i]}`;
      let item;
      try {
        // In Rust a name like any other, it would become the prototype of what is made for JavaScript.
        if (keys?.[i] !== "__proto__") item = value[keys ? keys[i] : i];
      } catch {
        nodes++;
        text += "x";
        continue;
      }
      write(item, depth + 1);
    }
  };
  try {
    write(root, 0);
  } catch {
    return "z";
  }
  return text.length > MAX_TEXT ? "z" : text;
};

/** The same for a long list, of which each item may have as much as one value elsewhere. */
export const encodeList = (list) => {
  try {
    if (Array.isArray(list) && list.length <= MAX_LIST) {
      let text = `a${list.length};`;
      // Not by its iterator, which may be anybody's and endless.
      for (let i = 0; i < list.length && text.length <= MAX_TEXT; i++) text += encode(list[i]);
      if (text.length <= MAX_TEXT) return text;
    }
  } catch {
    // As one value it becomes what it is: unreadable.
  }
  return encode(list);
};

/** Every WebAssembly platform is little-endian. */
const bits = (number) => {
  const [low, high] = new Uint32Array(Float64Array.of(number).buffer);
  return `d${high};${low};`;
};

/** Reads JSON as tagged text; empty if it is none. */
export const parseJson = (text) => {
  try {
    return encode(JSON.parse(text));
  } catch {
    return "";
  }
};

/** What a copy has in place of something that could not be read, or was cut. */
const UNREADABLE = Symbol();
const CUT = Symbol();

/**
 * A copy of plain data, read once: a getter that changes must not be priced as one thing and sent as another. What JSON
 * cannot carry stays in it, so that it is refused.
 */
export const snapshot = (root) => {
  let nodes = 0;
  const copy = (value, depth) => {
    if (++nodes > MAX_NODES || depth > MAX_DEPTH) return CUT;
    if (typeof value !== "object" || value === null) return value;
    try {
      const { toJSON } = value;
      if (typeof toJSON === "function") return copy(Reflect.apply(toJSON, value, []), depth + 1);
      const isList = Array.isArray(value);
      const result = isList ? [] : {};
      const keys = isList ? undefined : Object.keys(value);
      const length = Math.min((keys ?? value).length, MAX_NODES - nodes + 1);
      for (let i = 0; i < length; i++) {
        const key = isList ? i : keys[i];
        if (key !== "__proto__") result[key] = field(value, key, depth);
      }
      return result;
    } catch {
      return UNREADABLE;
    }
  };
  const field = (value, key, depth) => {
    let item;
    try {
      item = value[key];
    } catch {
      return UNREADABLE;
    }
    return copy(item, depth + 1);
  };
  return copy(root, 0);
};
