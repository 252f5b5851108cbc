// The same on a server: prints what came of it.
import { files } from "./files.js";

files(process.env.SD2_BASE_URL).then(told => console.log(JSON.stringify(told)));
