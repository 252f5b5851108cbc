// No element overflows, is cut off or overlaps another one: in a narrow and a wide typeface, in large text, with the spacing of
// WCAG 1.4.12, and with words that are a third longer. In Chromium.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { startChromium } from "../support/chromium.mjs";
import { root } from "../support/project.mjs";
import { startSandbox } from "../support/sandbox.mjs";
import { FONTS } from "./fonts.mjs";
import { later, neverSends } from "./time.mjs";
import { faults, lengthen, lengthenAll, longer, restyle, settle } from "./layout.mjs";

const WIDTHS = [280, 320, 480, 640, 768, 1024, 1920];
/** `large` doubles the text alone; `setting` is the font size that somebody set in the browser. */
const SIZES = { normal: "", large: "html { font-size: 200% }", setting: "" };
const SPACING = `
* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
p { margin-bottom: 2em !important }`;
/** Typeface, size, and whether the text is spaced. */
const LOOKS = [
  ["narrow", "normal", false],
  ["narrow", "large", true],
  ...Object.keys(SIZES).flatMap(size => [
    ["wide", size, false],
    ["wide", size, true],
  ]),
];

const sandbox = await startSandbox("--www", join(root, "www"), "--mount", `/dist=${join(root, "dist")}`);
const browser = await startChromium();

const view = (page, name) => page.locator(`.views [href="#${name}"]`).click();
const choose = (page, scope, value) => page.locator(`${scope} [value="${value}"]`).check();
const create = async (page, prompt, state) => {
  await page.locator("#prompt").fill(prompt);
  // A press so soon after another one would count as a double click.
  await page.evaluate(later);
  await page.locator("#create-video").click();
  await page.locator(".hold button").last().click();
  if (state) await page.locator(`.queue [data-state=${state}]`).first().waitFor();
};

/** What somebody did before looking, in whichever language. */
const STATES = {
  "an empty form": async () => {},
  "a form with references and issues": async page => {
    await choose(page, "#form", "reference");
    for (const kind of ["image", "video", "audio"]) await page.locator(`#add-${kind}`).click();
    if (!(await page.locator("#more").isVisible())) await page.locator("#settings-toggle").click();
    await page
      .locator("#reference-images [type=text]")
      .fill("blob:https://example.com/0f9b2e5c-6f0e-4ac1-a6ae-1f6ff3fb3c2e");
    await page
      .locator("#reference-videos [type=text]")
      .fill("http://192.168.0.17/a/very/long/path/of/a/clip-that-has-a-name.mp4");
    await page.locator("#reference-audios [type=text]").fill("example.com/sound.mp3");
    await page.locator("#more summary").click();
    await page.locator("#callback").fill("example.com/callback");
    await page.locator("#create-video").click();
    await page.locator("#callback-note .suggestion").waitFor();
  },
  "two frames in 4K, and too few credits": async page => {
    await view(page, "connect");
    await choose(page, "#connection", "sandbox-poor");
    await page.locator("#connection [type=submit]").click();
    await view(page, "create");
    await choose(page, "#form", "keyframe");
    await choose(page, "#form", "4k");
    await page.locator("#create-video").click();
    await page.locator("#price summary").click();
    await page.locator(".sums .over").waitFor();
  },
  "videos in each state": async page => {
    await sandbox.faults({ on: "createTask", kind: "status", status: 402 });
    await create(page, "Refused", "refused");
    await sandbox.faults({ on: "createTask", kind: "status", status: 500 });
    await create(page, "Unknown", "unknown");
    await sandbox.faults({ on: "queryTask", kind: "status", status: 403 });
    await create(page, "Lost", "lost");
    await create(page, "It fails [fail: The prompt is not allowed here]", "FAILED");
    await create(page, "It completes. ".repeat(30), "COMPLETED");
    await page.locator("#frame video").waitFor();
    await sandbox.faults({ on: "queryTask", kind: "status", status: 503, times: 0 });
    for (let running = 0; running < 5; running++) await create(page, "It runs or waits");
    await page.locator(".row[data-state=queued]").nth(1).waitFor();
    await page.locator(".row [data-action=remove]").first().click();
    await page.locator(".row.is-removed").waitFor();
    await page.locator(".job[data-state=PENDING] [data-action=stop]").first().click();
    await page.locator(".job[data-state=stopped]").waitFor();
    for (const details of await page.locator(".failure-details summary, #history-menu summary").all())
      await details.click();
    await page.evaluate(later);
    await page.evaluate(neverSends);
    await page.locator("#create-video").click();
    await page.locator(".hold").waitFor();
  },
  "two videos side by side": async page => {
    await create(page, "One. ".repeat(60), "COMPLETED");
    await choose(page, "#form", "sd2-fast");
    await create(page, "Two", "COMPLETED");
    await page.locator(".tile [data-action=compare]:visible").first().click();
    await page.locator("#frame.two").waitFor();
  },
  "the calculator with its tables": async page => {
    await view(page, "calculate");
    await page.locator("#calculate-view summary").first().click();
    await choose(page, "#calculator", "4k");
    await choose(page, "#calculator", "with");
    await page.locator("#budget").fill("100000000");
    await page.locator("#budget-balance").waitFor();
  },
  "many requests at once": async page => {
    await view(page, "calculate");
    await page.locator("#batch-example").click();
    const field = page.locator("#batch");
    await field.fill(
      `${await field.inputValue()}sd2,"A quote, a comma, and no end,5s\nsd2-fast,,20,1280x720,2K,,,,this-has-no-column\n,,,\n`,
    );
    await page.locator("#batch-problems .issue").nth(2).waitFor();
  },
  "the code": async page => {
    await view(page, "code");
    await page.locator("#embedded [part=total]").waitFor();
  },
  "the sandbox": page => view(page, "connect"),
  "an own key that is missing": async page => {
    await view(page, "connect");
    await choose(page, "#connection", "key");
    await page.locator("#connection [type=submit]").click();
    await page.locator("#connection-error .failure").waitFor();
  },
  "a gateway that is not there": async page => {
    await view(page, "connect");
    await choose(page, "#connection", "gateway");
    await page.locator("#gateway-url").fill(`${sandbox.url}/no/gateway/is/here`);
    await page.locator("#connection [type=submit]").click();
    await page.locator("#connection-error .failure").waitFor();
  },
};

