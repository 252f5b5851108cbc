// README.md and docs/: every snippet runs against the emulator, and every link leads somewhere.
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "node:test";
import { build, transform } from "esbuild";
import { resultOf, startChromium } from "../../support/chromium.mjs";
import { dist, project, root, runScript, write } from "../../support/project.mjs";
import { startSandbox } from "../../support/sandbox.mjs";
import { pages, SERVICE, snippets, snippetsIn, textOf } from "../../support/snippets.mjs";
import { bundle, reroute as rerouted, startWorker } from "../../support/workerd.mjs";

test("snippets are found", () => {
  const text =
    "# A\n```js\n1;\n```\n## B\n```ts browser\n2;\n3;\n```\n```sh\nls\n```\n```js no-run\n4;\n```\n````md\n```js\n5;\n```\n````\n";
  assert.deepEqual(snippetsIn(text), [
    { heading: "A", line: 3, language: "js", where: "node", source: "1;" },
    { heading: "B", line: 7, language: "ts", where: "browser", source: "2;\n3;" },
    { heading: "B", line: 14, language: "js", where: "no-run", source: "4;" },
  ]);
  assert.throws(() => snippetsIn("```js broswer\n1;\n```"), /there is no place broswer/);
});

test("the README has at most 150 lines", () => {
  assert.ok(textOf("README.md").trimEnd().split("\n").length <= 150);
});

/** The anchor of a heading. */
const anchorOf = heading =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");

for (const page of [...pages(), "CONTRIBUTING.md", "ARCHITECTURE.md", "CHANGELOG.md", "sandbox/README.md"]) {
  test(`${page}: each link leads somewhere`, () => {
    for (const [, link] of textOf(page).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https:/.test(link)) continue;
      const [path, anchor] = link.split("#");
      const target = path ? normalize(join(dirname(page), path)) : page;
      assert.ok(existsSync(join(root, target)), `${page} links to ${link}`);
      if (!anchor) continue;
      const headings = [...textOf(target).matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading));
      assert.ok(headings.includes(anchor), `${page} links to ${link}`);
    }
  });
}

const found = snippets().filter(({ where }) => !["no-run", "sketch"].includes(where));
const javaScriptOf = async ({ language, source }) =>
  language === "js" ? source : (await transform(source, { loader: language })).code;

/** The page of a browser snippet, which has only the key. */
const pageOf = scripts => `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">
  <script type="importmap">{ "imports": { "sd2-client": "/package/index.js", "sd2-client/": "/package/" } }</script>
  <body><main></main>
  <script>globalThis.apiKey = "sandbox-key";</script>
  ${scripts}`;
const folder = join(project, "snippet-pages");
for (const snippet of found) {
  if (snippet.where === "browser") {
    const source = await javaScriptOf(snippet);
    write(`snippet-pages/${snippet.id}.html`, pageOf(`<script type="module">\n${source}\n;tell(true);</script>`));
  } else if (snippet.where === "react") {
    write(`react/${snippet.id}.tsx`, snippet.source);
    const entry = write(
      `react/${snippet.id}.start.jsx`,
      `import { StrictMode } from "react";
       import { createRoot } from "react-dom/client";
       import Page from "./${snippet.id}.tsx";
       createRoot(document.querySelector("main")).render(<StrictMode><Page /></StrictMode>);`,
    );
    await build({
      entryPoints: [entry],
      outfile: join(folder, `${snippet.id}.js`),
      bundle: true,
      format: "esm",
      jsx: "automatic",
      // Only React's development build runs effects twice.
      define: { "process.env.NODE_ENV": '"development"' },
      logLevel: "error",
    });
    write(`snippet-pages/${snippet.id}.html`, pageOf(`<script type="module" src="${snippet.id}.js"></script>`));
  }
}
write("snippet-pages/index.html", "");
const sandbox = await startSandbox("--www", folder, "--mount", `/package=${dist}`);
const browser = await startChromium();

/** Sends the requests of snippets to the emulator instead of the service, also those of a route of the app. */
const reroute = `{
  const { fetch } = globalThis;
  globalThis.fetch = (input, init) => {
    const url = String(input.url ?? input).replace("${SERVICE}", "${sandbox.url}");
    if (!url.startsWith("/api/video")) return fetch(url, init);
    const headers = { authorization: "Bearer sandbox-key", "content-type": "application/json" };
    const body = init?.body && JSON.stringify({ model: "sd2-fast", inputs: JSON.parse(init.body) });
    const path = body ? "createTask" : "queryTask" + url.slice("/api/video".length);
    return fetch("${sandbox.baseUrl}/jobs/" + path, { ...init, headers, body });
  };
}`;

/** The globals that snippets use: a key, a client and a request. */
const prelude = write(
  "snippets/prelude.mjs",
  `${reroute}
   import { Sd2Client } from "sd2-client";
   globalThis.apiKey = process.env.SD2_API_KEY;
   globalThis.client = new Sd2Client({ apiKey });
   globalThis.request = { model: "sd2", inputs: { prompt: "A cat playing piano" } };`,
);

