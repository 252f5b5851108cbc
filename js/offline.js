import { encode } from "./boundary.js";
import { wasm } from "./wasm.js";

// The numbers by which src/wasm/offline.rs knows the functions.
const VALIDATE_REQUEST = 0;
const ESTIMATE_CREDITS = 1;

const call = (number, first, second) => wasm().offline(number, encode(first), encode(second));

export const validateRequest = (request, options) => call(VALIDATE_REQUEST, request, options?.media);

export const estimateCredits = (input) => call(ESTIMATE_CREDITS, input);
