// The entry `sd2-client/offline`: validation and prices without the client.
export { init } from "sd2-client-ask";
export { cleanRequest } from "../clean.js";
export { Sd2Error } from "../error.js";
export * from "../offline.js";
