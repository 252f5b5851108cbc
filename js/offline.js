import { encode, encodeList, parseJson } from "./value.js";
import { run } from "./wasm.js";

// The numbers by which src/wasm/offline.rs knows the functions.
const VALIDATE_REQUEST = 0;
const ESTIMATE_CREDITS = 1;
const ESTIMATE_MANY = 2;
const TABLE = 3;
const PARSE_CALLBACK = 4;
const CALLBACK_HINT = 5;

const call = (number, argument) => run(({ offline }) => offline(number, argument));

export const validateRequest = (request, options) =>
  call(VALIDATE_REQUEST, `a2;${encode(request)}${encode(options)}`);

export const estimateCredits = (request) => call(ESTIMATE_CREDITS, encode(request));

export const estimateMany = (requests) => call(ESTIMATE_MANY, encodeList(requests));

const table = (credits) => call(TABLE, encode(credits));

export const priceTable = () => table(0).map(({ count, ...row }) => row);

export const affordable = (credits, filter) => {
  const rows = table(credits);
  const wanted = Object.entries(filter ?? {}).filter(([, value]) => value !== undefined);
  // What no row can have is a mistake, and no empty table.
  estimateCredits({ model: rows[0].model, ...Object.fromEntries(wanted) });
  return rows.filter((row) => wanted.every(([name, value]) => !(name in row) || row[name] === value));
};

export const longestDuration = (credits, configuration) => {
  const { creditsPerSecond } = estimateCredits(configuration);
  const isPaid = ({ duration }) => creditsPerSecond * parseInt(duration) <= credits;
  return table(credits).findLast(isPaid)?.duration ?? null;
};

export const parseCallback = (body) => readCallback(PARSE_CALLBACK, body);

/** The id of the task that a callback's body is about, whatever else it says. */
export const callbackTaskId = (body) => readCallback(CALLBACK_HINT, body).taskId;

/** More characters than any task takes. */
const CALLBACK_LIMIT = 4 << 20;

const readCallback = (number, body) => {
  let text;
  let value;
  try {
    text = typeof body === "string" ? body : new TextDecoder().decode(body);
    value = text.length > CALLBACK_LIMIT ? "" : parseJson(text);
  } catch {
    // Neither text nor bytes: somebody read it already.
    value = encode(body);
  }
  // An error shows the beginning.
  return call(number, `a2;${value || encode()}${encode(text?.slice(0, 2_000))}`);
};

// A Standard Schema v1: https://standardschema.dev
export const requestSchema = {
  "~standard": {
    version: 1,
    vendor: "sd2-client",
    validate(value) {
      const { valid, issues } = validateRequest(value);
      if (valid) return { value };
      return { issues: issues.filter((issue) => issue.severity === "error") };
    },
  },
};
