// Videos as a person makes them, from the click to the playing video, in whichever browser BROWSER names.
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { BROWSER, Key } from "./browser.mjs";
import { card, create, job, open, person, prompt, reload, sandbox, visit } from "./visit.mjs";

const ledger = () => sandbox.ledger();

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

/** A WebKitGTK without the codec (gstreamer1.0-libav) can show no such video: there, that it is offered must do. */
const decodes = BROWSER !== "webkit" || await person.ask(() => document.createElement("video").canPlayType('video/mp4; codecs="avc1.42E01E"') !== "");
if (!decodes) console.log("This browser has no decoder for H.264: whether videos play is not tested.");

/** Waits until a card's video is there and its time goes on. */
const plays = (number = 1) =>
  person.until((selector, decodes) => {
    const video = document.querySelector(`${selector} video`);
    if (video && !decodes) return video.src.endsWith(".mp4");
    if (video?.paused && video.readyState >= 2) video.play();
    return video?.currentTime > 0.1;
  }, card(number), decodes);

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
  await job("Text · sd2 · 4 s · 1280 × 720 · 2K · 240 credits");
  await job(`${task.taskId} took 0:0`);
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
    const shown = media.filter((file) => decodes || !file.endsWith(".mp4"));
    await person.until((count) => document.querySelectorAll(".thumb > *, .heard").length === count, shown.length);
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
  await person.element(`${card()} video`);
  assert.equal(await person.ask(() => document.querySelector("video").autoplay), false);
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

visit("through a gateway that adds the key, a video is made without one, and a reload goes on with it", async () => {
  const gateway = createServer(async (request, response) => {
    const chunks = await request.toArray();
    const headers = { Authorization: "Bearer sandbox-key", "Content-Type": "application/json" };
    const own = { "Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "Content-Type", "Content-Type": "application/json" };
    if (request.method === "OPTIONS") return response.writeHead(204, own).end();
    assert.equal(request.headers.authorization, undefined);
    const body = chunks.length ? Buffer.concat(chunks) : undefined;
    const answer = await fetch(sandbox.baseUrl + request.url, { method: request.method, headers, body });
    response.writeHead(answer.status, own).end(await answer.text());
  }).listen(0, "127.0.0.1");
  try {
    await once(gateway, "listening");
    await person.press("Connect");
    await person.choose("Gateway");
    await person.fill("Base URL", `http://127.0.0.1:${gateway.address().port}`);
    await person.press("Check the balance");
    await person.sees("5,000 credits available", "#balance");
    await sandbox.faults({ on: "queryTask", kind: "status", status: 503, times: 0 });
    await person.press("Create");
    await prompt("A cat");
    await create();
    await job("task_");
    await reload();
    await fetch(`${sandbox.url}/admin/faults`, { method: "DELETE" });
    await plays();
    assert.equal((await ledger()).createRequests, 1);
  } finally {
    gateway.closeAllConnections();
    gateway.close();
  }
}, /status of 503/);

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