/** Looks at one state in every typeface, size, spacing and width; gives each fault with the places where it was seen. */
const look = async (arrive, isLonger) => {
  await sandbox.reset();
  const context = await browser.newContext({
    bypassCSP: true,
    viewport: { width: 1280, height: 900 },
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  if (isLonger) {
    await page.route(
      ({ pathname }) => pathname === "/" || pathname.endsWith(".html"),
      async route => {
        const response = await route.fetch();
        await route.fulfill({ response, body: longer(await response.text()) });
      },
    );
  }
  await page.goto(sandbox.url);
  await page.locator("#account-balance", { hasText: /\d/ }).waitFor();
  await arrive(page);
  const settings = await context.newCDPSession(page);
  const found = new Map();
  for (const [font, size, isSpaced] of LOOKS) {
    await settings.send("Page.setFontSizes", { fontSizes: { standard: size === "setting" ? 32 : 16 } });
    await page.evaluate(restyle, FONTS[font] + SIZES[size] + (isSpaced ? SPACING : ""));
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: 900 });
      await page.evaluate(settle);
      if (isLonger) await page.evaluate(lengthenAll, String(lengthen));
      for (const fault of await page.evaluate(faults, size === "normal" && width >= 320)) {
        const where = [width, font, size, isSpaced && "spaced"].filter(Boolean).join(" ");
        found.set(fault, [...(found.get(fault) ?? []), where]);
      }
    }
  }
  await context.close();
  return [...found].map(([fault, places]) => `${fault} (${places[0]}; ${places.length} in all)`);
};

for (const [name, arrive] of Object.entries(STATES)) {
  test(`no element overflows or overlaps: ${name}`, { timeout: 600_000 }, async () => {
    assert.deepEqual(await look(arrive, false), []);
  });

  test(`no element overflows or overlaps with longer words: ${name}`, { timeout: 600_000 }, async () => {
    assert.deepEqual(await look(arrive, true), []);
  });
}
