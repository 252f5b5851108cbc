import { encode, encodeList } from "./boundary.js";
import { wasm } from "./wasm.js";

// The numbers by which src/wasm/offline.rs knows the functions.
const VALIDATE_REQUEST = 0;
const ESTIMATE_CREDITS = 1;
const ESTIMATE_MANY = 2;
const TABLE = 3;

export const validateRequest = (request, options) =>
  wasm().offline(VALIDATE_REQUEST, `a2;${encode(request)}${encode(options)}`);

export const estimateCredits = (request) => wasm().offline(ESTIMATE_CREDITS, encode(request));

export const estimateMany = (requests) => wasm().offline(ESTIMATE_MANY, encodeList(requests));

const table = (credits) => wasm().offline(TABLE, encode(credits));

export const priceTable = () => table(0).map(({ count, ...row }) => row);

export const affordable = (credits, filter) => {
  const rows = table(credits);
  const wanted = Object.entries(filter ?? {}).filter(([, value]) => value !== undefined);
  // What no row can have is a mistake, and no empty table. No upscale is null here, and nothing in a configuration.
  estimateCredits(Object.fromEntries([["model", rows[0].model], ...wanted.filter(([, value]) => value !== null)]));
  return rows.filter((row) => wanted.every(([name, value]) => !(name in row) || row[name] === value));
};

export const longestDuration = (credits, configuration) => {
  const { creditsPerSecond } = estimateCredits(configuration);
  const isPaid = ({ duration }) => creditsPerSecond * parseInt(duration) <= credits;
  return table(credits).findLast(isPaid)?.duration ?? null;
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
