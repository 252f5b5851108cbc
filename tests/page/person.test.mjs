// The page as a person uses it, from the click to the playing video, in whichever browser BROWSER names.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../package/project.mjs";
import { startSandbox } from "../package/sandbox.mjs";
import { Key, startBrowser } from "./browser.mjs";

const page = (folder) => join(root, folder);
const sandbox = await startSandbox("--www", page("www"), "--mount", `/dist=${page("dist")}`, "--mount", `/bare=${page("tests/page")}`);
const person = await startBrowser();

/** A test with a fresh sandbox and a fresh visitor; what the console complains of, other than `expected`, fails it. */
const visit = (name, run, expected) =>
  test(name, { timeout: 40_000 }, async () => {
    await sandbox.reset();
    await person.open(`${sandbox.url}/icon.svg`);
    await person.ask(() => {
      localStorage.clear();
      sessionStorage.clear();
    });
    await open();
    await person.complaints();
    await run();
    const complaints = await person.complaints();
    assert.deepEqual(complaints.filter((complaint) => !expected?.test(complaint)), []);
  });

const open = async (hash = "") => {
  // Another hash alone would not load the page again.
  await person.open("about:blank");
  await person.open(`${sandbox.url}/${hash}`);
  await person.sees("credits", "#account-balance");
};

const reload = async () => {
  await person.driver.navigate().refresh();
  await person.sees("credits", "#account-balance");
};

const card = (number = 1) => `.jobs > li:nth-last-child(${number})`;
const job = (text, number) => person.sees(text, card(number));
const create = () => person.press("Create video");
const ledger = () => sandbox.ledger();
const prompt = (text) => person.fill("Prompt", text);

/** Keeps what the page sends from here on; the ledger has all but the bodies. */
const watch = () =>
  person.ask(() => {
    const { fetch } = window;
    window.sent = [];
    window.fetch = (url, init) => {
      if (init?.body) window.sent.push(JSON.parse(init.body));
      return fetch(url, init);
    };
  });
const sent = () => person.ask(() => window.sent);

/** Waits until a card's video is there and its time goes on. */
const plays = (number = 1) =>
  person.until((selector) => {
    const video = document.querySelector(`${selector} video`);
    if (video?.paused && video.readyState >= 2) video.play();
    return video?.currentTime > 0.1;
  }, card(number));

visit("a text becomes a video that plays, at the price that was shown", async () => {
  await watch();
  await prompt("A cat playing piano");
  await person.choose("2K");
  const length = await person.field("Length");
  await length.sendKeys(Key.ARROW_LEFT);
  assert.equal(await person.read("#price-total"), "240");
  assert.match(await person.read("#price-parts"), /4 s of sd2, 40 a second160.*2K upscale80Total240/);
  assert.match(await person.read("#price-balance"), /You have5,000Leaves4,760/);
  await create();
  await plays();
  await job("Completed");
  assert.deepEqual(await sent(), [
    { model: "sd2", inputs: { prompt: "A cat playing piano", duration: "4s", resolution: "1280x720", upscaleResolution: "2k" } },
  ]);
  const [task] = (await ledger()).tasks;
  const links = await person.ask((selector) => [...document.querySelectorAll(`${selector} a`)].map(({ href, download }) => [href, download]), card());
  assert.deepEqual(links, [[task.output[0].url, ""], [task.output[0].url, `${task.taskId}.mp4`]]);
  await job(`${task.taskId}\nUsed\n240 credits`);
  await person.sees("4,760 credits", "#account-balance");
});

