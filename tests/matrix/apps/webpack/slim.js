// The slim entry: webpack gives the file's address for `new URL(…, import.meta.url)`.
import { init } from "sd2-client/slim";
import { program } from "./program-slim.js";
import { api, tell } from "./tell.js";

const wasm = new URL("sd2-client/sd2_client.wasm", import.meta.url);
tell(init(wasm).then(() => program(api)));
