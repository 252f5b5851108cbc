// Turns the values of a form into a request.
import { trim } from "./text.js";

/** The value of a field in a request. Blank strings become empty. */
const clean = (value, name, depth) => {
  if (typeof value === "string") {
    const text = trim(value);
    if (name === "duration" && /^\d+$/.test(text)) return `${text}s`;
    // White space around a prompt may be intended.
    return text && (name === "prompt" ? value : text);
  }
  if (name === "duration" && Number.isInteger(value)) return `${value}s`;
  if (typeof value !== "object" || value === null || depth > 2) return value;
  const isGiven = value => value != null && value !== "" && !(Array.isArray(value) && !value.length);
  if (Array.isArray(value)) return value.map(item => clean(item, "", depth + 1)).filter(isGiven);
  const fields = Object.entries(value).map(([name, field]) => [name, clean(field, name, depth + 1)]);
  return Object.fromEntries(fields.filter(([, field]) => isGiven(field)));
};

export const cleanRequest = value => clean(value, "", 0);
