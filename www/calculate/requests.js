// Requests out of what somebody pasted: JSON, one JSON value a line, or CSV with a header.

import { readCsv } from "./csv.js";

const TOP = ["model", "callBackUrl"];
const TEXTS = ["prompt", "duration", "resolution", "upscaleResolution", "videoInputMode"];
const LISTS = ["urls", "videoUrls", "audioUrls"];
/** The columns of the requests, in the order of the documentation. */
export const COLUMNS = ["model", ...TEXTS.slice(0, 1), ...LISTS, ...TEXTS.slice(1), "callBackUrl"];
/** The columns that the download adds; read again, they are no fields. */
export const ADDED = ["number", "mode", "credits", "issues"];

/** A list of what should be requests; throws a `SyntaxError` where it cannot be read, `null` where no column is known. */
export const readRequests = (text) => {
  const source = text.trim();
  if (!source) return [];
  if (!/^[[{]/.test(source)) return fromCsv(source);
  let value;
  try {
    value = JSON.parse(source);
  } catch (error) {
    const lines = source.split(/\r?\n/).filter((line) => line.trim());
    if (lines.length === 1 || !lines.every(isJson)) throw error;
    return lines.map((line) => JSON.parse(line));
  }
  if (Array.isArray(value)) return value;
  return Array.isArray(value.requests) ? value.requests : [value];
};

const isJson = (line) => {
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
};

const fromCsv = (source) => {
  const [header, ...rows] = readCsv(source);
  const known = new Map([...COLUMNS, ...ADDED].map((name) => [name.toLowerCase(), name]));
  const names = header.map((cell) => {
    const name = cell.trim().replace(/^inputs\./, "");
    return known.get(name.toLowerCase()) ?? name;
  });
  if (!names.some((name) => COLUMNS.includes(name))) return null;
  return rows.map((row) => {
    const request = { inputs: {} };
    names.forEach((name, index) => {
      const cell = (row[index] ?? "").trim();
      if (!cell || !name || ADDED.includes(name)) return;
      if (TOP.includes(name)) request[name] = cell;
      // An unknown column goes along, so that the validator can say what was probably meant.
      else request.inputs[name] = LISTS.includes(name) ? cell.split(/\s+/) : cell;
    });
    return request;
  });
};

/** The cells of a request, in the order of the columns. */
export const cells = (request) =>
  COLUMNS.map((name) => {
    const value = TOP.includes(name) ? request?.[name] : request?.inputs?.[name];
    if (Array.isArray(value)) return value.join(" ");
    return value !== null && typeof value === "object" ? JSON.stringify(value) : value;
  });