for (const [name, files] of [
  ["Image", { urls: ["portrait.jpg"] }],
  ["First and last frame", { urls: ["first.jpg", "last.jpg"], videoInputMode: "keyframe" }],
  ["References", { urls: ["portrait.jpg"], videoUrls: ["motion.mp4"], audioUrls: ["audio.mp3"], videoInputMode: "reference", resolution: "720x1280" }],
]) {
  visit(`${name} becomes a video that plays`, async () => {
    await watch();
    await person.choose(name);
    if (name === "References") await person.choose("9:16");
    await person.press("Fill in a sample");
    const media = Object.values(files).filter(Array.isArray).flat();
    // Each file shows that it could be loaded, and that the service could not load it from this machine.
    await person.until((count) => document.querySelectorAll(".thumb > *, .heard").length === count, media.length);
    assert.equal(await person.ask(() => document.querySelectorAll("#form .issue.warning").length), media.length);
    await create();
    await plays();
    const [{ inputs: { prompt, duration, ...rest } }] = await sent();
    const addresses = (value) => (Array.isArray(value) ? value.map((file) => `${sandbox.url}/samples/${file}`) : value);
    assert.deepEqual(rest, Object.fromEntries(Object.entries(files).map(([field, value]) => [field, addresses(value)])));
    assert.ok(prompt);
    assert.equal(duration, "5s");
  });
}

visit("an invalid form shows its issues, goes to the first, and sends nothing", async () => {
  assert.equal(await person.ask(() => document.querySelectorAll(".issue").length), 0, "nothing is wrong before somebody began");
  await create();
  await person.sees("Describe the video", "#prompt-note");
  assert.ok(await person.isAt("#prompt[aria-invalid=true]"));

  await person.choose("Image");
  const place = () => person.ask(() => document.querySelector("#duration").getBoundingClientRect().top + scrollY);
  const before = await place();
  await person.fill("Picture URL", "example.com/cat.jpg");
  await person.element(".file .issue.error");
  assert.equal(await place(), before, "an issue moves nothing");
  await create();
  await person.press("Use https://example.com/cat.jpg");
  const picture = await person.field("Picture URL");
  assert.equal(await picture.getProperty("value"), "https://example.com/cat.jpg");
  assert.equal(await person.ask(() => document.querySelectorAll(".issue.error").length), 0);
  assert.equal(await place(), before);

  await person.press("Tell a server when it is done");
  await person.fill("Callback URL", "nowhere");
  await create();
  await person.element("#callback-note .issue.error");
  assert.equal((await ledger()).createRequests, 0);
}, /ERR_(NAME_NOT_RESOLVED|INTERNET_DISCONNECTED|CONNECTION|TUNNEL|PROXY|TIMED_OUT|BLOCKED|NETWORK)/);

visit("the same for less is one click away", async () => {
  await person.choose("4K");
  assert.equal(await person.read("#price-total"), "400");
  for (const [saving, total] of [["fast", "360"], ["plain", "160"], ["shorter", "128"]]) {
    await person.click(await person.element(`[data-saving=${saving}]`));
    assert.equal(await person.read("#price-total"), total);
  }
  assert.match(await person.read("#savings"), /(chosen already.*){3}/);
});

/** What the service answers, the code that the card shows, its state, and the next step. */
const REFUSALS = [
  [{ on: "createTask", kind: "status", status: 400, message: "The prompt is not allowed" }, "invalid_request HTTP 400", "Not made", "Correct the fields"],
  [{ on: "createTask", kind: "status", status: 401 }, "unauthorized HTTP 401", "Not made", "Enter another key"],
  [{ on: "createTask", kind: "status", status: 402 }, "insufficient_credits HTTP 402", "Not made", "shorter length"],
  [{ on: "createTask", kind: "status", status: 429, retryAfter: 1 }, "", "Waiting for a slot", "Stop waiting"],
  [{ on: "createTask", kind: "status", status: 500 }, "outcome_unknown HTTP 500", "Outcome unknown", "before you create it anyway"],
  [{ on: "createTask", kind: "no_task_id" }, "outcome_unknown", "Outcome unknown", "before you create it anyway"],
  [{ on: "queryTask", kind: "status", status: 403 }, "forbidden HTTP 403", "Not followed", "Use the key that it was made with"],
  [{ on: "queryTask", kind: "status", status: 404 }, "not_found HTTP 404", "Not followed", "Check the task’s id"],
];

