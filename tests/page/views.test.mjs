// The other views as a person uses them, and the calculator in a bare page. In the browser that BROWSER names.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { root } from "../support/project.mjs";
import { Key } from "./browser.mjs";
import { create, job, open, person, prompt, sandbox, visit } from "./visit.mjs";

visit(
  "the page shows errors of the connection where it is chosen",
  async () => {
    await person.press("Connect");
    await sandbox.faults({ on: "credits", kind: "status", status: 503, retryAfter: 120 });
    await person.press("Check the balance");
    await person.sees("The service failed", "#connection-error");
    await person.press("Details", "#connection-error");
    await person.sees("server_error HTTP 503", "#connection-error");
    await person.sees("not connected", "#account-balance");
    await sandbox.faults({ on: "credits", kind: "not_json" });
    await person.press("Check the balance");
    await person.sees("not what the service is documented to say", "#connection-error");
    await person.choose("My key");
    await person.press("Check the balance");
    await person.sees("Something is missing or wrong", "#connection-error");
    await person.sees("Complete the connection.", "#connection-error");
    // A gateway that adds no key.
    await person.choose("Gateway");
    await person.fill("Gateway URL", sandbox.baseUrl);
    await person.press("Check the balance");
    await person.sees("The key is missing or wrong", "#connection-error");
    await person.press("Create");
    await prompt("A cat");
    await create();
    await job("The key is missing or wrong");
    await person.press("Look at the connection");
    await person.until(() => document.activeElement.id === "gateway-url");
  },
  /Failed to load resource/,
);

