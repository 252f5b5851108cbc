// The slim entry: Vite gives the file's address for `?url`.
import { init } from "sd2-client/slim";
import wasm from "sd2-client/sd2_client.wasm?url";
import { program } from "./program-slim.js";
import { api, tell } from "./tell.js";

tell(init(wasm).then(() => program(api)));