/** The functions that run a snippet in each place. */
const places = {
  async node(snippet) {
    const env = { SD2_API_KEY: "sandbox-key" };
    await runScript(`snippets/${snippet.id}.mjs`, await javaScriptOf(snippet), { flags: ["--import", prelude], env });
  },

  async browser({ id, source }) {
    const url = `${sandbox.url}/${id}.html`;
    assert.equal(await resultOf(browser, url, page => page.addInitScript(reroute)), true);
    if (!source.includes("submit")) return;
    const page = await browser.newPage();
    await page.addInitScript(reroute);
    await page.goto(url);
    await page.click("form button");
    await page.waitForSelector("video[src]", { state: "attached" });
    await page.close();
  },

  async react({ id }) {
    const page = await browser.newPage();
    await page.addInitScript(reroute);
    await page.goto(`${sandbox.url}/${id}.html`);
    await page.fill("input[name=prompt]", id);
    await page.click("button");
    await page.waitForSelector("main video[src]", { state: "attached" });
    assert.equal(await page.locator("main video").count(), 1);
    const { tasks } = await sandbox.ledger();
    assert.equal(tasks.filter(({ prompt }) => prompt === id).length, 1);
    await page.close();
  },

  async worker(snippet) {
    const modules = await bundle(write(`snippets/${snippet.id}.worker.js`, await javaScriptOf(snippet)));
    const worker = startWorker(modules, "2026-04-01", {
      bindings: { SD2_API_KEY: "sandbox-key", CALLBACK_SECRET: "a secret of the pages" },
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
  },

  async "gateway-worker"(snippet) {
    const modules = await bundle(write(`snippets/${snippet.id}.gateway.js`, await javaScriptOf(snippet)));
    const worker = startWorker(modules, "2026-04-01", {
      bindings: { SD2_API_KEY: "sandbox-key", CALLBACK_SECRET: "a secret of the pages" },
      durableObjects: { SD2: { className: "Sd2Gateway", useSQLite: true } },
      outboundService: rerouted(sandbox),
    });
    const ask = (path, headers, body) =>
      worker.dispatchFetch(`https://app.example/api/sd2/jobs/${path}`, {
        method: body ? "POST" : "GET",
        headers: { origin: "https://app.example", "content-type": "application/json", ...headers },
        body,
      });
    const body = '{ "model": "sd2", "inputs": { "prompt": "A cat playing piano" } }';
    assert.equal((await ask("createTask", {}, body)).status, 401);
    const own = { cookie: "a=b" };
    const { taskId } = await (await ask("createTask", own, body)).json();
    assert.equal((await (await ask(`queryTask?taskId=${taskId}`, own)).json()).taskId, taskId);
  },

  async gateway(snippet) {
    const path = write(`snippets/${snippet.id}.gateway.mjs`, await javaScriptOf(snippet));
    const told = await runScript(
      `snippets/${snippet.id}.mjs`,
      `const { GET, POST } = await import(${JSON.stringify(pathToFileURL(path).href)});
       const url = "https://app.example/api/sd2/jobs/";
       const headers = { "content-type": "application/json", origin: "https://app.example" };
       const create = more => POST(new Request(url + "createTask", { method: "POST", headers: { ...headers, ...more },
         body: '{ "model": "sd2", "inputs": { "prompt": "A cat playing piano" } }' }));
       const stranger = await create({});
       const { taskId } = await (await create({ cookie: "a=b" })).json();
       const asked = await GET(new Request(url + "queryTask?taskId=" + taskId, { headers: { cookie: "a=b" } }));
       console.log(stranger.status, (await asked.json()).taskId === taskId);
       process.exit();`,
      { flags: ["--import", prelude], env: { SD2_API_KEY: "sandbox-key" } },
    );
    assert.equal(told, "401 true");
  },

  async route(snippet) {
    const path = write(`snippets/${snippet.id}.route.mjs`, await javaScriptOf(snippet));
    const told = await runScript(
      `snippets/${snippet.id}.mjs`,
      `const { GET, POST } = await import(${JSON.stringify(pathToFileURL(path).href)});
       const url = "https://app.example/api/video";
       const created = await POST(new Request(url, { method: "POST", body: '{ "prompt": "A cat playing piano" }' }));
       const { taskId } = await created.json();
       const asked = await GET(new Request(\`\${url}?taskId=\${taskId}\`));
       const refused = await GET(new Request(\`\${url}?taskId=task_unknown\`));
       console.log((await asked.json()).taskId === taskId, refused.status);`,
      { flags: ["--import", prelude], env: { SD2_API_KEY: "sandbox-key" } },
    );
    assert.equal(told, "true 404");
  },
};

for (const snippet of found) {
  const { page, line, heading, where } = snippet;
  // tests/matrix/rows/ai.mjs has the package for these.
  if (where === "ai") continue;
  test(`${page}, line ${line} (${heading}), runs in ${where}`, { timeout: 120_000 }, async () => {
    // Each snippet gets an account whose three tasks are free.
    await sandbox.reset();
    await places[where](snippet);
  });
}
