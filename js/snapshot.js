// Copies a request.

/** As in js/memory.js. */
const MAX_NODES = 10_000;
const MAX_DEPTH = 32;

/** Stand for a value that could not be read, and for one that was cut. */
export const UNREADABLE = Symbol();
export const CUT = Symbol();

/**
 * A copy of plain data. Each field is read once, because a getter could return one value to be priced and another to be sent. Values
 * that JSON cannot represent stay in the copy, so that the request is refused.
 */
export const snapshot = root => {
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
