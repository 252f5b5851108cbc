// How long a Worker takes from its start to its first answer: a clock in it would stand still.
import { Miniflare } from "miniflare";
import { readdirSync } from "node:fs";

const [folder] = process.argv.slice(2);
const before = performance.now();
const worker = new Miniflare({
  modules: readdirSync(folder)
    .sort()
    .map(name => ({ type: name.endsWith(".wasm") ? "CompiledWasm" : "ESModule", path: `${folder}/${name}` })),
  compatibilityDate: "2026-07-01",
});
await worker.ready;
const ready = performance.now();
await (await worker.dispatchFetch("http://worker/")).text();
console.log(JSON.stringify({ start: ready - before, answer: performance.now() - ready }));
await worker.dispose();
