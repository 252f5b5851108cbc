// A frame of the page's, with a copy of the package of its own. Its parent calls in.
import * as sd2 from "./node_modules/sd2-client/dist/index.js";
import { program } from "./inline.js";

parent.postMessage("ready");
Object.assign(globalThis, { sd2, program });
