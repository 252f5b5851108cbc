// The stage and the lists below it: positions, layout shifts, work of the browser. In Chromium.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { startChromium } from "../support/chromium.mjs";
import { root } from "../support/project.mjs";
import { startSandbox } from "../support/sandbox.mjs";
import { give, record } from "./records.mjs";
import { later } from "./time.mjs";

const sandbox = await startSandbox("--www", join(root, "www"), "--mount", `/dist=${join(root, "dist")}`);
const browser = await startChromium();

/** Somebody with a fresh browser, and what earlier visits left. */
const visit = (name, records, run, options = {}) =>
  test(name, { timeout: 120_000 }, async () => {
    await sandbox.reset();
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
    try {
      const page = await context.newPage();
      page.setDefaultTimeout(20_000);
      await page.goto(`${sandbox.url}/icon.svg`);
      await page.evaluate(give, records());
      await open(page);
      await run(page);
    } finally {
      await context.close();
    }
  });

const open = async (page, hash = "") => {
  await page.goto(`${sandbox.url}/${hash}`);
  await page.locator("#account-balance", { hasText: "credits" }).waitFor();
};
const press = (page, name) => page.getByRole("button", { name }).first().click();
const create = async (page, prompt) => {
  await page.locator("#prompt").fill(prompt);
  await page.evaluate(later);
  await press(page, "Create video");
  await press(page, /^Send now/);
};
const done = (page, number) => page.locator(`.tile[data-number="${number}"][data-state=COMPLETED]`).waitFor();
const box = locator => locator.boundingBox();
const none = () => [];
const some = count => () => Array.from({ length: count }, (_, index) => record(sandbox, { number: index + 1 }));
const holdAll = () => sandbox.faults({ on: "queryTask", kind: "status", status: 503, times: 0 });

visit("the newest video is the largest element, and the first one beside the form", none, async page => {
  await create(page, "One");
  await done(page, 1);
  await create(page, "Two");
  await done(page, 2);
  assert.equal(await page.locator("#frame video").getAttribute("aria-label"), "Video 2");
  const [stage, form, tile] = await Promise.all([
    box(page.locator("#frame")),
    box(page.locator("#form")),
    box(page.locator(".tile").first()),
  ]);
  assert.ok(stage.width > form.width && stage.width > 3 * tile.width);
  assert.ok(stage.y <= form.y + 1 && stage.y < tile.y);
  assert.match(await page.locator(".about-made").textContent(), /^Done in 0:\d\d · 200 credits$/);
  // An older one is one press away, and stays there while it is listened to.
  await press(page, "Show Video 1");
  assert.equal(await page.locator("#frame video").getAttribute("aria-label"), "Video 1");
});

visit(
  "on a phone, the videos follow the prompt and the button, and the settings are closed",
  none,
  async page => {
    const [prompt, button, frame] = await Promise.all(
      ["#prompt", "#create-video", "#frame"].map(id => box(page.locator(id))),
    );
    assert.ok(prompt.y < button.y && button.y < frame.y);
    assert.ok(button.y + button.height <= 740, "the button is in sight at once");
    assert.equal(await page.locator("#form #duration").isVisible(), false);
    await page.getByRole("button", { name: "Settings 16:9 · 5 seconds · sd2" }).click();
    await page.getByRole("slider", { name: "Duration" }).press("ArrowRight");
    await page.getByRole("button", { name: "Settings 16:9 · 6 seconds · sd2" }).click();
    assert.equal(await page.locator("#form #duration").isVisible(), false);
  },
  { viewport: { width: 375, height: 740 } },
);

visit("a new video causes no layout shift", some(6), async page => {
  await create(page, "One");
  await page.locator(".job").waitFor();
  await page.evaluate(() => {
    window.shifts = [];
    new PerformanceObserver(list => {
      for (const entry of list.getEntries()) {
        if (!entry.hadRecentInput)
          window.shifts.push([
            entry.value,
            ...entry.sources.map(({ node }) => node?.id || node?.className || node?.localName),
          ]);
      }
    }).observe({ type: "layout-shift" });
  });
  await done(page, 7);
  await page.locator("#frame video[aria-label='Video 7']").waitFor();
  await page.locator(".tile[data-number='7'] img:not([hidden])").waitFor();
  const shifts = await page.evaluate(() => window.shifts);
  assert.ok(shifts.reduce((sum, [value]) => sum + value, 0) < 0.01, JSON.stringify(shifts));
});

visit("one button makes the same video with the other model, and shows both side by side", none, async page => {
  await create(page, "A cat");
  await done(page, 1);
  await press(page, "Compare with sd2-fast · 160 credits");
  await press(page, "Send now: Video 2");
  await done(page, 2);
  await page.locator("#frame.two video").nth(1).waitFor();
  const [left, right] = await Promise.all([0, 1].map(index => box(page.locator("#frame video").nth(index))));
  assert.ok(left.x + left.width <= right.x && Math.abs(left.y - right.y) < 1);
  assert.deepEqual(await page.locator(".about-asked").allTextContents(), [
    "Text · sd2 · 5 s · 16:9",
    "Text · sd2-fast · 5 s · 16:9",
  ]);
  assert.equal((await sandbox.ledger()).createRequests, 2);
  // What is there already costs nothing more.
  await press(page, "Show Video 2");
  await page.getByRole("button", { name: "Compare with sd2", exact: true }).click();
  await page.locator("#frame.two").waitFor();
  assert.equal((await sandbox.ledger()).createRequests, 2);
});

