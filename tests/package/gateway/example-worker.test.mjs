// examples/gateway-worker in workerd with its own configuration, and its page in Chromium.
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
// The same as `build`.
cpSync(join(dist, "index.js"), join(assets, "sd2-client.js"));

/** The bodies of the requests to the service. */
const bodies = [];
const service = createEmulator({ speed: 20, keys: { "sandbox-key": 10_000 } });
const [{ name, class_name: className }] = config.durable_objects.bindings;
assert.deepEqual(config.migrations[0].new_sqlite_classes, [className]);
const worker = startWorker(
  await bundle(write("workers/example.js", readFileSync(example(config.main), "utf8"))),
  config.compatibility_date,
  {
    bindings: { SD2_API_KEY: "sandbox-key" },
    durableObjects: { [name]: { className, useSQLite: true } },
    r2Buckets: config.r2_buckets.map(({ binding }) => binding),
    assets: { directory: assets, routerConfig: { has_user_worker: true } },
    outboundService: async request => {
      const { method, headers, url } = request;
      const body = (await request.text()) || undefined;
      if (body) bodies.push(JSON.parse(body));
      return service.fetch(url, { method, headers: [...headers], body });
    },
  },
);

test("a visitor of the example signs in, gets videos one after the other, and cancels a queued one", {
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

test("a photo from a phone becomes a video, but not another file with the name of a photo", {
  timeout: 120_000,
}, async () => {
  const { href } = await worker.ready;
  const browser = await startChromium();
  const page = await browser.newPage();
  await page.goto(href);
  await page.fill("[name=name]", "Ben");
  await Promise.all([page.waitForResponse(/sign-in/), page.click("#sign-in button")]);
  const create = async (prompt, name, buffer) => {
    await page.fill("[name=prompt]", prompt);
    await page.setInputFiles("[name=photo]", { name, mimeType: "image/jpeg", buffer });
    await page.click("#create button");
  };
  const photos = ["jpg-exif6.jpg", "heic-still.heic"].map(name =>
    readFileSync(join(root, "tests/fixtures/media", name)),
  );
  await create("It moves", "IMG_1.JPG", photos[0]);
  await create("It turns", "IMG_2.HEIC", photos[1]);
  for (const prompt of ["It moves", "It turns"]) await page.waitForSelector(`li:has-text('${prompt}') video`);
  for (const [index, photo] of photos.entries()) {
    const [url] = bodies.find(({ inputs }) => inputs.prompt === ["It moves", "It turns"][index]).inputs.urls;
    const response = await fetch(url);
    assert.deepEqual(Buffer.from(await response.arrayBuffer()), photo);
  }
  await create("It runs", "IMG_3.JPG", Buffer.from("<!doctype html><script>alert(1)</script>"));
  await page.waitForSelector("li:has-text('It runs: This is a web page, not a file.')");
  assert.equal(bodies.filter(({ inputs }) => inputs.prompt === "It runs").length, 0);
});
