// Every snippet of the README runs: in Node, in Chromium (```js browser), in workerd (```js worker), against the emulator.
// ```js no-run is for what cannot.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { resultOf, startChromium } from "./chromium.mjs";
import { dist, project, runScript, write } from "./project.mjs";
import { startSandbox } from "./sandbox.mjs";
import { readme, SERVICE, snippets } from "./snippets.mjs";
import { bundle, reroute as rerouted, startWorker } from "./workerd.mjs";

test("snippets are found", () => {
  const text =
    "# A\n```js\n1;\n```\n## B\n```js browser\n2;\n3;\n```\n```sh\nls\n```\n```js no-run\n4;\n```\n````md\n```js\n5;\n```\n````\n";
  assert.deepEqual(snippets(text), [
    { where: "node", heading: "A", line: 3, source: "1;" },
    { where: "browser", heading: "B", line: 7, source: "2;\n3;" },
  ]);
});

const found = readme();
const pages = join(project, "readme-pages");
for (const { where, line, source } of found) {
  if (where !== "browser") continue;
  write(
    `readme-pages/${line}.html`,
    `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">
     <script type="importmap">{ "imports": { "sd2-client": "/package/index.js", "sd2-client/slim": "/package/slim.js" } }</script>
     <form><input name="prompt" value="A cat playing piano"><button>Make it</button></form>
     <progress></progress><output></output><p></p><video muted></video>
     <script>globalThis.apiKey = "sandbox-key";</script>
     <script type="module">\n${source}\n;tell(true);</script>`,
  );
}
write("readme-pages/index.html", "");
const sandbox = await startSandbox("--www", pages, "--mount", `/package=${dist}`);

// The snippets name the service itself, as users do. Whatever goes there comes to the emulator.
const reroute = `
  const { fetch } = globalThis;
  globalThis.fetch = (input, init) => fetch(String(input.url ?? input).replace("${SERVICE}", "${sandbox.url}"), init);`;

// What snippets take for granted after the first ones: each stands alone here.
const prelude = write(
  "readme/prelude.mjs",
  `${reroute}
   import { Sd2Client } from "sd2-client";
   globalThis.apiKey = process.env.SD2_API_KEY;
   globalThis.request = { model: "sd2", inputs: { prompt: "A cat playing piano" } };
   globalThis.client = new Sd2Client({ apiKey });
   globalThis.taskId = process.env.TASK_ID;`,
);
for (const { where, heading, line, source } of found) {
  test(`README, line ${line} (${heading}), runs in ${where}`, { timeout: 120_000 }, async () => {
    if (where === "node") {
      const created = await fetch(`${sandbox.baseUrl}/jobs/createTask`, {
        method: "POST",
        headers: { authorization: "Bearer sandbox-other", "content-type": "application/json" },
        body: JSON.stringify({ model: "sd2", inputs: { prompt: "a" } }),
      });
      const { taskId } = await created.json();
      const env = { SD2_API_KEY: "sandbox-key", TASK_ID: taskId };
      await runScript(`readme/${line}.mjs`, source, { flags: ["--import", prelude], env });
    } else if (where === "browser") {
      const browser = await startChromium();
      assert.equal(await resultOf(browser, `${sandbox.url}/${line}.html`, page => page.addInitScript(reroute)), true);
    } else {
      const modules = await bundle(write(`readme/${line}.worker.js`, source));
      const worker = startWorker(modules, "2026-04-01", {
        bindings: { SD2_API_KEY: "sandbox-key", CALLBACK_SECRET: "a secret of the README" },
        kvNamespaces: ["VIDEOS"],
        outboundService: rerouted(sandbox),
      });
      const response = await worker.dispatchFetch("http://worker/", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ prompt: "A cat playing piano" }),
      });
      const body = await response.text();
      assert.ok(response.ok, `${response.status}: ${body}`);
    }
  });
}
