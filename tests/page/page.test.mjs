// The demo page as a person uses it, in Chromium, against a running sandbox that serves it.
// SANDBOX_URL is that sandbox, freshly started, because its keys have a balance (`sandbox --speed 5 --www www
// --mount /dist=dist`); CHROMIUM is the browser's path.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { chromium } from "playwright-core";

const { SANDBOX_URL, CHROMIUM } = process.env;
assert.ok(SANDBOX_URL, "SANDBOX_URL must be the address of a running sandbox that serves the page.");
const PAGE = new URL("/", SANDBOX_URL).href;
const KEY = "sandbox-key";

let browser;
before(async () => {
  browser = await chromium.launch({ executablePath: CHROMIUM || undefined, args: ["--no-sandbox", "--disable-gpu"] });
});
after(() => browser?.close());

/** A test with a fresh page; anything that the console complains of, other than `expected`, fails it. */
const onPage = (name, run, { expected = /^$/, ...options } = {}) =>
  test(name, { timeout: 90_000 }, async () => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const complaints = [];
    const created = [];
    try {
      const page = await context.newPage();
      page.setDefaultTimeout(30_000);
      page.on("pageerror", (error) => complaints.push(String(error)));
      page.on("console", (message) => {
        if (["error", "warning"].includes(message.type())) complaints.push(message.text());
      });
      page.on("request", (request) => {
        if (request.url().endsWith("/createTask")) created.push(request.postDataJSON());
      });
      await page.goto(PAGE);
      await page.locator("#balance", { hasText: "available" }).waitFor();
      await run(page, created);
    } finally {
      await context.close();
    }
    assert.deepEqual(
      complaints.filter((complaint) => !expected.test(complaint)),
      [],
    );
  });

const create = (page) => page.getByRole("button", { name: "Create video" }).click();
const choose = (page, name) => page.getByRole("radio", { name }).check();
const job = (page, number = 1) => page.locator(".job", { has: page.getByRole("heading", { name: `Video ${number}`, exact: true }) });
const status = (page, text, number) => job(page, number).locator(".job-status", { hasText: text }).waitFor();
const api = (path) => fetch(new URL(`/api/v1/${path}`, SANDBOX_URL), { headers: { Authorization: `Bearer ${KEY}` } });

/** Waits until a card's video is there and its time goes on. */
const plays = async (page, number) => {
  const video = job(page, number).locator("video");
  await video.waitFor();
  await video.evaluate((element) => element.play());
  await page.waitForFunction((element) => element.readyState >= 2 && element.currentTime > 0.2, await video.elementHandle());
  return video;
};

onPage("a text becomes a video that plays, at the price that was shown", async (page, created) => {
  await page.getByRole("textbox", { name: "Prompt" }).fill("A cat playing piano");
  await choose(page, "2K");
  await page.getByRole("slider", { name: "Length" }).fill("4");
  assert.equal(await page.locator("#price-total").textContent(), "240");
  const held = page.locator("#balance", { hasText: "240 held" }).waitFor();
  await create(page);
  await held;
  const video = await plays(page);
  assert.deepEqual(created, [
    {
      model: "sd2",
      inputs: { prompt: "A cat playing piano", duration: "4s", resolution: "1280x720", upscaleResolution: "2k" },
    },
  ]);
  await status(page, "Completed");
  const address = await video.getAttribute("src");
  assert.equal(await job(page).getByRole("link", { name: "Save video" }).getAttribute("href"), address);
  assert.equal(await job(page).locator(".address").textContent(), address);
  assert.match(await job(page).locator(".facts").textContent(), /task_.*Used240 credits/);
  await page.locator("#balance:not(:has-text('held'))").waitFor();
});

