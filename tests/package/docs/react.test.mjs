// The page of docs/react.md with `resume`, in React's development build, in which each effect runs twice.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { build } from "esbuild";
import { startChromium, until } from "../../support/chromium.mjs";
import { project, write } from "../../support/project.mjs";
import { startSandbox } from "../../support/sandbox.mjs";
import { snippets } from "../../support/snippets.mjs";

const { source } = snippets("docs/react.md").find(({ source }) => source.includes("resume("));
write("react-resume/page.tsx", source);
await build({
  entryPoints: [
    write(
      "react-resume/start.jsx",
      `import { StrictMode } from "react";
       import { createRoot } from "react-dom/client";
       import Page from "./page.tsx";
       createRoot(document.querySelector("main")).render(<StrictMode><Page /></StrictMode>);`,
    ),
  ],
  outfile: join(project, "react-resume", "start.js"),
  bundle: true,
  format: "esm",
  jsx: "automatic",
  define: { "process.env.NODE_ENV": '"development"' },
  logLevel: "error",
});
write(
  "react-resume/index.html",
  `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">
   <main></main>
   <script>
     globalThis.apiKey = "sandbox-key";
     const { fetch } = globalThis;
     globalThis.fetch = (url, init) => fetch(String(url).replace("https://seegen.ai", location.origin), init);
   </script>
   <script type="module" src="start.js"></script>`,
);
// So slow that tasks end only when the test moves the clock.
const sandbox = await startSandbox("--speed", "1", "--seconds", "300", "--www", join(project, "react-resume"));
const browser = await startChromium();

test("each result is shown once: after a create, or after a reload during the task", {
  timeout: 120_000,
}, async () => {
  const page = await browser.newPage();
  /** Waits until this many videos are shown. The online event makes the page poll at once. */
  const shows = count =>
    page.waitForFunction(
      count => {
        dispatchEvent(new Event("online"));
        return document.querySelectorAll("main video").length === count;
      },
      count,
      { polling: 200 },
    );
  await page.goto(sandbox.url);
  await page.waitForSelector("button");
  for (const prompt of ["a", "b", "c"]) {
    await page.fill("input", prompt);
    await page.click("button");
  }
  // The responses to the creates have arrived.
  await until(page, async () => {
    const { length } = await indexedDB.databases();
    if (!length) return false;
    const keys = await new Promise(done => {
      const opening = indexedDB.open("react");
      opening.onsuccess = () => {
        const asked = opening.result.transaction("items").objectStore("items").getAllKeys();
        asked.onsuccess = () => done(asked.result);
        opening.result.close();
      };
    });
    return keys.filter(key => key.startsWith("sd2-client.task.")).length === 3;
  });
  await page.reload();
  await sandbox.advance(600_000);
  await shows(3);
  // The store is empty now.
  await page.reload();
  await page.waitForSelector("button");
  await page.fill("input", "d");
  await page.click("button");
  while ((await sandbox.ledger()).tasksMade < 4) await new Promise(done => setTimeout(done, 5));
  await sandbox.advance(600_000);
  // Results that were shown before would be first.
  await shows(1);
  assert.equal((await sandbox.ledger()).createRequests, 4);
});
