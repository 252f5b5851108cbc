// The package in a browser, as a module script and bundled.
import assert from "node:assert/strict";
import { test } from "node:test";
import { build as esbuild } from "esbuild";
import { build as vite } from "vite";
import { resultOf, startChromium } from "../../support/chromium.mjs";
import { check, program } from "../../support/program.mjs";
import { dist, project, write } from "../../support/project.mjs";
import { startSandbox } from "../../support/sandbox.mjs";
import { join } from "node:path";

const html = (script, policy = "script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'") => `<!doctype html>
<meta charset="utf-8">
<meta http-equiv="content-security-policy" content="${policy}">
<link rel="icon" href="data:,">
<video muted></video>
${script}
`;
const inline = source => html(`<script type="module">${source}</script>`);
const run = `${program}
  tell(await program(location.origin + "/api/v1"));`;
const imports = from => `import { estimateCredits, init, Sd2Client, Sd2Error, validateRequest } from "${from}";`;

write("pages/plain.html", inline(`${imports("/package/index.js")} ${run}`));
write("pages/slim.html", inline(`${imports("/package/slim.js")} await init("/package/sd2_client.wasm"); ${run}`));
write(
  "pages/latin1.html",
  // Another character set of the page or the server must not break the inlined module.
  `<!doctype html><meta charset="iso-8859-1">
   <script type="module">${imports("/package/index.js")} tell(estimateCredits({ model: "sd2" }));</script>`,
);
write(
  "pages/video.html",
  inline(`${imports("/package/index.js")}
    const client = new Sd2Client({ apiKey: "sandbox-key", baseUrl: location.origin + "/api/v1" });
    const task = await client.generate({ model: "sd2", inputs: { prompt: "a", resolution: "720x1280" } }, { pollIntervalMs: 40 });
    const video = document.querySelector("video");
    video.src = task.output[0].url;
    await video.play();
    await new Promise((done) => video.addEventListener("timeupdate", done, { once: true }));
    tell({ width: video.videoWidth, height: video.videoHeight, played: !video.paused, error: video.error });`),
);
write(
  "pages/policy.html",
  html(
    `<script type="module">${imports("/package/index.js")}
     const told = [];
     try { estimateCredits({ model: "sd2" }); } catch (error) { told.push(error); }
     await init().catch((error) => told.push(error));
     tell(told.map((error) => ({ is: Sd2Error.is(error), code: error.code, message: error.message })));
    </script>`,
    "script-src 'self' 'unsafe-inline'",
  ),
);
write(
  "pages/worker.js",
  `${imports("/package/index.js")} ${program} postMessage(await program(location.origin + "/api/v1"));`,
);
write(
  "pages/worker.html",
  inline(`new Worker("/worker.js", { type: "module" }).onmessage = ({ data }) => tell(data);`),
);

// A new Vite project without configuration.
write("vite/index.html", html(`<script type="module" src="./main.js"></script>`));
write("vite/main.js", `${imports("sd2-client")} ${run}`);
const viteOut = join(project, "vite", "out");
await vite({
  root: join(project, "vite"),
  configFile: false,
  logLevel: "error",
  build: { outDir: viteOut },
  base: "/vite/",
});

write("esbuild/main.js", `${imports("sd2-client")} ${run}`);
await esbuild({
  entryPoints: [join(project, "esbuild/main.js")],
  outfile: join(project, "pages/esbuild.js"),
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  logLevel: "error",
});
write("pages/esbuild.html", html(`<script type="module" src="/esbuild.js"></script>`));

const sandbox = await startSandbox(
  "--www",
  join(project, "pages"),
  "--mount",
  `/package=${dist}`,
  "--mount",
  `/vite=${viteOut}`,
);
const browser = await startChromium();

for (const [name, path] of [
  ["a plain module script", "plain.html"],
  ["the slim entry with a URL", "slim.html"],
  ["a Web Worker", "worker.html"],
  ["a Vite build", "vite/index.html"],
  ["an esbuild bundle", "esbuild.html"],
]) {
  test(`the package works in Chromium: ${name}`, async () => {
    check(await resultOf(browser, `${sandbox.url}/${path}`));
  });
}

test("generate resolves to a video that plays", async () => {
  assert.deepEqual(await resultOf(browser, `${sandbox.url}/video.html`), {
    width: 720,
    height: 1280,
    played: true,
    error: null,
  });
});

test("the inlined module works in a page with another character set", async () => {
  const { total } = await resultOf(browser, `${sandbox.url}/latin1.html`);
  assert.equal(total, 200);
});

test("preflights ask only for Authorization and Content-Type", async () => {
  // The page has another origin than the service.
  const other = await startSandbox();
  const page = inline(`${imports("/package/index.js")} ${program} tell(await program("${other.baseUrl}"));`);
  write("pages/cors.html", page);
  check(await resultOf(browser, `${sandbox.url}/cors.html`));
  const { preflights } = await other.ledger();
  assert.deepEqual(preflights.createTask.headers, ["authorization", "content-type"]);
  assert.deepEqual(preflights.queryTask.headers, ["authorization"]);
});

test("if the page's CSP forbids WebAssembly, the error says so", async () => {
  const told = await resultOf(browser, `${sandbox.url}/policy.html`);
  assert.equal(told.length, 2);
  for (const { is, code, message } of told) {
    assert.deepEqual([is, code], [true, "not_initialized"]);
    assert.match(message, /wasm-unsafe-eval/);
  }
});
