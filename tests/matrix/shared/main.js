// A page that runs the program.
import { program } from "./program.js";
import { api, tell } from "./tell.js";

tell(program(api));
