// The same on a server: prints what came of it.
import { program } from "./program.js";

program(process.env.SD2_BASE_URL).then(told => console.log(JSON.stringify(told)));
