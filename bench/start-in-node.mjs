// A sample of start.mjs in a process of its own: prints the milliseconds from the import of an SDK to its client, in processor time and
// by the clock.
import { sdks } from "./sdks.mjs";

const { from, open } = sdks[process.argv[2]];
const began = performance.now();
const before = process.cpuUsage();
open(await import(from));
const { user, system } = process.cpuUsage(before);
console.log((user + system) / 1e3, performance.now() - began);
