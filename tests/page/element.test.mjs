// <sd2-calculator> beyond what a person sees of it: servers, compilers, themes, and who cannot see.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { startChromium } from "../package/chromium.mjs";
import { load, root, run } from "../package/project.mjs";
import { startSandbox } from "../package/sandbox.mjs";

const sandbox = await startSandbox("--mount", `/dist=${join(root, "dist")}`, "--mount", `/bare=${join(root, "tests/page")}`);
const browser = await startChromium();

test("importing it on a server does nothing", async () => {
  const { Sd2Calculator } = await load("sd2-client/calculator-element");
  assert.equal(typeof Sd2Calculator, "function");
  assert.equal(globalThis.customElements, undefined);
});

test("its types know the tag, the properties and the event", async () => {
  const compiler = [join(root, "node_modules/typescript/bin/tsc"), "--noEmit", "--strict", "--ignoreConfig"];
  const options = ["--lib", "es2022,dom", "--module", "nodenext", "--target", "es2022", "--types", ""];
  const { code, output } = await run(process.execPath, [...compiler, ...options, join(root, "tests/page/element.ts")]);
  assert.equal(output, "");
  assert.equal(code, 0);
});

test("axe finds nothing, and custom properties and parts change its looks", async () => {
  const context = await browser.newContext({ bypassCSP: true });
  const page = await context.newPage();
  await page.goto(`${sandbox.url}/bare/bare.html`);
  const total = page.locator("sd2-calculator [part=total]");
  await total.waitFor();
  await page.evaluate(readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));
  const { violations } = await page.evaluate(() => axe.run());
  assert.deepEqual(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]), []);
  await page.addStyleTag({
    content: "sd2-calculator { --sd2-background: rgb(1, 2, 3); --sd2-accent: rgb(4, 5, 6) } sd2-calculator::part(total) { color: rgb(7, 8, 9) }",
  });
  const color = (element, name) => element.evaluate((found, name) => getComputedStyle(found)[name], name);
  assert.equal(await color(page.locator("sd2-calculator"), "backgroundColor"), "rgb(1, 2, 3)");
  assert.equal(await color(page.getByRole("slider", { name: "Length" }), "accentColor"), "rgb(4, 5, 6)");
  assert.equal(await color(total, "color"), "rgb(7, 8, 9)");
  await context.close();
});

test("it takes what was set before it was there, and can be moved", async () => {
  const page = await browser.newPage();
  // Any document of this origin will do.
  await page.goto(`${sandbox.url}/nothing`);
  const text = await page.evaluate(async () => {
    const early = document.createElement("sd2-calculator");
    Object.assign(early, { duration: "10s" });
    document.body.append(early);
    await import("/dist/calculator-element.js");
    document.body.append(document.createElement("main"));
    document.querySelector("main").append(early);
    return [early.shadowRoot.querySelector("output").textContent, early.outerHTML];
  });
  assert.deepEqual(text, ["400 credits10 s × 40", '<sd2-calculator duration="10s"></sd2-calculator>']);
  await page.close();
});