for (const [name, sent] of [
  ["Image", (origin) => ({ urls: [`${origin}/samples/portrait.jpg`] })],
  [
    "First and last frame",
    (origin) => ({ urls: [`${origin}/samples/first.jpg`, `${origin}/samples/last.jpg`], videoInputMode: "keyframe" }),
  ],
  [
    "References",
    (origin) => ({
      urls: [`${origin}/samples/portrait.jpg`],
      videoUrls: [`${origin}/samples/motion.mp4`],
      audioUrls: [`${origin}/samples/audio.mp3`],
      videoInputMode: "reference",
      resolution: "720x1280",
    }),
  ],
]) {
  onPage(`${name} becomes a video that plays`, async (page, created) => {
    await choose(page, new RegExp(`^${name}`));
    if (name === "References") await choose(page, /9:16/);
    await page.getByRole("button", { name: "Fill in a sample" }).click();
    const files = sent(new URL(PAGE).origin);
    const media = Object.values(files).filter(Array.isArray).flat();
    // Each file shows that it could be loaded, and that the service could not.
    await page.waitForFunction((count) => document.querySelectorAll(".thumb > *, .heard").length === count, media.length);
    assert.equal(await page.locator(".issue.warning:visible").count(), media.length);
    await create(page);
    await plays(page);
    assert.equal(created.length, 1);
    const { prompt, duration, ...rest } = created[0].inputs;
    assert.deepEqual(rest, files);
    assert.ok(prompt);
    assert.equal(duration, "5s");
  });
}

onPage("an invalid form shows its issues, goes to the first, and sends nothing", async (page, created) => {
  const prompt = page.getByRole("textbox", { name: "Prompt" });
  assert.equal(await page.locator(".issue").count(), 0, "nothing is wrong before somebody began");
  await create(page);
  await page.locator("#prompt-note .issue.error").waitFor();
  assert.equal(await prompt.getAttribute("aria-invalid"), "true");
  assert.ok(await prompt.evaluate((element) => element === document.activeElement));

  await choose(page, /^Image/);
  const picture = page.getByRole("textbox", { name: "Picture URL" });
  const place = () => page.locator("#duration").evaluate((element) => element.getBoundingClientRect().top + scrollY);
  const before = await place();
  await picture.fill("example.com/cat.jpg");
  await page.locator(".file .issue.error").waitFor();
  assert.equal(await place(), before, "an issue moves nothing");
  await create(page);
  await page.getByRole("button", { name: "Use https://example.com/cat.jpg" }).click();
  assert.equal(await picture.inputValue(), "https://example.com/cat.jpg");
  assert.equal(await page.locator(".issue.error").count(), 0);
  assert.equal(await place(), before);

  await page.getByText("More", { exact: true }).click();
  await page.getByRole("textbox", { name: /Callback URL/ }).fill("nowhere");
  await create(page);
  await page.locator("#callback-note .issue.error").waitFor();
  assert.deepEqual(created, []);
  assert.equal(await page.locator(".job").count(), 0);
}, { expected: /ERR_(NAME_NOT_RESOLVED|INTERNET_DISCONNECTED|CONNECTION|TUNNEL|PROXY|TIMED_OUT|BLOCKED)/ });

onPage("a wrong key is a 401 that leads to the key", async (page, created) => {
  await page.getByRole("button", { name: "Change" }).click();
  await page.getByLabel("API key").fill("no-such-key");
  await page.getByRole("button", { name: "Check balance" }).click();
  await page.locator("#connection-error", { hasText: "unauthorized HTTP 401" }).waitFor();
  await page.getByRole("textbox", { name: "Prompt" }).fill("A cat");
  await create(page);
  await status(page, "Not made");
  const text = await job(page).textContent();
  assert.match(text, /unauthorized HTTP 401/);
  assert.doesNotMatch(await page.content(), /no-such-key/, "the key is in its field only");
  await job(page).getByRole("button", { name: "Enter another key" }).click();
  assert.ok(await page.getByLabel("API key").evaluate((element) => element === document.activeElement));
  assert.equal(created.length, 1);

  await page.getByLabel("API key").fill(KEY);
  await create(page);
  await plays(page, 2);
}, { expected: /status of 401/ });

onPage("too few credits are a 402, said before and after", async (page) => {
  await page.getByRole("button", { name: "Change" }).click();
  await page.getByLabel("API key").fill("sandbox-poor");
  await page.getByLabel("API key").press("Enter");
  await page.locator("#balance", { hasText: "100 credits available" }).waitFor();
  await page.locator("#price-parts", { hasText: "100 more than you have" }).waitFor();
  await page.getByRole("textbox", { name: "Prompt" }).fill("A cat");
  await create(page);
  await status(page, "Not made");
  assert.match(await job(page).textContent(), /insufficient_credits HTTP 402/);
}, { expected: /status of 402/ });

