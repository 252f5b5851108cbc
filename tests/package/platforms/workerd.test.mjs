// The package in a Cloudflare Worker.
import assert from "node:assert/strict";
import { test } from "node:test";
import { check, program } from "../../support/program.mjs";
import { write } from "../../support/project.mjs";
import { startSandbox } from "../../support/sandbox.mjs";
import { bundle, startWorker } from "../../support/workerd.mjs";

const sandbox = await startSandbox();

const source = (from, before = "") => `
  import { estimateCredits, init, Sd2Client, Sd2Error, validateRequest } from "${from}";
  ${before}
  ${program}
  export default {
    async fetch(request) {
      try {
        return Response.json(await program(new URL(request.url).searchParams.get("baseUrl")));
      } catch (error) {
        return new Response(error?.stack ?? String(error), { status: 500 });
      }
    },
  };`;

const entries = {
  "sd2-client": source("sd2-client"),
  "sd2-client/workerd": source("sd2-client/workerd"),
  "sd2-client/slim": source("sd2-client/slim", `import module from "sd2-client/sd2_client.wasm"; await init(module);`),
};

for (const [from, text] of Object.entries(entries)) {
  const modules = await bundle(write(`workers/${from.replaceAll("/", "-")}.js`, text));
  // The first date lacks FinalizationRegistry; at the second one `cache` still throws.
  for (const date of ["2022-11-30", "2024-01-01", "2026-04-01"]) {
    test(`${from} works in workerd with date ${date}`, async () => {
      const worker = startWorker(modules, date);
      const response = await worker.dispatchFetch(`http://worker/?baseUrl=${encodeURIComponent(sandbox.baseUrl)}`);
      const body = await response.text();
      assert.equal(response.status, 200, body);
      check(JSON.parse(body));
    });
  }
}

test("the default import uses the compiled module in a Worker instead of inlined bytes", async () => {
  const modules = await bundle(write("workers/condition.js", entries["sd2-client"]));
  assert.deepEqual(
    modules.map(({ type }) => type),
    ["ESModule", "CompiledWasm"],
  );
  assert.ok(modules[0].contents.length < 60_000);
});