visit("any two videos of the history can be compared", some(3), async page => {
  await press(page, "Compare: Video 1");
  assert.deepEqual(await page.locator(".about-title").allTextContents(), ["Video 3", "Video 1"]);
});

visit("progress is estimated from earlier videos of this browser, and indeterminate without any", none, async page => {
  await holdAll();
  await create(page, "One");
  await page.locator(".job[data-state=PENDING] progress:indeterminate").waitFor();
  assert.equal(await page.title(), "(1) Create · sd2-client");
  await sandbox.advance(120_000);
  await fetch(`${sandbox.url}/admin/faults`, { method: "DELETE" });
  await done(page, 1);
  assert.equal(await page.title(), "Create · sd2-client");
  await holdAll();
  await create(page, "Two");
  await page.locator(".job[data-state=PENDING] progress:not(:indeterminate)").waitFor();
  await page.getByText(/about \d+ seconds? left|longer than usual/).waitFor();
});

visit(
  "a long prompt opens in its card and on the stage",
  () => [record(sandbox, { number: 1, prompt: "Word ".repeat(200) })],
  async page => {
    const text = page.locator("#about .prompt-text");
    const { height } = await box(text);
    await press(page, "More");
    assert.ok((await box(text)).height > 2 * height);
    await press(page, "Less");
    assert.equal((await box(text)).height, height);
  },
);

visit("the prompt grows with its text, and supports right-to-left text", none, async page => {
  const prompt = page.locator("#prompt");
  const { height } = await box(prompt);
  await prompt.fill("Line\n".repeat(10));
  assert.ok((await box(prompt)).height > height);
  await prompt.fill("قطة تعزف على البيانو");
  assert.equal(await prompt.evaluate(element => getComputedStyle(element).direction), "rtl");
});

visit("ideas and camera terms are offered as chips, with every connection", none, async page => {
  await page.evaluate(() => (location.hash = "#connect"));
  await page.locator("#connection .choice", { hasText: "My key" }).click();
  await page.getByRole("link", { name: "Create", exact: true }).first().click();
  await press(page, "Lighthouse");
  assert.match(await page.locator("#prompt").inputValue(), /^A lighthouse at dawn\./);
  await press(page, "orbit shot");
  assert.match(await page.locator("#prompt").inputValue(), /through, orbit shot$/);
  assert.ok(await page.locator("#prompt").evaluate(element => element === document.activeElement));
});

visit(
  "the link of a request fills the form, and sends nothing",
  none,
  async page => {
    await page.locator("#prompt").fill("A cat & a dog");
    await page.locator("#form .choice", { hasText: "9:16" }).click();
    await page.locator("#form .choice", { hasText: "4K" }).click();
    await press(page, "Copy link");
    await page.getByRole("button", { name: "Link copied" }).waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    const other = await page.context().browser().newContext();
    const guest = await other.newPage();
    await guest.goto(link);
    await guest.locator("#price-total", { hasText: "400" }).waitFor();
    assert.equal(await guest.locator("#prompt").inputValue(), "A cat & a dog");
    assert.ok(await guest.locator("[value='720x1280']").isChecked());
    assert.equal(await guest.evaluate(() => location.hash), "#create");
    await other.close();
    assert.equal((await sandbox.ledger()).createRequests, 0);
  },
  { permissions: ["clipboard-read", "clipboard-write"] },
);

visit("a list of videos is created after its price is confirmed", none, async page => {
  await open(page, "#calculate");
  await page.locator("#batch").fill("model,prompt\nsd2,One\nsd2-fast,Two\nsd2,\n");
  await press(page, "Create all 2 videos · 360 credits");
  const dialog = page.getByRole("dialog", { name: "Create 2 videos for 360 credits?" });
  await dialog.getByText("Balance: 5,000. After this: 4,640.").waitFor();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  assert.equal((await sandbox.ledger()).createRequests, 0);
  await press(page, "Create all 2 videos · 360 credits");
  await dialog.getByRole("button", { name: "Create all 2 videos · 360 credits" }).click();
  await press(page, /^Send now/);
  await done(page, 2);
  assert.equal((await sandbox.ledger()).createRequests, 2);
});

visit("a list above the balance cannot be created, and the page shows the missing credits", none, async page => {
  await open(page, "#calculate");
  await page.locator("#batch").fill(`model,prompt\n${"sd2,A cat\n".repeat(26)}`);
  await press(page, /^Create all 26/);
  const dialog = page.getByRole("dialog");
  await dialog.getByText("Balance: 5,000. Short by 200 credits.").waitFor();
  assert.ok(await dialog.getByRole("button", { name: /^Create all/ }).isDisabled());
});

const waiting = count => () =>
  Array.from({ length: count }, (_, index) =>
    record(sandbox, { number: index + 1, state: "queued", taskId: undefined, task: undefined }),
  );

