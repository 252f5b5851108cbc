// <sd2-calculator> on servers, in compilers, with themes, and for assistive technology.
import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { startChromium } from "../support/chromium.mjs";
import { load, root, run } from "../support/project.mjs";
import { startSandbox } from "../support/sandbox.mjs";

const sandbox = await startSandbox(
  "--mount",
  `/dist=${join(root, "dist")}`,
  "--mount",
  `/bare=${join(root, "tests/page")}`,
);
const browser = await startChromium();

test("importing the element on a server does nothing", async () => {
  const { Sd2Calculator } = await load("sd2-client/calculator-element");
  assert.equal(typeof Sd2Calculator, "function");
  assert.equal(globalThis.customElements, undefined);
});

const compile = async (...args) => {
  const compiler = [join(root, "node_modules/typescript/bin/tsc"), "--noEmit", "--strict", "--ignoreConfig"];
  const options = ["--lib", "es2022,dom", "--module", "nodenext", "--target", "es2022", "--types", ""];
  const { code, output } = await run(process.execPath, [...compiler, ...options, ...args]);
  assert.deepEqual([code, output], [0, ""]);
};

test("the types of the element include the tag, the properties and the event", () =>
  compile(join(root, "tests/page/element.ts")));

test("the types of the element include the tag in the JSX of React 19", () =>
  compile("--jsx", "react-jsx", join(root, "tests/page/element.tsx")));

test("the types of the element work without React", async () => {
  // Where no folder above holds the types of React.
  const folder = mkdtempSync(join(tmpdir(), "sd2-client-"));
  for (const name of ["calculator-element", "prices", "index"])
    cpSync(join(root, `js/${name}.d.ts`), join(folder, `js/${name}.d.ts`));
  mkdirSync(join(folder, "tests/page"), { recursive: true });
  cpSync(join(root, "tests/page/element.ts"), join(folder, "tests/page/element.ts"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  await compile(join(folder, "tests/page/element.ts"));
  rmSync(folder, { recursive: true });
});

test("axe finds no problems in the element, and custom properties and parts style it", async () => {
  const context = await browser.newContext({ bypassCSP: true });
  const page = await context.newPage();
  await page.goto(`${sandbox.url}/bare/bare.html`);
  const total = page.locator("sd2-calculator [part=total]");
  await total.waitFor();
  await page.evaluate(readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));
  const { violations } = await page.evaluate(() => axe.run());
  assert.deepEqual(
    violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]),
    [],
  );
  await page.addStyleTag({
    content:
      "sd2-calculator { --sd2-background: rgb(1, 2, 3); --sd2-accent: rgb(4, 5, 6) } sd2-calculator::part(total) { color: rgb(7, 8, 9) }",
  });
  const color = (element, name) => element.evaluate((found, name) => getComputedStyle(found)[name], name);
  assert.equal(await color(page.locator("sd2-calculator"), "backgroundColor"), "rgb(1, 2, 3)");
  assert.equal(await color(page.getByRole("slider", { name: "Duration" }), "accentColor"), "rgb(4, 5, 6)");
  assert.equal(await color(total, "color"), "rgb(7, 8, 9)");
  await context.close();
});

