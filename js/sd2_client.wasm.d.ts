// What the import of a .wasm file is in Workers, and at the edge with `?module`.
import type { WasmModule } from "./index.js";

declare const module: WasmModule;
export default module;
