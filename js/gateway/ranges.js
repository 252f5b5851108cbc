// Reads the `Range` header of a request.

/**
 * The bytes of a file that a request asks for: `{ from, to, isPart }` with `to` excluded, or undefined if the file has none of them. An
 * invalid range, several ranges, or a range of another version mean the whole file.
 */
export const rangeOf = (headers, size, tag) => {
  const whole = { from: 0, to: size, isPart: false };
  const condition = headers.get("if-range");
  if (condition !== null && condition !== tag) return whole;
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(headers.get("range") ?? "") ?? [];
  if (first === undefined || first + last === "") return whole;
  const from = first === "" ? Math.max(0, size - Number(last)) : Number(first);
  const to = first === "" || last === "" ? size : Math.min(size, Number(last) + 1);
  if (first !== "" && last !== "" && Number(last) < Number(first)) return whole;
  return from < to ? { from, to, isPart: true } : undefined;
};
