// `Range` of a request.

/**
 * The bytes that a request wants of a file: `{ from, to, isPart }`, `to` not included; nothing if there are none of these. What is not
 * understood is no range, and neither are several, nor one of another version.
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