visit("each error of a job has its code, its sentence and its next step", async () => {
  await prompt("A cat");
  for (const [index, [fault, code, state, step]] of REFUSALS.entries()) {
    await sandbox.faults(fault);
    await create();
    for (const text of [code, state, step]) await job(text, index + 1);
  }
  // What the service refused because the slots were taken elsewhere is the only one that is sent again by itself.
  await plays(4);
  const sent = REFUSALS.length + 1;
  assert.equal((await ledger()).createRequests, sent);
  // The last one was made, and is only asked for again; the fifth perhaps not, and is made when somebody says so.
  await person.press(`Wait again: Video ${REFUSALS.length}`);
  await plays(REFUSALS.length);
  assert.equal((await ledger()).createRequests, sent);
  await person.press("Create it anyway: Video 5");
  await plays(5);
  assert.equal((await ledger()).createRequests, sent + 1);
}, /Failed to load resource/);

visit("errors of the connection are said where it is chosen", async () => {
  await person.press("Connect");
  await sandbox.faults({ on: "credits", kind: "status", status: 503, retryAfter: 120 });
  await person.press("Check the balance");
  await person.sees("server_error HTTP 503", "#connection-error");
  await sandbox.faults({ on: "credits", kind: "not_json" });
  await person.press("Check the balance");
  await person.sees("unexpected_response", "#connection-error");
  await person.choose("My key");
  await person.press("Check the balance");
  await person.sees("invalid_argument", "#connection-error");
  await person.sees("Complete the connection.", "#connection-error");
  // A gateway that adds no key.
  await person.choose("Gateway");
  await person.fill("Base URL", sandbox.baseUrl);
  await person.press("Check the balance");
  await person.sees("unauthorized HTTP 401", "#connection-error");
  await person.press("Create");
  await prompt("A cat");
  await create();
  await job("unauthorized HTTP 401");
  await person.press("Look at the connection");
  await person.until(() => document.activeElement.id === "gateway-url");
}, /Failed to load resource/);

visit("every code of the library has its line", async () => {
  const types = readFileSync(join(root, "js", "index.d.ts"), "utf8");
  const codes = /type Sd2ErrorCode =([^;]+);/.exec(types)[1].match(/\w+/g);
  await person.press("Connect");
  const shown = await person.ask(() => [...document.querySelectorAll("#errors tr")].map((row) => [...row.children].map((cell) => cell.textContent)));
  assert.deepEqual(shown.map(([code]) => code).sort(), codes.sort());
  for (const cells of shown) assert.ok(cells.every(Boolean));
});

visit("too few credits are said before and after", async () => {
  await person.press("Connect");
  const account = await person.field("Account");
  await account.sendKeys("sandbox-poor");
  await person.press("Check the balance");
  await person.sees("100 credits", "#account-balance");
  await person.press("Create");
  await person.sees("Missing\n100", "#price-balance");
  await prompt("A cat");
  await create();
  await job("insufficient_credits HTTP 402");
}, /status of 402/);

visit("a task that fails says why, and another try makes another task", async () => {
  await prompt("A cat [fail: No cats today]");
  await create();
  await job("task_failed");
  await job("No cats today");
  await person.press("Try again: Video 1");
  await person.until((selector) => document.querySelector(`${selector} .job`).dataset.state !== "FAILED", card());
  await job("No cats today");
  assert.equal((await ledger()).tasksMade, 2);
  // And it can be put right.
  await prompt("Something else");
  await person.press("Reuse request: Video 1");
  const field = await person.field("Prompt");
  assert.equal(await field.getProperty("value"), "A cat [fail: No cats today]");
});

visit("who stops waiting is told that the task goes on, and can wait again", async () => {
  await prompt("A cat");
  await create();
  await job("task_");
  await person.press("Stop waiting: Video 1");
  await job("Stopped waiting");
  await job("goes on at the service");
  await person.press("Wait again: Video 1");
  await plays();
  assert.equal((await ledger()).createRequests, 1);
});

