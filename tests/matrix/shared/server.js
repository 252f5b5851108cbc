// Runs the program on a server, and prints its report.
import { program } from "./program.js";

program(process.env.SD2_BASE_URL).then(told => console.log(JSON.stringify(told)));
