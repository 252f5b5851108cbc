// How deep a value is nested.

/** Whether a value from JSON has more levels than this. */
export const isTooDeep = (value, levels) =>
  typeof value === "object" &&
  value !== null &&
  (levels === 0 || Object.values(value).some(item => isTooDeep(item, levels - 1)));