test("the element takes properties that were set before its registration, and can be moved", async () => {
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

/** Opens a page with one calculator, and runs `work` with it. */
const inPage = async (attributes, work, argument) => {
  const page = await browser.newPage();
  // Any document of this origin will do.
  await page.goto(`${sandbox.url}/nothing`);
  await page.evaluate(async attributes => {
    await import("/dist/calculator-element.js");
    document.body.innerHTML = `<sd2-calculator ${attributes}></sd2-calculator>`;
    globalThis.element = document.querySelector("sd2-calculator");
    globalThis.part = name => element.shadowRoot.querySelector(name).textContent;
    globalThis.changes = [];
    element.addEventListener("change", ({ detail }) => changes.push(detail.estimate.total));
  }, attributes);
  try {
    return await (typeof work === "function" && work.length ? work(page) : page.evaluate(work, argument));
  } finally {
    await page.close();
  }
};

for (const [attributes, configuration] of [
  ['duration="10"', { model: "sd2", duration: "10s", videoReference: false }],
  ['duration=" 4 "', { model: "sd2", duration: "4s", videoReference: false }],
  ['duration="15S"', { model: "sd2", duration: "15s", videoReference: false }],
  [
    'upscale="4K" model="SD2-Fast"',
    { model: "sd2-fast", duration: "5s", videoReference: false, upscaleResolution: "4k" },
  ],
  ['upscale="" duration="" model=""', { model: "sd2", duration: "5s", videoReference: false }],
]) {
  test(`the element understands ${attributes}`, async () => {
    assert.deepEqual(await inPage(attributes, () => element.configuration), configuration);
  });
}

test("the element accepts a duration without its unit", async () => {
  const seen = await inPage('duration="10"', () => [
    part("output"),
    part("[part=value]"),
    element.shadowRoot.querySelector("#duration").value,
    element.duration,
  ]);
  assert.deepEqual(seen, ["400 credits10 s × 40", "10 seconds", "10", "10s"]);
});

for (const [attributes, message] of [
  ['duration="20"', 'duration="20" must be 4s to 15s.'],
  ['duration="010"', 'duration="010" must be 4s to 15s.'],
  ['duration="long"', 'duration="long" must be 4s to 15s.'],
  ['model="sd3"', 'model="sd3" must be sd2 or sd2-fast.'],
  ['model="constructor"', 'model="constructor" must be sd2 or sd2-fast.'],
  ['upscale="8k"', 'upscale="8k" must be 2k or 4k.'],
  ['upscale="null"', 'upscale="null" must be 2k or 4k.'],
  ['upscale="8k" model="sd3"', 'model="sd3" must be sd2 or sd2-fast. upscale="8k" must be 2k or 4k.'],
]) {
  test(`the element says that it has no price for ${attributes}`, async () => {
    const seen = await inPage(attributes, () => {
      const names = [...element.shadowRoot.querySelectorAll("[aria-invalid=true]")].map(({ id }) => id);
      const unit = getComputedStyle(element.shadowRoot.querySelector("[part=unit]")).display;
      return {
        total: part("[part=total]"),
        details: part("[part~=error]"),
        unit,
        names,
        estimate: element.estimate,
        configuration: element.configuration,
      };
    });
    const names = [...attributes.matchAll(/(\w+)=/g)]
      .map(([, name]) => name)
      .sort((a, b) => "mud".indexOf(a[0]) - "mud".indexOf(b[0]));
    assert.deepEqual(seen, {
      total: "No price",
      details: message,
      unit: "none",
      names,
      estimate: undefined,
      configuration: undefined,
    });
  });
}

test("an invalid attribute stays while another field changes, and no change event is sent", async () => {
  const seen = await inPage('upscale="8k" model="sd3"', async page => {
    await page.getByLabel("Duration").press("ArrowRight");
    await page.getByLabel("Model").selectOption("sd2-fast");
    const before = await page.evaluate(() => [element.outerHTML, part("[part=total]"), changes]);
    await page.getByLabel("Upscale").selectOption({ label: "None" });
    return [...before, ...(await page.evaluate(() => [element.outerHTML, part("output"), changes]))];
  });
  assert.deepEqual(seen, [
    '<sd2-calculator upscale="8k" model="sd2-fast" duration="6s"></sd2-calculator>',
    "No price",
    [],
    '<sd2-calculator model="sd2-fast" duration="6s"></sd2-calculator>',
    "192 credits6 s × 32",
    [192],
  ]);
});

test("the element shows a price again when an attribute becomes valid", async () => {
  const seen = await inPage('duration="20"', () => {
    element.setAttribute("duration", "12");
    return [part("output"), element.shadowRoot.querySelectorAll("[aria-invalid=true], [part~=error]").length];
  });
  assert.deepEqual(seen, ["480 credits12 s × 40", 0]);
});

test("the duration property accepts a number, and undefined for the default", async () => {
  const seen = await inPage("", () => {
    const said = [];
    for (const [name, value] of [
      ["duration", 10],
      ["duration", undefined],
      ["model", "sd2-fast"],
      ["model", null],
      ["upscale", "2k"],
      ["upscale", null],
    ]) {
      element[name] = value;
      said.push(element.estimate.total, element.outerHTML.length);
    }
    return said;
  });
  const bare = "<sd2-calculator></sd2-calculator>".length;
  assert.deepEqual(seen, [
    400,
    bare + ' duration="10"'.length,
    200,
    bare,
    160,
    bare + ' model="sd2-fast"'.length,
    200,
    bare,
    300,
    bare + ' upscale="2k"'.length,
    200,
    bare,
  ]);
});

test("axe finds no problems in the element without a price", async () => {
  const { violations } = await inPage('duration="20" model="sd3" upscale="8k"', async page => {
    await page.evaluate(readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8"));
    return page.evaluate(() => axe.run(element));
  });
  assert.deepEqual(
    violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]),
    [],
  );
});
