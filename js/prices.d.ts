// The types of sd2-client/prices: those of the default entry that need no WebAssembly.

export { affordable, estimateCredits, estimateMany, longestDuration, priceTable, Sd2Error } from "./index.js";
export type {
  AffordableRow,
  CreditsEstimate,
  Duration,
  Issue,
  IssueCode,
  Model,
  PriceConfiguration,
  PriceFilter,
  PriceRow,
  Sd2ErrorCode,
  TaskRequest,
  UpscaleResolution,
} from "./index.js";
