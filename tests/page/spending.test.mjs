// Credits are spent only on purpose. In the browser that BROWSER names.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { Key } from "./browser.mjs";
import {
  completed,
  create,
  HELD,
  hold,
  job,
  ledger,
  person,
  press,
  prompt,
  release,
  sandbox,
  visit,
} from "./visit.mjs";

const creates = async () => (await ledger()).createRequests;
const holds = () => person.ask(() => document.querySelectorAll(".hold").length);
/** Nothing is about to be sent, and nothing was. */
const nothing = async () => {
  await sleep(100);
  assert.equal(await holds(), 0);
  assert.equal(await creates(), 0);
};
const poor = async () => {
  await person.press("Connect");
  await person.choose("sandbox-poor");
  await person.press("Check the balance");
  await person.sees("100 credits available.", "#balance");
  await person.press("Create a video");
};

visit(
  "Enter in a slider, a radio or a URL creates nothing, but the button and Ctrl+Enter do",
  async () => {
    await prompt("A cat");
    for (const selector of ["#duration", "[name=model]:checked", "[name=mode]:checked", "[name=upscale]:checked"]) {
      await person.ask(selector => document.querySelector(selector).focus(), selector);
      await person.keys(Key.ENTER);
    }
    await person.choose("Image");
    await person.fill("Image URL", "https://example.com/a.jpg");
    await person.keys(Key.ENTER);
    await person.choose("Text");
    await person.press("Webhook");
    await person.fill("Webhook URL", "https://example.com/hook");
    await person.keys(Key.ENTER);
    await nothing();
    await person.sees("Ctrl+Enter creates, too.", "#form-summary");
    await person.driver.actions().keyDown(Key.CONTROL).sendKeys(Key.ENTER).keyUp(Key.CONTROL).perform();
    await person.element(".hold");
    assert.equal(await holds(), 1);
  },
  /example\.com/,
);

visit("a double click or a held key makes one video", async () => {
  await prompt("A cat");
  const button = await person.element("#create-video");
  await person.ask(() => {
    window.clicks = [];
    document.addEventListener("click", ({ timeStamp }) => window.clicks.push(timeStamp), true);
  });
  await person.driver.actions().doubleClick(button).perform();
  await person.until(() => window.clicks.length === 2);
  // On a machine that is this busy, the driver's double click is two presses.
  if (await person.ask(() => window.clicks[1] - window.clicks[0] > 900)) return;
  await person.element(".hold");
  assert.equal(await holds(), 1);
  await person.ask(() => {
    for (let count = 0; count < 20; count++)
      document.activeElement.dispatchEvent(
        new KeyboardEvent("keydown", { key: "Enter", ctrlKey: true, repeat: true, bubbles: true }),
      );
    // The driver's press may come after the hold on a busy machine, and then meets what is in its place.
    document.querySelector(".hold .actions button:last-child")?.click();
  });
  await completed();
  assert.equal(await creates(), 1);
});

visit("a create can be undone for three seconds, and is then sent", async () => {
  await prompt("A cat");
  await press();
  await person.sees("Video 1 · 200 credits Sends in", ".hold");
  await person.press("Undo", ".hold");
  await nothing();
  assert.equal(await person.ask(() => document.querySelectorAll(".queue li").length), 0);
  await press();
  assert.equal(await creates(), 0);
  await completed();
  assert.equal(await creates(), 1);
});

visit("when the time to undo is over, the focus does not go to the button that creates", async () => {
  await prompt("A cat");
  await press();
  await person.element(".hold");
  await person.ask(() => document.querySelector(".hold button").focus());
  await person.until(() => !document.querySelector(".hold"));
  assert.ok(await person.isAt("#holds"));
  await person.keys(Key.ENTER);
  await completed();
  assert.equal(await creates(), 1);
});

visit("the page refuses reference mode without references, and an empty prompt", async () => {
  await press();
  await person.sees("Add a prompt", "#prompt-note");
  await person.choose("References");
  await person.element("#add-url");
  await press();
  await person.sees("Add an image, a video or a sound", "#references-note");
  assert.ok(await person.isAt("#add-url[aria-invalid=true]"));
  await nothing();
});

visit("the page reports too few credits before the service does, and links to where to buy them", async () => {
  await poor();
  await prompt("A cat");
  assert.equal(await person.read("#price-after"), "Short by 100");
  await person.click(await person.element("#price summary"));
  assert.match(await person.read("#price-balance"), /Balance100Short by100/);
  // Neither sd2-fast (160) nor four seconds (160) would fit.
  assert.equal(await person.ask(() => document.querySelectorAll("[data-saving]").length), 0);
  await press();
  await person.sees("Short by 100 credits. Nothing was sent.", "#form-summary");
  const link = await person.element("#buy");
  assert.equal(await link.getProperty("href"), "https://seegen.ai/");
  await nothing();
});

visit(
  "the balance includes queued videos, and the page offers only savings that suffice",
  async () => {
    await sandbox.addKey("sandbox-key", 1000);
    await person.press("Connect");
    await person.press("Check the balance");
    await person.sees("1,000 credits available.", "#balance");
    await person.press("Create a video");
    await prompt("A cat");
    await hold();
    for (let count = 0; count < 4; count++) await create();
    await person.sees("1 waiting", "#waiting-title");
    await person.sees("400 credits", "#account-balance");
    // The fourth is not paid yet.
    await person.sees("0 after this", "#price-after");
    await person.choose("2K");
    await person.sees("Short by 100", "#price-after");
    await person.click(await person.element("#price summary"));
    assert.match(await person.read("#price-balance"), /Balance400Waiting videos-200Short by100/);
    assert.deepEqual(
      await person.ask(() => [...document.querySelectorAll("[data-saving]")].map(({ dataset }) => dataset.saving)),
      ["plain"],
    );
    await press();
    await person.sees("Short by 100 credits. Nothing was sent.", "#form-summary");
    await release();
    for (const number of [1, 2, 3, 4]) await completed(number);
    assert.equal(await creates(), 4);
  },
  HELD,
);

visit("Try again can be undone, which restores the error", async () => {
  await prompt("A cat [fail: No cats today]");
  await create();
  await job("“No cats today”");
  await person.press("Try again: Video 1");
  await person.press("Undo: Video 1");
  await job("“No cats today”");
  assert.equal(await creates(), 1);
});