visit("a fourth video waits for a slot, and can be taken back before it is sent", async () => {
  await prompt("A cat");
  await person.choose("sd2-fast");
  for (let i = 0; i < 4; i++) await create();
  await job("Waiting for a slot", 4);
  await person.sees("3 slots of 3 in use", "#slots");
  await person.press("Stop waiting: Video 4");
  await job("Nothing was sent", 4);
  for (const number of [1, 2, 3]) await job("Completed", number);
  assert.equal((await ledger()).createRequests, 3);
  await person.press("Create it: Video 4");
  await job("Completed", 4);
  await person.press("Remove: Video 2");
  assert.equal(await person.ask(() => document.querySelectorAll(".job").length), 3);
}, /status of 429/);

visit("a reload goes on with the running job", async () => {
  await prompt("A cat");
  await sandbox.faults({ on: "queryTask", kind: "status", status: 503, times: 0 });
  await create();
  await job("task_");
  await reload();
  await job("Asking for it");
  assert.equal(await (await person.field("Prompt")).getProperty("value"), "A cat", "the request is still on the screen");
  await fetch(`${sandbox.url}/admin/faults`, { method: "DELETE" });
  await plays();
  assert.equal((await ledger()).createRequests, 1);
  // What is done comes back, too, until somebody removes it.
  await reload();
  await plays();
  await person.press("Remove: Video 1");
  await reload();
  assert.equal(await person.ask(() => document.querySelectorAll(".job").length), 0);
}, /status of 503/);

visit("a create that was on its way at a reload has an unknown outcome, and is not repeated", async () => {
  await prompt("A cat");
  await sandbox.faults({ on: "createTask", kind: "hang", times: 3 });
  await create();
  await create();
  await create();
  await create();
  await job("Waiting for a slot", 4);
  await person.until(async () => (await fetch("/admin/ledger").then((answer) => answer.json())).createRequests === 3);
  await reload();
  await job("Outcome unknown", 1);
  await job("you could pay twice", 1);
  await job("Not sent", 4);
  await person.ask(() => new Promise((done) => setTimeout(done, 100)));
  assert.equal((await ledger()).createRequests, 3);
}, /status of 429/);

visit("the jobs of a page that lives are not those of another page", async () => {
  await prompt("A cat");
  await sandbox.faults({ on: "queryTask", kind: "status", status: 503, times: 0 });
  await create();
  await job("task_");
  const first = await person.driver.getWindowHandle();
  await person.driver.switchTo().newWindow("tab");
  await open();
  assert.equal(await person.ask(() => document.querySelectorAll(".job").length), 0);
  await person.driver.close();
  await person.driver.switchTo().window(first);
}, /status of 503/);