visit("200 waiting videos do not make the page long or slow", waiting(200), async page => {
  await sandbox.addKey("sandbox-key", 100_000);
  await open(page);
  await holdAll();
  await press(page, /^Send all/);
  await page.locator("#waiting-title", { hasText: "197 waiting" }).waitFor();
  await page.locator(".job[data-state=PENDING]").nth(2).waitFor();
  assert.ok((await page.evaluate(() => document.documentElement.scrollHeight)) < 5_000);
  const titles = page.locator(".row-title");
  assert.equal(await titles.nth(150).evaluate(row => row.checkVisibility({ contentVisibilityAuto: true })), false);
  // One clock for all that runs; what waits has none.
  const changes = await page.evaluate(async () => {
    let changes = 0;
    new MutationObserver(list => (changes += list.length)).observe(document.querySelector("#rows"), {
      subtree: true,
      childList: true,
      characterData: true,
      attributes: true,
    });
    await new Promise(resolve => setTimeout(resolve, 2_500));
    return changes;
  });
  assert.equal(changes, 0);
});

visit("the calculator updates its tables and bars in place", none, async page => {
  await open(page, "#calculate");
  await page.locator("#bars .bar-row").nth(11).waitFor();
  const mark = () =>
    page.evaluate(() => {
      for (const element of document.querySelectorAll("#bars *, #price-table *, #budget-table *")) element.isOld = true;
    });
  await mark();
  assert.deepEqual(
    await page
      .locator(".bar-credits")
      .allTextContents()
      .then(texts => texts.slice(0, 3)),
    ["160", "200", "260"],
  );
  await page.getByRole("slider", { name: "Duration" }).press("End");
  assert.deepEqual(
    await page
      .locator(".bar-credits")
      .allTextContents()
      .then(texts => texts.slice(0, 3)),
    ["480", "600", "780"],
  );
  assert.equal(
    await page.evaluate(
      () =>
        [...document.querySelectorAll("#bars *, #price-table *, #budget-table *")].filter(element => !element.isOld)
          .length,
    ),
    0,
  );
  await page.locator(".bar-row").last().click();
  assert.equal(await page.locator("#calculator-total").textContent(), "1,800");
});

visit("a notification comes when a video is ready, the page is hidden, and the user asked for it", none, async page => {
  await page.evaluate(() => {
    window.told = [];
    window.Notification = class {
      static permission = "default";
      static async requestPermission() {
        return (Notification.permission = "granted");
      }
      constructor(title) {
        window.told.push(title);
      }
      addEventListener() {}
    };
  });
  await holdAll();
  await create(page, "A cat");
  await page.locator(".job[data-state=PENDING]").waitFor();
  await page.getByRole("checkbox", { name: "Notify me" }).check();
  await page.evaluate(() => Object.defineProperty(document, "hidden", { get: () => true }));
  await sandbox.advance(120_000);
  await fetch(`${sandbox.url}/admin/faults`, { method: "DELETE" });
  await done(page, 1);
  assert.deepEqual(await page.evaluate(() => window.told), ["Video 1 is ready"]);
});

visit("opened details and the focus stay while other videos change", some(1), async page => {
  await page.locator("#about summary").click();
  await page.getByRole("button", { name: "Reuse: Video 1" }).focus();
  await holdAll();
  await page.evaluate(() => document.querySelector("#create-video").scrollIntoView());
  await page.locator("#prompt").evaluate(field => {
    field.value = "A cat";
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  await page.evaluate(() => document.querySelector("#create-video").click());
  await page.evaluate(() => document.querySelector(".hold button:last-child").click());
  await page.locator(".job[data-state=PENDING]").waitFor();
  assert.ok(await page.locator("#about .more").evaluate(details => details.open));
  assert.equal(await page.evaluate(() => document.activeElement.ariaLabel), "Reuse: Video 1");
});

visit("one button cancels all waiting videos, and another queues them again", none, async page => {
  await holdAll();
  for (let count = 0; count < 6; count++) await create(page, "A cat");
  await page.locator("#waiting-title", { hasText: "3 waiting" }).waitFor();
  await page.locator(".job[data-state=PENDING]").nth(2).waitFor();
  await press(page, "Cancel all waiting");
  await page.locator("#waiting-title", { hasText: "3 videos cancelled." }).waitFor();
  assert.ok(await page.locator("#undo-all").evaluate(button => button === document.activeElement));
  await press(page, "Undo");
  await page.locator("#waiting-title", { hasText: "3 waiting" }).waitFor();
  assert.equal((await sandbox.ledger()).createRequests, 3);
});

visit("a cancelled unsent video is not sent, and can be restored", none, async page => {
  await page.locator("#prompt").fill("A cat");
  await press(page, "Create video");
  await press(page, "Cancel: Video 1");
  assert.equal(await page.locator(".hold").count(), 0);
  await page.getByText("Video 1 removed.").waitFor();
  await page.keyboard.press("Enter");
  await page.locator("#waiting-title", { hasText: "1 video was not sent." }).waitFor();
  assert.equal((await sandbox.ledger()).createRequests, 0);
});