test("each error code has a text in the page and a line in docs/errors.md", () => {
  const types = readFileSync(join(root, "js", "index.d.ts"), "utf8");
  const codes = /type Sd2ErrorCode =([^;]+);/.exec(types)[1].match(/(?<=")\w+/g);
  const [, texts] = /id="text">([^]*?)<\/script>/.exec(readFileSync(join(root, "www/errors/errors.html"), "utf8"));
  const { errors } = JSON.parse(texts);
  assert.deepEqual(Object.keys(errors).sort(), codes.sort());
  for (const sentences of Object.values(errors)) assert.ok(sentences.length === 2 && sentences.every(Boolean));
  const rows = readFileSync(join(root, "docs/errors.md"), "utf8")
    .match(/^\|.*$/gm)
    .join("\n");
  assert.deepEqual(
    codes.filter(code => !rows.includes(`\`${code}\``)),
    [],
  );
});

visit("the page keeps the key only in memory, unless the user wants it remembered", async () => {
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

visit(
  "the calculator shows prices, and its link restores them",
  async () => {
    await person.press("Calculate");
    await person.choose("4K", "#calculator");
    await person.choose("With", "#calculator");
    assert.equal(await person.read("#calculator-total"), "600");
    assert.equal(await person.read("#calculator-formula"), "5 s × 40 + 200 for the reference + 200 for 4K");
    await person.fill("Credits", "2500");
    assert.match(
      await person.ask(() => location.hash),
      /^#calculate\?model=sd2&duration=5s&upscale=4k&reference=1&credits=2500$/,
    );
    const shared = await person.ask(() => location.hash);
    await open(shared);
    await person.sees("600", "#calculator-total");
    assert.equal(await (await person.field("Credits")).getProperty("value"), "2500");
    assert.deepEqual(
      await person.ask(() => [...document.querySelectorAll("#budget-table td.chosen")].map(cell => cell.textContent)),
      ["4", "15 s"],
    );
    await person.press("The same as a table");
    const table = await person.ask(() =>
      [...document.querySelectorAll("#price-table tbody td")].map(cell => cell.textContent),
    );
    assert.equal(table.length, 144);
    assert.deepEqual([table[0], table.at(-1)], ["160", "1,560"]);
    await person.press("Use it in Create");
    await person.sees("400", "#price-total");
    await person.fill("Video 1", "https://example.com/motion.mp4");
    await person.sees("600", "#price-total");
  },
  /example\.com/,
);

visit("the chart works with keyboard and pointer", async () => {
  await person.press("Calculate");
  // Whoever is quicker than the view walks through the one that goes.
  await person.until(() => document.activeElement.id === "calculate-title");
  await person.tabTo("[role=slider]");
  const slider = () =>
    person.ask(() => [
      document.activeElement.getAttribute("aria-label"),
      document.activeElement.getAttribute("aria-valuetext"),
    ]);
  assert.deepEqual(await slider(), ["sd2, no upscale, without a reference video", "5 seconds: 200 credits"]);
  await person.keys(Key.ARROW_RIGHT, Key.ARROW_RIGHT);
  assert.deepEqual(await slider(), ["sd2, no upscale, without a reference video", "7 seconds: 280 credits"]);
  await person.keys(Key.ARROW_DOWN);
  assert.deepEqual(await slider(), ["sd2-fast, no upscale, without a reference video", "7 seconds: 224 credits"]);
  await person.keys(Key.END);
  assert.equal(await person.read("#calculator-total"), "480");
  const drawing = await person.element("#chart figure:nth-child(2) svg");
  await person.ask(element => element.scrollIntoView({ block: "center" }), drawing);
  const { width, height } = await drawing.getRect();
  // The top right corner is the dearest of all.
  const corner = { origin: drawing, x: Math.round(width / 2) - 75, y: 14 - Math.round(height / 2) };
  await person.driver.actions().move(corner).perform();
  assert.equal(
    await person.read("#chart-readout"),
    "sd2, 4K upscale, with a reference video, 15 seconds: 1,800 credits",
  );
  assert.equal(await person.read("#calculator-total"), "480", "pointing chooses nothing");
  await person.driver.actions().move(corner).click().perform();
  assert.equal(await person.read("#calculator-total"), "1,800");
});

visit("the calculator prices many requests from CSV and JSON", async () => {
  await person.press("Calculate");
  await person.press("Show an example");
  await person.sees("5 requests, 4 valid. Total: 1,560 credits.", "#batch-summary");
  const row = number =>
    person.ask(number => document.querySelector(`#batch-table tbody tr:nth-child(${number})`).innerText, number);
  assert.match(await row(1), /lighthouse at dawn.*\s+640$/);
  assert.match(await row(5), /Upscale 2k, 4k or nothing\. Use 2k\.\s+–$/s);
  // The download, read again, says the same.
  const text = await person.ask(async () => {
    let blob;
    const { createObjectURL } = URL;
    URL.createObjectURL = made => {
      blob = made;
      return createObjectURL(made);
    };
    HTMLAnchorElement.prototype.click = () => {};
    document.querySelector("#batch-download").click();
    URL.createObjectURL = createObjectURL;
    return blob.text();
  });
  assert.match(
    text,
    /^#,# mode,# credits,model,prompt,.*# issues\r\n1,text,640,sd2,"A lighthouse at dawn, fog over a calm sea"/,
  );
  const paste = text =>
    person.ask(text => {
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

visit("the Code view shows the code for the current form", async () => {
  await prompt('It\'s "quoted"');
  await person.choose("9:16");
  await person.press("Code");
  for (const [language, expected] of [
    ["JavaScript", ['prompt: "It\'s \\"quoted\\""', 'resolution: "720x1280"', "process.env.SD2_API_KEY"]],
    ["curl", ['"prompt": "It\'\\\'\'s \\"quoted\\""', "$SD2_API_KEY"]],
    ["Python", ['"prompt": "It\'s \\"quoted\\""', "SD2_API_KEY"]],
    ["Rust", ['"prompt": "It\'s \\"quoted\\""', 'r#"{', "SD2_API_KEY"]],
  ]) {
    await person.choose(language);
    const code = await person.read("#snippet");
    for (const text of expected) assert.ok(code.includes(text), `${text} is not in ${code}`);
    assert.doesNotMatch(code, /sandbox-key/);
  }
  assert.equal(await person.ask(() => location.hash), "#code?language=rust");
});

test("the calculator element works in a bare page, with the keyboard, and sends change events", async () => {
  await person.open(`${sandbox.url}/bare/bare.html`);
  const total = text =>
    person.until(
      text => document.querySelector("sd2-calculator").shadowRoot?.querySelector("[part=total]").textContent === text,
      text,
    );
  await total("360");
  await person.ask(() => {
    window.heard = [];
    addEventListener("change", ({ target, detail }) =>
      window.heard.push([target.localName, detail.estimate.total, detail.configuration]),
    );
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
  await total("No price");
  assert.equal(await person.ask(() => window.heard.length), 2);
  assert.deepEqual(await person.complaints(), []);
});
