// Runs files.js on a server, and prints its report.
import { files } from "./files.js";

files(process.env.SD2_BASE_URL).then(told => console.log(JSON.stringify(told)));
