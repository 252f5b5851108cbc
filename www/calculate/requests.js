// Reads requests from pasted text (JSON, one JSON value per line, or CSV with a header), and writes requests as cells.
// Each row is read or reported with its line, because a row that is skipped silently would be missing in the sum.

import { readCsv } from "./csv.js";

const TOP = ["model", "callBackUrl"];
const TEXTS = ["prompt", "duration", "resolution", "upscaleResolution", "videoInputMode"];
const LISTS = ["urls", "videoUrls", "audioUrls"];
/** The columns of the requests, in the order of the documentation. */
export const COLUMNS = ["model", ...TEXTS.slice(0, 1), ...LISTS, ...TEXTS.slice(1), "callBackUrl"];
/** The column for a request that the other columns cannot represent. */
export const WHOLE = "json";
const KNOWN = new Map([...COLUMNS, WHOLE].map(name => [name.toLowerCase(), name]));
/** Common names of the modes. The service has a field for only two of the four. */
const MODE = "mode";
const UNNAMED_MODES = ["text", "image"];

/**
 * Returns `rows` of `{ line, request, mode, problems }`, of which only `problems` is always present, and `notes` about the whole. Problems
 * and notes are `{ severity, code, line, … }`. Throws a `SyntaxError` if the text cannot be read. Returns `null` if no column is known.
 */
export const readRequests = text => {
  const source = text.trim();
  if (!source) return { rows: [], notes: [] };
  if (!/^[[{]/.test(source)) return fromCsv(text);
  try {
    const value = JSON.parse(source);
    const list = Array.isArray(value) ? value : Array.isArray(value.requests) ? value.requests : [value];
    return { rows: list.map(request => ({ request, problems: [] })), notes: [] };
  } catch (error) {
    const lines = text
      .split(/\r\n|\n|\r/)
      .map((part, index) => ({ line: index + 1, part: part.trim() }))
      .filter(({ part }) => part);
    if (lines.length === 1 || !lines.every(({ part }) => part.startsWith("{"))) throw error;
    return { rows: lines.map(({ line, part }) => ({ line, problems: [], ...parsed(part, line) })), notes: [] };
  }
};

const error = (code, line, values) => ({ severity: "error", code, line, ...values });
const warning = (code, line, values) => ({ ...error(code, line, values), severity: "warning" });

const parsed = (text, line) => {
  try {
    return { request: JSON.parse(text) };
  } catch {
    return { problems: [error("json", line)] };
  }
};

const fromCsv = text => {
  const {
    rows: [header, ...rows],
    problems,
  } = readCsv(text);
  if (!header) return null;
  const names = header.cells.map(nameOf);
  if (!names.some(name => name === WHOLE || COLUMNS.includes(name))) return null;
  const notes = problems
    .filter(({ line }) => line < (rows[0]?.line ?? Infinity))
    .map(({ code, line, ...rest }) => warning(code, line, rest));
  const isTwice = (name, index) => name && !LISTS.includes(name) && names.indexOf(name) < index;
  for (const name of new Set(names.filter(isTwice))) notes.push(warning("twice", header.line, { name }));

  const filled = rows.filter(({ cells }) => cells.some(cell => cell.trim()));
  if (filled.length < rows.length) notes.push(warning("blank", undefined, { n: rows.length - filled.length }));
  const read = filled.map(({ line, cells }, index) => {
    const end = filled[index + 1]?.line ?? Infinity;
    const own = problems.filter(problem => problem.line >= line && problem.line < end);
    const row = { line, ...fromCells(names, cells, line) };
    row.problems.unshift(...own.map(({ code, ...rest }) => warning(code, rest.line, rest)));
    return row;
  });
  return { rows: read, notes };
};

/** The field of a column, or `null` for a column with notes. */
const nameOf = cell => {
  const name = cell.trim().replace(/^inputs\./, "");
  return name.startsWith("#") ? null : (KNOWN.get(name.toLowerCase()) ?? (name.toLowerCase() === MODE ? MODE : name));
};

const fromCells = (names, cells, line) => {
  const problems = [];
  const extra = [];
  const fields = new Map();
  let whole;
  let mode;
  const take = (name, value) => {
    if (LISTS.includes(name)) fields.set(name, [...(fields.get(name) ?? []), ...addresses(value)]);
    else if (!fields.has(name)) fields.set(name, value);
    else if (fields.get(name) !== value) problems.push(error("conflict", line, { name }));
  };
  cells.forEach((cell, index) => {
    const name = names[index];
    // Programs change line endings.
    const value = cell.trim().replace(/\r\n?/g, "\n");
    if (!value || name === null) return;
    if (!name) extra.push(value);
    else if (name === WHOLE) whole = value;
    else if (name !== MODE) take(name, value);
    else if (UNNAMED_MODES.includes(value.toLowerCase())) mode = value.toLowerCase();
    else take("videoInputMode", value);
  });
  if (extra.length) problems.push(error("extra", line, { cells: extra.join(" · ") }));
  const part = isTop => [...fields].filter(([name]) => TOP.includes(name) === isTop);
  const request = { ...Object.fromEntries(part(true)), inputs: Object.fromEntries(part(false)) };
  if (whole === undefined) return { request, mode, problems };

  const given = parsed(whole, line);
  if (given.problems) return { problems: [...problems, ...given.problems] };
  // One of the two may have been edited in a spreadsheet.
  if (!isSame(request, plain(given.request))) problems.push(error("differs", line));
  return { request: given.request, problems };
};

/** URLs may contain separators and even spaces, so only text that begins like a URL starts another one. */
const addresses = cell => {
  if (cell.startsWith("[")) {
    try {
      return JSON.parse(cell);
    } catch {
      // Not a list after all.
    }
  }
  return cell
    .replace(/^[\s,;|]+|[\s,;|]+$/g, "")
    .split(/[\s,;|]+(?=[a-z][a-z\d+.-]*:\/\/)/i)
    .filter(Boolean);
};

/** The cells of a request, in the order of the columns, and the whole request as JSON if they do not represent all of it. */
export const cells = request => [...known(request), isSame(request, plain(request)) ? "" : JSON.stringify(request)];

const known = request =>
  COLUMNS.map(name => {
    const value = (TOP.includes(name) ? request?.[name] : request?.inputs?.[name]) ?? "";
    const isList = LISTS.includes(name) && Array.isArray(value) && value.every(item => typeof item === "string");
    const text = isList ? value.join(" ") : typeof value === "object" ? JSON.stringify(value) : String(value);
    // As files and form fields normalize it.
    return text.toWellFormed().replace(/\r\n?/g, "\n");
  });

/** The request that the cells represent. */
const plain = request => fromCells(COLUMNS, known(request)).request;

const isSame = (one, other) => sorted(one) === sorted(other);
const sorted = value =>
  JSON.stringify(value, (_, part) =>
    part !== null && typeof part === "object" && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
