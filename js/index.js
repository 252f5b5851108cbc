// The public API, the same in each entry. Entries differ in the source of their WebAssembly: the build replaces "sd2-client-module"
// by a file of js/module/.
export { generateAll } from "./batch.js";
export { Sd2Client } from "./client.js";
export { cancelTask } from "./cancel.js";
export { cleanRequest } from "./clean.js";
export { parseCallback } from "./body.js";
export { confirmCallback } from "./confirm.js";
export {
  affordable,
  estimateCredits,
  estimateMany,
  longestDuration,
  priceTable,
  requestSchema,
  validateRequest,
} from "./offline.js";
export { signCallbackUrl, verifyCallbackUrl } from "./callback.js";
export { Sd2Error } from "./error.js";
export { forget, resume } from "./resume.js";
export { indexedDbStore, localStorageStore, memoryStore } from "./stores.js";
export { upload } from "./upload.js";
export { init } from "./wasm.js";
