// examples/gateway-worker in workerd, as its configuration has it, and its page in Chromium.
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { startChromium } from "../../support/chromium.mjs";
import { dist, load, root, write } from "../../support/project.mjs";
import { bundle, startWorker } from "../../support/workerd.mjs";

const { createEmulator } = await load("sd2-client/emulator");
const example = name => join(root, "examples/gateway-worker", name);
const config = JSON.parse(readFileSync(example("wrangler.jsonc"), "utf8").replaceAll(/^\s*\/\/.*$/gm, ""));

const assets = mkdtempSync(join(tmpdir(), "sd2-example-"));
after(() => rmSync(assets, { recursive: true }));
cpSync(example(config.assets.directory), assets, { recursive: true });
// What `build` does.
cpSync(join(dist, "index.js"), join(assets, "sd2-client.js"));

const service = createEmulator({ speed: 20, keys: { "sandbox-key": 10_000 } });
const [{ name, class_name: className }] = config.durable_objects.bindings;
assert.deepEqual(config.migrations[0].new_sqlite_classes, [className]);
const worker = startWorker(
  await bundle(write("workers/example.js", readFileSync(example(config.main), "utf8"))),
  config.compatibility_date,
  {
    bindings: { SD2_API_KEY: "sandbox-key" },
    durableObjects: { [name]: { className, useSQLite: true } },
    assets: { directory: assets, routerConfig: { has_user_worker: true } },
    outboundService: async request => {
      const { method, headers, url } = request;
      const body = (await request.text()) || undefined;
      return service.fetch(url, { method, headers: [...headers], body });
    },
  },
);

test("a visitor of the example signs in, and gets the videos one after the other; one is cancelled in the queue", {
  timeout: 120_000,
}, async () => {
  const browser = await startChromium();
  const page = await browser.newPage();
  await page.goto((await worker.ready).href);
  const create = async prompt => {
    await page.fill("[name=prompt]", prompt);
    await page.click("#create button");
  };
  await create("A stranger's cat");
  await page.waitForSelector("li:has-text('Sign in first.')");
  await page.fill("[name=name]", "Anna");
  await Promise.all([page.waitForResponse(/sign-in/), page.click("#sign-in button")]);
  for (const prompt of ["A cat", "A dog", "A bird"]) await create(prompt);
  await page.click("li:has-text('A bird: 2 in the queue') button, li:has-text('A bird: 1 in the queue') button");
  await page.waitForSelector("li:has-text('A bird'):has-text('Cancelled before')");
  for (const prompt of ["A cat", "A dog"]) await page.waitForSelector(`li:has-text('${prompt}') video`);
  const { tasks, createRequests } = service.ledger();
  assert.deepEqual([tasks.map(({ prompt }) => prompt), createRequests], [["A cat", "A dog"], 2]);
  const cookies = await page.context().cookies();
  assert.ok(!JSON.stringify(cookies).includes("sandbox-key"));
});
