// sd2-client/media on its platforms: workerd at old and new compatibility dates, Chromium across origins, and imports.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { resultOf, startChromium } from "../../support/chromium.mjs";
import { byRange, file, largeClip, serve } from "../../support/media-server.mjs";
import { dist, runScript, write } from "../../support/project.mjs";
import { bundle, startWorker } from "../../support/workerd.mjs";

const clip = largeClip(1);
const CLIP = {
  kind: "video",
  format: "mp4",
  mimeType: "video/mp4",
  width: 640,
  height: 480,
  durationSeconds: 2,
  size: clip.length,
};

const worker = `
  import { checkMedia, probeMedia } from "sd2-client/media";
  export default {
    async fetch(request) {
      const url = new URL(request.url).searchParams.get("url");
      const clip = await (await fetch(url)).arrayBuffer();
      const sources = [url, clip, new Blob([clip])];
      const told = [];
      for (const source of sources) told.push(await probeMedia(source));
      const inputs = { videoInputMode: "reference", resolution: "1280x720", videoUrls: ["https://example.com/a.mp4"] };
      const { valid, issues } = await checkMedia({ model: "sd2", inputs }, { fetch: (address, init) => fetch(url, init) });
      return Response.json({ told, valid, issues });
    },
  };`;

const modules = await bundle(write("workers/media.js", worker));
// At the second date the `cache` option of `fetch` still throws.
for (const date of ["2022-11-30", "2024-01-01", "2026-04-01"]) {
  test(`probeMedia works in a Worker with compatibility date ${date}`, async () => {
    const server = await serve({ clip });
    const response = await startWorker(modules, date).dispatchFetch(
      `http://worker/?url=${encodeURIComponent(server.url("clip"))}`,
    );
    const text = await response.text();
    assert.equal(response.status, 200, text);
    assert.deepEqual(JSON.parse(text), { told: [CLIP, CLIP, CLIP], valid: true, issues: [] });
    assert.deepEqual(server.seen.slice(1, 3), ["GET bytes=0-65535", server.seen[2]]);
  });
}

test("a Worker gets the compiled module instead of inlined bytes", () => {
  const [script, ...others] = modules;
  assert.deepEqual(
    others.map(({ type }) => type),
    ["CompiledWasm", "CompiledWasm"],
  );
  assert.ok(script.contents.length < 70_000);
});

const browser = await startChromium();

const page = source => `<!doctype html><link rel="icon" href="data:,"><script type="module">
  import { probeMedia } from "/package/media.js";
  const codeOf = (promise) => promise.then((facts) => facts, ({ code, message }) => ({ code, message }));
  ${source}</script>`;

/** Serves the package and one page. */
const pages = source =>
  serve({}, (request, response) => {
    const isPage = request.url === "/page";
    response.writeHead(200, { "content-type": isPage ? "text/html" : "text/javascript" });
    response.end(isPage ? page(source) : readFileSync(join(dist, request.url.replace("/package/", ""))));
    return true;
  });

/** A server of another origin. Its CORS allows all origins, but exposes no headers, as is common. */
const elsewhere = files =>
  serve(files, (request, response, bytes) => {
    response.setHeader("access-control-allow-origin", "*");
    if (bytes) byRange(request.headers.range, response, bytes);
    else response.writeHead(404).end();
    return true;
  });

test("a page reads ranges of a file of another origin without a preflight", async () => {
  const other = await elsewhere({ clip });
  const server = await pages(`tell(await codeOf(probeMedia(${JSON.stringify(other.url("clip"))})));`);
  const told = await resultOf(browser, server.url("page"));
  assert.deepEqual({ ...told, size: clip.length }, CLIP);
  assert.deepEqual(
    other.seen.map(line => line.split(" ")[0]),
    ["GET", "GET"],
  );
});

test("a page probes a file of another origin whose size is hidden", async () => {
  const other = await elsewhere({ video: file("ogv.ogv") });
  const server = await pages(`tell(await codeOf(probeMedia(${JSON.stringify(other.url("video"))})));`);
  const told = await resultOf(browser, server.url("page"));
  assert.equal(told.durationSeconds, 2);
  assert.ok(other.seen.length <= 3 && other.seen.every(line => line.startsWith("GET bytes=")), other.seen.join());
});

test("a file that CORS blocks is media_unreachable, and the message says that the service may be able to read it", async () => {
  const other = await serve({ clip });
  const server = await pages(`tell(await codeOf(probeMedia(${JSON.stringify(other.url("clip"))})));`);
  const { code, message } = await resultOf(browser, server.url("page"));
  assert.equal(code, "media_unreachable");
  assert.match(message, /the service may still be able to/);
  assert.deepEqual(other.seen, ["GET bytes=0-65535", "GET whole"]);
});

test("a page probes a dropped file", async () => {
  const bytes = [...file("heic-thumb.heic")];
  const server = await pages(`tell(await codeOf(probeMedia(new File([Uint8Array.of(${bytes})], "IMG_1.HEIC"))));`);
  assert.deepEqual(await resultOf(browser, server.url("page")), {
    kind: "image",
    format: "heic",
    mimeType: "image/heic",
    width: 641,
    height: 427,
    size: bytes.length,
  });
});

test("importing sd2-client/media has no side effects", async () => {
  const output = await runScript(
    "nothing-media.mjs",
    `const calls = [];
     const watch = (owner, name) => {
       owner[name] = new Proxy(owner[name], {
         apply: (...all) => (calls.push(name), Reflect.apply(...all)),
         construct: (...all) => (calls.push(name), Reflect.construct(...all)),
       });
     };
     for (const name of ["Module", "Instance", "Memory", "compile", "instantiate"]) watch(WebAssembly, name);
     for (const name of ["fetch", "setTimeout", "queueMicrotask"]) watch(globalThis, name);
     const before = Object.getOwnPropertyNames(globalThis).length;
     const entry = await import("sd2-client/media");
     console.log(JSON.stringify([calls, Object.getOwnPropertyNames(globalThis).length - before, Object.keys(entry).sort()]));`,
  );
  assert.deepEqual(JSON.parse(output), [[], 0, ["checkMedia", "probeMedia"]]);
});

test("require() works in a Node that can require ES modules", { skip: !process.features.require_module }, async () => {
  const output = await runScript(
    "media.cjs",
    `const { probeMedia } = require("sd2-client/media");
     probeMedia(Buffer.from("GIF89a\\x10\\0\\x08\\0${" ".repeat(20)}")).then(({ width, height }) => console.log(width, height));`,
    { flags: ["--no-warnings"] },
  );
  assert.equal(output, "16 8");
});

test("an app that imports both entries contains the default one once", () => {
  for (const [entry, beside] of [
    ["media", "index"],
    ["media-workerd", "workerd"],
    ["media-edge-light", "edge-light"],
  ]) {
    const text = readFileSync(join(dist, `${entry}.js`), "utf8");
    assert.match(text, new RegExp(`from"\\./${beside}\\.js"`));
    assert.doesNotMatch(text, /import\.meta|\bawait import\b/);
  }
});
