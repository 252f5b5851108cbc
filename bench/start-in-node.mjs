// Run by start.mjs, in a process for each sample: prints the milliseconds from the import of an SDK to its client.
import { sdks } from "./sdks.mjs";

const { from, open } = sdks[process.argv[2]];
const began = performance.now();
open(await import(from));
console.log(performance.now() - began);