onPage("a task that fails says why", async (page) => {
  await page.getByRole("textbox", { name: "Prompt" }).fill("A cat [fail: No cats today]");
  await create(page);
  await status(page, "Failed");
  assert.match(await job(page).getByRole("alert").textContent(), /task_failed.*No cats today/);
});

onPage("who stops waiting is told that the task goes on, and it does", async (page, created) => {
  let polls = 0;
  page.on("request", (request) => {
    if (request.url().includes("/queryTask")) polls += 1;
  });
  await page.getByRole("textbox", { name: "Prompt" }).fill("A cat");
  await create(page);
  const taskId = await job(page).locator(".facts .mono").textContent();
  await job(page).getByRole("button", { name: "Stop waiting" }).click();
  await status(page, "Stopped waiting");
  assert.match(await job(page).getByRole("alert").textContent(), /goes on at the service/);
  assert.equal(created.length, 1);
  const pollsBefore = polls;
  const ask = async () => (await api(`jobs/queryTask?taskId=${taskId}`)).json();
  let task = await ask();
  for (; ["PENDING", "PROCESSING"].includes(task.status); task = await ask()) await setTimeout(100);
  assert.equal(task.status, "COMPLETED");
  assert.equal(polls, pollsBefore, "the page asked no more");
  assert.equal(await page.locator("video").count(), 0);
});

onPage("a fourth video waits for a slot, and can be taken back before it is sent", async (page, created) => {
  await page.getByRole("textbox", { name: "Prompt" }).fill("A cat");
  await choose(page, /^sd2-fast/);
  for (let i = 0; i < 4; i++) await create(page);
  await status(page, "Waiting for a slot", 4);
  await job(page, 4).getByRole("button", { name: "Stop waiting" }).click();
  assert.match(await job(page, 4).getByRole("alert").textContent(), /Nothing was sent/);
  for (const number of [1, 2, 3]) await status(page, "Completed", number);
  assert.equal(created.length, 3);
}, { expected: /status of 429/ });

onPage("the keyboard alone makes a video and plays it", async (page, created) => {
  const { keyboard } = page;
  const focused = (selector) => page.evaluate((wanted) => document.activeElement.matches(wanted), selector);
  /** Tab as often as needed; the order of the page is what is tested. */
  const tabTo = async (selector) => {
    for (let i = 0; i < 40; i++) {
      await keyboard.press("Tab");
      if (await focused(selector)) return;
    }
    assert.fail(`Tab never reaches ${selector}.`);
  };
  await keyboard.press("Tab");
  assert.ok(await focused(".skip"));
  await tabTo("[name=mode]:checked");
  await keyboard.press("ArrowRight");
  assert.ok(await focused("[name=mode][value=image]"));
  await tabTo("#prompt");
  await keyboard.type("The light moves");
  await tabTo("#image-files input");
  await keyboard.type(`${new URL(PAGE).origin}/samples/portrait.jpg`);
  await tabTo("#duration");
  await keyboard.press("ArrowLeft");
  await tabTo("[name=model]:checked");
  await keyboard.press("ArrowRight");
  await tabTo("[name=upscale]:checked");
  await tabTo("#create");
  assert.equal(await page.locator("#price-total").textContent(), "128");
  await keyboard.press("Enter");
  await tabTo(".stop");
  await status(page, "Completed");
  await page.locator("video").waitFor();
  await tabTo("video");
  const video = await page.locator("video").elementHandle();
  // A reader who wants no motion starts it; Space is what the browser's own controls take.
  assert.ok(await video.evaluate((element) => element.paused && element.currentTime === 0));
  await keyboard.press("Space");
  await page.waitForFunction((element) => element.currentTime > 0.2, video);
  assert.deepEqual(created[0].inputs, {
    prompt: "The light moves",
    urls: [`${new URL(PAGE).origin}/samples/portrait.jpg`],
    duration: "4s",
  });
  assert.equal(created[0].model, "sd2-fast");
}, { reducedMotion: "reduce" });

test("the page's policy names the hash of its import map", async () => {
  const html = await (await fetch(PAGE)).text();
  const map = /<script type="importmap">([^]*?)<\/script>/.exec(html)[1];
  assert.ok(html.includes(`'sha256-${createHash("sha256").update(map).digest("base64")}'`));
});
