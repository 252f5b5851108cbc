// Runs what `wrangler deploy --dry-run` would have deployed, and prints what the Worker answers.
import { Miniflare } from "miniflare";
import { readdirSync } from "node:fs";

const wasm = readdirSync("out").filter(name => name.endsWith(".wasm"));
const worker = new Miniflare({
  modules: [
    { type: "ESModule", path: "out/worker.js" },
    ...wasm.map(name => ({ type: "CompiledWasm", path: `out/${name}` })),
  ],
  compatibilityDate: process.argv[2],
});
const response = await worker.dispatchFetch(
  `http://worker/${process.argv[3] ?? ""}?api=${encodeURIComponent(process.env.SD2_BASE_URL)}`,
);
console.log(await response.text());
await worker.dispose();
