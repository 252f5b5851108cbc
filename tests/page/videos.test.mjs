// Videos as a person makes them, from the click to the playing video. In the browser that BROWSER names.
import assert from "node:assert/strict";
import { Key } from "./browser.mjs";
import {
  completed,
  create,
  decodes,
  HELD,
  hold,
  job,
  ledger,
  person,
  plays,
  press,
  prompt,
  release,
  sandbox,
  sent,
  stage,
  visit,
  watch,
} from "./visit.mjs";

visit("a prompt becomes a video that plays, for the price that the page showed", async () => {
  await watch();
  await prompt("A cat playing piano");
  await person.choose("2K");
  const duration = await person.field("Duration");
  await duration.sendKeys(Key.ARROW_LEFT);
  assert.equal(await person.read("#price-total"), "240");
  assert.equal(await person.read("#price-after"), "4,760 after this");
  await person.click(await person.element("#price summary"));
  assert.match(await person.read("#price-parts"), /4 s of sd2, 40 a second160.*2K upscale80Total240/);
  assert.match(await person.read("#price-balance"), /Balance5,000After this4,760/);
  await create();
  await plays();
  assert.deepEqual(await sent(), [
    {
      model: "sd2",
      inputs: { prompt: "A cat playing piano", duration: "4s", resolution: "1280x720", upscaleResolution: "2k" },
    },
  ]);
  const [task] = (await ledger()).tasks;
  await person.press("Details", stage());
  await job(task.taskId);
  await job(task.output[0].url);
  await job("Text · sd2 · 4 s · 16:9 · 2K");
  assert.match(await person.read(`${stage()} .about-made`), /^Done in 0:\d\d · 240 credits$/);
  await person.sees("4,760 credits", "#account-balance");
});

for (const [name, files] of [
  ["Image", { urls: ["portrait.jpg"] }],
  ["First and last frame", { urls: ["first.jpg", "last.jpg"], videoInputMode: "keyframe" }],
  [
    "References",
    {
      urls: ["portrait.jpg"],
      videoUrls: ["motion.mp4"],
      audioUrls: ["audio.mp3"],
      videoInputMode: "reference",
      resolution: "720x1280",
    },
  ],
]) {
  visit(`${name} becomes a video that plays`, async () => {
    await watch();
    await person.choose(name);
    // The part for files moves the settings when it has loaded.
    await person.element("#sample");
    if (name === "References") await person.choose("9:16");
    await person.press("Use sample files");
    const media = Object.values(files).filter(Array.isArray).flat();
    // Each file shows that it could be loaded; the sandbox on this machine reaches them, whatever the service could.
    const shown = media.filter(file => decodes || !file.endsWith(".mp4"));
    await person.until(count => document.querySelectorAll(".thumb > *, .heard").length === count, shown.length);
    assert.equal(await person.ask(() => document.querySelectorAll("#form .issue").length), 0);
    await create();
    await plays();
    const [
      {
        inputs: { prompt, duration, ...rest },
      },
    ] = await sent();
    const addresses = value => (Array.isArray(value) ? value.map(file => `${sandbox.url}/samples/${file}`) : value);
    assert.deepEqual(
      rest,
      Object.fromEntries(Object.entries(files).map(([field, value]) => [field, addresses(value)])),
    );
    assert.ok(prompt);
    assert.equal(duration, "5s");
  });
}

visit(
  "an invalid form shows its issues, focuses the first one, and sends nothing",
  async () => {
    assert.equal(
      await person.ask(() => document.querySelectorAll(".issue").length),
      0,
      "nothing is wrong before somebody began",
    );
    await press();
    await person.sees("Add a prompt", "#prompt-note");
    assert.ok(await person.isAt("#prompt[aria-invalid=true]"));

    await person.choose("Image");
    await person.element("#image-files input[type=text]");
    const place = () => person.ask(() => document.querySelector("#duration").getBoundingClientRect().top + scrollY);
    const before = await place();
    await person.fill("Image URL", "example.com/cat.jpg");
    await person.element(".file .issue.error");
    assert.equal(await place(), before, "an issue moves nothing");
    await press();
    await person.press("Use https://example.com/cat.jpg");
    const image = await person.field("Image URL");
    assert.equal(await image.getProperty("value"), "https://example.com/cat.jpg");
    assert.equal(await person.ask(() => document.querySelectorAll(".issue.error").length), 0);
    assert.equal(await place(), before);

    await person.press("Webhook");
    await person.fill("Webhook URL", "nowhere");
    await press();
    await person.element("#callback-note .issue.error");
    assert.equal((await ledger()).createRequests, 0);
  },
  /ERR_(NAME_NOT_RESOLVED|INTERNET_DISCONNECTED|CONNECTION|TUNNEL|PROXY|TIMED_OUT|BLOCKED|NETWORK)/,
);

visit("the page offers savings, and hides them if there are none", async () => {
  await person.choose("4K");
  assert.equal(await person.read("#price-total"), "400");
  await person.click(await person.element("#price summary"));
  for (const [saving, total] of [
    ["fast", "360"],
    ["plain", "160"],
    ["shorter", "128"],
  ]) {
    await person.click(await person.element(`[data-saving=${saving}]`));
    assert.equal(await person.read("#price-total"), total);
  }
  assert.equal(await person.ask(() => document.querySelector("#savings-group").checkVisibility()), false);
});

visit(
  "the keyboard alone makes a video and plays it",
  async () => {
    await watch();
    await hold();
    await person.tabTo(".skip");
    await person.keys(Key.ENTER);
    assert.ok(await person.isAt("#main"));
    await person.tabTo("#prompt");
    await person.keys("The light moves");
    await person.tabTo("[name=mode]:checked");
    await person.keys(Key.ARROW_RIGHT);
    assert.ok(await person.isAt("[name=mode][value=image]"));
    await person.element("#image-files input[type=text]");
    await person.tabTo("#image-files input[type=text]");
    await person.keys(`${sandbox.url}/samples/portrait.jpg`);
    await person.tabTo("#duration");
    await person.keys(Key.ARROW_LEFT);
    await person.tabTo("[name=model]:checked");
    await person.keys(Key.ARROW_RIGHT);
    await person.tabTo("[name=upscale]:checked");
    await person.tabTo("#create-video");
    assert.equal(await person.read("#price-total"), "128");
    await person.keys(Key.ENTER);
    // What can still be taken back is next.
    await person.tabTo(".hold button:last-child");
    await person.keys(Key.ENTER);
    assert.ok(await person.isAt("#create-video"));
    await person.tabTo("[data-action=stop]");
    await release();
    await completed();
    // The button that went did not take the focus along.
    assert.ok(await person.isAt(".tile"));
    await person.tabTo("[data-action=show]");
    await person.keys(Key.ENTER);
    assert.ok(await person.isAt(".about-title"));
    await plays();
    const [{ model, inputs }] = await sent();
    assert.deepEqual(
      { model, ...inputs },
      {
        model: "sd2-fast",
        prompt: "The light moves",
        urls: [`${sandbox.url}/samples/portrait.jpg`],
        duration: "4s",
      },
    );
  },
  HELD,
);