visit("the key is in memory only, unless somebody wants it remembered", async () => {
  const stored = () => person.ask(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
  await person.press("Connect");
  await person.choose("My key");
  await person.fill("API key", "sk-my-own-key");
  assert.doesNotMatch(await stored(), /sk-my/);
  assert.doesNotMatch(await person.ask(() => document.documentElement.outerHTML), /sk-my/);
  await person.press("Code");
  assert.doesNotMatch(await person.read("#snippet"), /sk-my/);
  await person.press("Connect");
  const remember = await person.field("Remember it");
  await remember.click();
  assert.match(await stored(), /sk-my/);
  await remember.click();
  assert.doesNotMatch(await stored(), /sk-my/);
});

visit("the keyboard alone makes a video and plays it", async () => {
  await watch();
  await person.tabTo(".skip");
  await person.keys(Key.ENTER);
  assert.ok(await person.isAt("#main"));
  await person.tabTo("[name=mode]:checked");
  await person.keys(Key.ARROW_RIGHT);
  assert.ok(await person.isAt("[name=mode][value=image]"));
  await person.tabTo("#prompt");
  await person.keys("The light moves");
  await person.tabTo("#image-files input");
  await person.keys(`${sandbox.url}/samples/portrait.jpg`);
  await person.tabTo("#duration");
  await person.keys(Key.ARROW_LEFT);
  await person.tabTo("[name=model]:checked");
  await person.keys(Key.ARROW_RIGHT);
  await person.tabTo("[name=upscale]:checked");
  await person.tabTo("#create-video");
  assert.equal(await person.read("#price-total"), "128");
  await person.keys(Key.ENTER);
  await person.tabTo("[data-action=stop]");
  await job("Completed");
  // The button that went did not take the focus along.
  assert.ok(await person.isAt(".job"));
  await person.tabTo("video");
  await plays();
  const [{ model, inputs }] = await sent();
  assert.deepEqual({ model, ...inputs }, {
    model: "sd2-fast",
    prompt: "The light moves",
    urls: [`${sandbox.url}/samples/portrait.jpg`],
    duration: "4s",
  });
});

visit("the calculator tells prices, and its address brings them back", async () => {
  await person.press("Calculate");
  await person.choose("4K", "#calculator");
  await person.choose("With", "#calculator");
  assert.equal(await person.read("#calculator-total"), "600");
  assert.equal(await person.read("#calculator-formula"), "5 s × 40 + 200 for the clip + 200 for 4K");
  await person.fill("Credits", "2500");
  assert.match(await person.ask(() => location.hash), /^#calculate\?model=sd2&duration=5s&upscale=4k&reference=1&credits=2500$/);
  const shared = await person.ask(() => location.hash);
  await open(shared);
  await person.sees("600", "#calculator-total");
  assert.equal(await (await person.field("Credits")).getProperty("value"), "2500");
  assert.deepEqual(await person.ask(() => [...document.querySelectorAll("#budget-table td.chosen")].map((cell) => cell.textContent)), ["4", "15 s"]);
  await person.press("The same as a table");
  const table = await person.ask(() => [...document.querySelectorAll("#price-table tbody td")].map((cell) => cell.textContent));
  assert.equal(table.length, 144);
  assert.deepEqual([table[0], table.at(-1)], ["160", "1,560"]);
  await person.press("Use it in Create");
  await person.sees("400", "#price-total");
});

visit("the chart is walked with the keyboard and pointed at", async () => {
  await person.press("Calculate");
  await person.tabTo("[role=slider]");
  const slider = () => person.ask(() => [document.activeElement.getAttribute("aria-label"), document.activeElement.getAttribute("aria-valuetext")]);
  assert.deepEqual(await slider(), ["sd2, no upscale, without a reference clip", "5 seconds: 200 credits"]);
  await person.keys(Key.ARROW_RIGHT, Key.ARROW_RIGHT);
  assert.deepEqual(await slider(), ["sd2, no upscale, without a reference clip", "7 seconds: 280 credits"]);
  await person.keys(Key.ARROW_DOWN);
  assert.deepEqual(await slider(), ["sd2-fast, no upscale, without a reference clip", "7 seconds: 224 credits"]);
  await person.keys(Key.END);
  assert.equal(await person.read("#calculator-total"), "480");
  const drawing = await person.element("#chart figure:nth-child(2) svg");
  await person.ask((element) => element.scrollIntoView({ block: "center" }), drawing);
  const { width, height } = await drawing.getRect();
  // The top right corner is the dearest of all.
  const corner = { origin: drawing, x: Math.round(width / 2) - 75, y: 14 - Math.round(height / 2) };
  await person.driver.actions().move(corner).perform();
  assert.equal(await person.read("#chart-readout"), "sd2, 4K upscale, with a reference clip, 15 seconds: 1,800 credits");
  assert.equal(await person.read("#calculator-total"), "480", "pointing chooses nothing");
  await person.driver.actions().move(corner).click().perform();
  assert.equal(await person.read("#calculator-total"), "1,800");
});

visit("many requests are priced at once, out of CSV and JSON", async () => {
  await person.press("Calculate");
  await person.press("Show an example");
  await person.sees("5 requests, 4 valid. Total: 1,560 credits.", "#batch-summary");
  const row = (number) => person.ask((number) => document.querySelector(`#batch-table tbody tr:nth-child(${number})`).innerText, number);
  assert.match(await row(1), /lighthouse at dawn.*\s+640\s/);
  assert.match(await row(5), /bad_?|duration/);
  // The download, read again, says the same.
  const text = await person.ask(async () => {
    let blob;
    const { createObjectURL } = URL;
    URL.createObjectURL = (made) => {
      blob = made;
      return createObjectURL(made);
    };
    HTMLAnchorElement.prototype.click = () => {};
    document.querySelector("#batch-download").click();
    URL.createObjectURL = createObjectURL;
    return blob.text();
  });
  assert.match(text, /^number,mode,credits,model,prompt,.*issues\r\n1,text,640,sd2,"A lighthouse at dawn, fog over a calm sea"/);
  const paste = (text) =>
    person.ask((text) => {
      const field = document.querySelector("#batch");
      field.value = text;
      field.dispatchEvent(new Event("input"));
    }, text);
  await paste('[{"model":"sd2","inputs":{"prompt":"A cat"}},{"model":"sd3","inputs":{}},null]');
  await person.sees("3 requests, 1 valid. Total: 200 credits.", "#batch-summary");
  await paste(text);
  await person.sees("5 requests, 4 valid. Total: 1,560 credits.", "#batch-summary");
  await paste("[1,");
  await person.sees("neither JSON nor CSV", "#batch-summary");
});

visit("the code is that of what is on the screen", async () => {
  await prompt("It's \"quoted\"");
  await person.choose("9:16");
  await person.press("Code");
  for (const [language, expected] of [
    ["JavaScript", ['prompt: "It\'s \\"quoted\\""', 'resolution: "720x1280"', "process.env.SD2_API_KEY"]],
    ["curl", ['"prompt": "It\'\\\'\'s \\"quoted\\""', "$SD2_API_KEY"]],
    ["Rust", ['"prompt": "It\'s \\"quoted\\""', 'r#"{', "SD2_API_KEY"]],
  ]) {
    await person.choose(language);
    const code = await person.read("#snippet");
    for (const text of expected) assert.ok(code.includes(text), `${text} is not in ${code}`);
    assert.doesNotMatch(code, /sandbox-key/);
  }
});

test("the calculator works in a bare page, with the keyboard, and tells of changes", async () => {
  await person.open(`${sandbox.url}/bare/bare.html`);
  const total = (text) =>
    person.until((text) => document.querySelector("sd2-calculator").shadowRoot?.querySelector("[part=total]").textContent === text, text);
  await total("360");
  await person.ask(() => {
    window.heard = [];
    addEventListener("change", ({ target, detail }) => window.heard.push([target.localName, detail.estimate.total, detail.configuration]));
  });
  await person.keys(Key.TAB, Key.TAB, Key.TAB);
  await person.keys(Key.ARROW_RIGHT);
  await total("432");
  await person.keys(Key.TAB);
  await person.keys(Key.SPACE);
  await total("624");
  const configuration = { model: "sd2-fast", duration: "6s", upscaleResolution: "4k" };
  assert.deepEqual(await person.ask(() => window.heard), [
    ["sd2-calculator", 432, { ...configuration, videoReference: false }],
    ["sd2-calculator", 624, { ...configuration, videoReference: true }],
  ]);
  assert.equal(
    await person.ask(() => document.querySelector("sd2-calculator").outerHTML),
    '<sd2-calculator model="sd2-fast" upscale="4k" duration="6s" video-reference=""></sd2-calculator>',
  );
  // From outside, by property and by attribute, also with what does not exist; and that fires nothing.
  await person.ask(() => {
    const element = document.querySelector("sd2-calculator");
    element.upscale = null;
    element.videoReference = false;
    element.setAttribute("model", "sd9");
  });
  await total("240");
  assert.equal(await person.ask(() => window.heard.length), 2);
  assert.deepEqual(await person.complaints(), []);
});

