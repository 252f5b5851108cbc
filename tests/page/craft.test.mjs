// The quality of the page: size, speed, policy, accessibility. In Chromium.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { startChromium } from "../support/chromium.mjs";
import { root, run, write } from "../support/project.mjs";
import { startSandbox } from "../support/sandbox.mjs";
import { later } from "./time.mjs";

const BUDGET = 60_000;
const VIEWS = ["create", "calculate", "code", "connect"];
const www = join(root, "www");
const sandbox = await startSandbox("--www", www, "--mount", `/dist=${join(root, "dist")}`);
const browser = await startChromium();
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** Runs with a fresh page of a fresh visitor; whatever the console complains of fails it. */
const onPage = async (options, hash, run, expected) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(30_000);
    const complaints = [];
    page.on("pageerror", error => complaints.push(String(error)));
    page.on(
      "console",
      message =>
        ["error", "warning"].includes(message.type()) && complaints.push(`${message.text()} ${message.location().url}`),
    );
    await page.goto(`${sandbox.url}/${hash}`);
    await page.locator("#account-balance", { hasText: "credits" }).waitFor();
    await run(page);
    assert.deepEqual(
      complaints.filter(complaint => !expected?.test(complaint)),
      [],
    );
  } finally {
    await context.close();
  }
};

/** Goes on only when the view is there with what its module brings. */
const shown = (page, view) => page.locator(`#${view}-view h1`).waitFor();

/** Creates, without waiting until it can no longer be taken back. */
const create = async page => {
  // A press so soon after another one would count as a double click.
  await page.evaluate(later);
  await page.locator("#create-video").click();
  await page
    .getByRole("button", { name: /^Send now/ })
    .last()
    .click();
};

/** Videos in each state that they can be in, and a form with issues. */
const crowd = async page => {
  await sandbox.faults(
    { on: "createTask", kind: "status", status: 402, skip: 0 },
    { on: "createTask", kind: "status", status: 500 },
  );
  await page.locator("#prompt").fill("A cat");
  for (const state of ["refused", "unknown", "COMPLETED"]) {
    await create(page);
    await page.locator(`.queue [data-state=${state}]`).waitFor();
  }
  await sandbox.faults({ on: "queryTask", kind: "status", status: 503, times: 0 });
  for (let count = 0; count < 4; count++) await create(page);
  await page.locator(".job[data-state=PENDING]").first().waitFor();
  await page.locator(".row[data-state=queued]").waitFor();
  await page.getByRole("radio", { name: /^First and last/ }).check();
  await page.evaluate(later);
  await page.locator("#create-video").click();
  await page.getByRole("textbox", { name: "First frame" }).fill("http://localhost/a.jpg");
  await page.locator(".issue.warning").waitFor();
};

for (const colorScheme of ["light", "dark"]) {
  test(`axe finds no problems in any view, ${colorScheme}`, async () => {
    await onPage({ colorScheme, bypassCSP: true, viewport: { width: 768, height: 900 } }, "", async page => {
      for (const view of VIEWS) {
        await page.evaluate(view => (location.hash = view), view);
        await shown(page, view);
        if (view === "calculate") {
          await page.locator("#batch-example").click();
          await page.locator("#calculate-view summary").first().click();
        }
        if (view === "connect") await page.getByRole("radio", { name: /^My key/ }).check();
        await page.evaluate(axe);
        const { violations } = await page.evaluate(() => axe.run());
        assert.deepEqual(
          violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]),
          [],
          view,
        );
      }
    });
  });
}

test("axe finds no problems in a form with issues and a queue with each state", async () => {
  const context = await browser.newContext({ bypassCSP: true, viewport: { width: 360, height: 800 } });
  const page = await context.newPage();
  await page.goto(sandbox.url);
  await page.locator("#account-balance", { hasText: "credits" }).waitFor();
  await crowd(page);
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => axe.run());
  assert.deepEqual(
    violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]),
    [],
  );
  await context.close();
});

/** The contrast of two colours, as WCAG has it; it runs in the page. */
const contrastOf = (one, other) => {
  const luminance = color => {
    const [red, green, blue] = color
      .match(/[\d.]+/g)
      .map(part => part / 255)
      .map(part => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const [dark, bright] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (bright + 0.05) / (dark + 0.05);
};

for (const colorScheme of ["light", "dark"]) {
  test(`placeholders have enough contrast, and an invalid field with the focus is red, ${colorScheme}`, async () => {
    await onPage({ colorScheme }, "", async page => {
      await page.getByRole("radio", { name: "Image" }).check();
      const field = page.getByRole("textbox", { name: "Image URL" });
      const [ink, opacity, paper] = await field.evaluate(element => {
        const placeholder = getComputedStyle(element, "::placeholder");
        return [placeholder.color, placeholder.opacity, getComputedStyle(element).backgroundColor];
      });
      assert.equal(opacity, "1");
      assert.ok(contrastOf(ink, paper) >= 4.5, `${ink} on ${paper}`);
      await field.fill("nowhere");
      await page.locator(".file .issue.error").first().waitFor();
      const [ring, issue] = await page.evaluate(() => [
        getComputedStyle(document.activeElement).outlineColor,
        getComputedStyle(document.querySelector(".file .issue.error")).color,
      ]);
      assert.equal(ring, issue);
    });
  });
}

test("forced colours show the current view, progress and state", async () => {
  await onPage(
    { forcedColors: "active" },
    "",
    async page => {
      await sandbox.reset();
      await sandbox.faults({ on: "queryTask", kind: "status", status: 503, times: 0 });
      await page.locator("#prompt").fill("A cat");
      await create(page);
      await page.locator(".job[data-state=PENDING]").waitFor();
      const [current, other] = await page.evaluate(() =>
        [...document.querySelectorAll(".views a")].map(link => getComputedStyle(link).borderBottomColor),
      );
      assert.notEqual(current, other);
      assert.notEqual(
        await page.evaluate(() => getComputedStyle(document.querySelector("progress")).appearance),
        "none",
      );
      const [dot, sheet] = await page.evaluate(() => [
        getComputedStyle(document.querySelector(".job-status"), "::before").backgroundColor,
        getComputedStyle(document.querySelector(".job")).backgroundColor,
      ]);
      assert.ok(contrastOf(dot, sheet) >= 3, `${dot} on ${sheet}`);
      await sandbox.reset();
    },
    /status of 503/,
  );
});

test("the first view takes less than 60 kB, including WebAssembly, and loads from one origin", async t => {
  await onPage({}, "", async page => {
    const sizes = new Map();
    const elsewhere = [];
    const measured = [];
    page.on("requestfinished", request => {
      const { origin, pathname } = new URL(request.url());
      if (origin !== sandbox.url) elsewhere.push(request.url());
      else if (!pathname.startsWith("/api/"))
        measured.push(request.sizes().then(({ responseBodySize }) => sizes.set(pathname, responseBodySize)));
    });
    await page.reload({ waitUntil: "networkidle" });
    await Promise.all(measured);
    const total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    t.diagnostic(`${sizes.size} files, ${total} bytes`);
    assert.ok(sizes.has("/dist/slim.js") && sizes.has("/dist/sd2_client.wasm"));
    assert.ok(total < BUDGET, `${total} bytes: ${[...sizes].join("  ")}`);
    assert.deepEqual(elsewhere, []);
  });
});

test("a phone with a slow connection can use the page, and sees no error in the first 15 seconds", async t => {
  const context = await browser.newContext({ viewport: { width: 375, height: 740 } });
  const page = await context.newPage();
  const settings = await context.newCDPSession(page);
  await settings.send("Network.enable");
  await settings.send("Network.emulateNetworkConditions", {
    offline: false,
    latency: 100,
    downloadThroughput: 250_000 / 8,
    uploadThroughput: 250_000 / 8,
  });
  await settings.send("Emulation.setCPUThrottlingRate", { rate: 4 });
  await page.goto(sandbox.url, { waitUntil: "commit" });
  const alarm = page.locator("#unstarted");
  await alarm.waitFor({ state: "attached" });
  const delay = await alarm.evaluate(
    element =>
      new Promise(done => {
        const look = () => {
          const { animationDelay } = getComputedStyle(element);
          if (animationDelay === "0s" && element.isConnected) requestAnimationFrame(look);
          else done(animationDelay);
        };
        look();
      }),
  );
  assert.equal(delay, "15s");
  await page.locator("#unstarted").waitFor({ state: "detached" });
  const ms = await page.evaluate(() => Math.round(performance.now()));
  t.diagnostic(`interactive after ${ms} ms`);
  assert.equal(await page.evaluate(() => document.querySelector("#price-total").textContent), "200");
  await context.close();
});

test("the page has no layout shifts, and its metrics are good", async t => {
  for (const view of VIEWS) {
    await onPage({ viewport: { width: 1280, height: 800 } }, `#${view}`, async page => {
      await shown(page, view);
      const figures = await page.evaluate(async () => {
        const entries = type =>
          new Promise(done => {
            new PerformanceObserver(list => done(list.getEntries())).observe({ type, buffered: true });
            setTimeout(() => done([]), 300);
          });
        const [shifts, paints, tasks] = await Promise.all(
          ["layout-shift", "largest-contentful-paint", "longtask"].map(entries),
        );
        return {
          shift: shifts.filter(entry => !entry.hadRecentInput).reduce((sum, entry) => sum + entry.value, 0),
          paint: Math.round(paints.at(-1)?.startTime ?? 0),
          blocked: tasks.reduce((sum, entry) => sum + Math.max(0, entry.duration - 50), 0),
        };
      });
      t.diagnostic(
        `${view}: CLS ${figures.shift.toFixed(4)}, LCP ${figures.paint} ms, TBT ${Math.round(figures.blocked)} ms`,
      );
      assert.ok(figures.shift < 0.01, `${view} moves: ${figures.shift}`);
    });
  }
});

test("the calculator works offline", async () => {
  await onPage(
    {},
    "",
    async page => {
      // Somebody moves, and what the other views need comes.
      const last = [
        "/queue/player.js",
        "/calculate/csv.js",
        "/code/rust.js",
        "/dist/prices.js",
        "/style/calculate.css",
        "/style/code.css",
      ];
      const come = last.map(path =>
        page.waitForResponse(response => response.url().endsWith(path)).then(response => response.finished()),
      );
      await page.mouse.move(10, 10);
      await Promise.all(come);
      await page.context().setOffline(true);
      await page.getByRole("link", { name: "Calculate" }).click();
      await page.locator("#calculator .choice", { hasText: "4K" }).click();
      assert.equal(await page.locator("#calculator-total").textContent(), "400");
      await page.locator("#batch-example").click();
      assert.match(await page.locator("#batch-summary").textContent(), /^5 requests/);
      await page.getByRole("link", { name: "Code" }).click();
      await page.locator("#embedded [part=total]", { hasText: "200" }).waitFor();
      // Chromium asks for the icon at each change of the address.
    },
    /icon\.svg$/,
  );
});

test("with reduced motion, a video does not start by itself", async () => {
  await onPage({ reducedMotion: "reduce" }, "", async page => {
    await page.locator("#prompt").fill("A cat");
    await page.locator("#create-video").click();
    await page.getByRole("button", { name: /^Send now/ }).click();
    const video = page.locator("#frame video");
    await video.waitFor();
    assert.ok(await video.evaluate(element => element.paused && !element.autoplay));
    assert.equal(await page.evaluate(() => getComputedStyle(document.querySelector(".face")).transitionDuration), "0s");
  });
});

test("the code that the page shows makes the video", async () => {
  let code;
  const show = async (page, language) => {
    await page.locator(".languages .choice", { hasText: language }).click();
    code = await page.locator("#snippet").textContent();
  };
  await onPage({}, "", async page => {
    await page.locator("#prompt").fill('It\'s a "cat" \\ $HOME');
    await page.getByRole("link", { name: "Code" }).click();
    await show(page, "JavaScript");
    const script = write("page-snippet.mjs", code);
    const environment = { SD2_API_KEY: "sandbox-key" };
    const { code: status, output } = await run(process.execPath, [script], environment);
    assert.equal(status, 0, output);
    assert.match(output, /^200 credits\n/);
    assert.match(output, /\/videos\/task_\w+-1280x720\.mp4\n$/);
    await show(page, "curl");
    if ((await run("sh", ["-c", "command -v bash && command -v curl && command -v jq"])).code === 0) {
      // As often as the sandbox is quick, so that nobody waits.
      const { output } = await run("bash", ["-c", code.replace("sleep 5", "sleep 0.5")], environment);
      assert.match(output, /\/videos\/task_\w+-1280x720\.mp4\n$/);
    }
    await show(page, "Python");
    if ((await run("sh", ["-c", "command -v python3"])).code === 0) {
      const file = write("page-snippet.py", code.replace("sleep(5)", "sleep(0.5)"));
      const { output } = await run("python3", [file], environment);
      assert.match(output, /\/videos\/task_\w+-1280x720\.mp4\n$/);
    }
  });
});

test("the page's policy has the hash of its import map, and the document has no script or style", () => {
  const html = readFileSync(join(www, "index.html"), "utf8");
  const [, map] = /<script type="importmap">([^]*?)<\/script>/.exec(html);
  assert.ok(html.includes(`'sha256-${createHash("sha256").update(map).digest("base64")}'`));
  assert.doesNotMatch(html, /\sstyle=|\son\w+=|<style|unsafe-inline|'unsafe-eval'/);
});

test("each text that a script uses exists, and each text is used", () => {
  const documents = readdirSync(www, { recursive: true }).filter(name => name.endsWith(".html"));
  const html = documents.map(name => readFileSync(join(www, name), "utf8"));
  const all = html.map(text => JSON.parse(/id="text">([^]*?)<\/script>/.exec(text)[1]));
  const texts = Object.assign({}, ...all);
  const names = all.flatMap(Object.keys);
  // Two parts may say the same, but not different things under one name.
  for (const name of names) for (const part of all) assert.deepEqual(part[name] ?? texts[name], texts[name], name);
  const scripts = readdirSync(www, { recursive: true })
    .filter(name => name.endsWith(".js"))
    .map(name => readFileSync(join(www, name), "utf8"))
    .join("\n");
  const said = [...scripts.matchAll(/(?:say|find)\(["`]([\w.]+)(?:\.\$\{|["`])/g)].map(([, path]) => path);
  for (const path of said)
    assert.ok(
      path.split(".").reduce((part, name) => part?.[name], texts),
      path,
    );
  const words = new Set([...scripts.matchAll(/["`.](\w+)/g)].map(([, name]) => name));
  const unsaid = Object.keys(texts).filter(name => !said.some(path => path.split(".")[0] === name) && !words.has(name));
  assert.deepEqual(unsaid, []);
});

test("no field of the API and no code of an error is shown outside the Code view", async () => {
  const API =
    /callBackUrl|videoInputMode|upscaleResolution|videoUrls|audioUrls|taskId|creditsUsed|baseUrl|apiKey|inputs\./;
  const CODES = /\b(invalid_request|insufficient_credits|outcome_unknown|server_error|unexpected_response)\b/;
  await onPage(
    {},
    "",
    async page => {
      const clean = async () => {
        const text = await page.evaluate(() => document.body.innerText);
        assert.doesNotMatch(text, API);
        assert.doesNotMatch(text, CODES);
      };
      await sandbox.reset();
      await crowd(page);
      await page.getByRole("radio", { name: "References" }).check();
      await page.locator("#add-url").waitFor();
      await clean();
      await page.evaluate(() => (location.hash = "calculate"));
      await shown(page, "calculate");
      await page.locator("#batch-example").click();
      await clean();
      await page.evaluate(() => (location.hash = "connect"));
      await shown(page, "connect");
      await sandbox.faults({ on: "credits", kind: "not_json" });
      await page.locator("#connection [type=submit]").click();
      await page.locator("#connection-error .failure").waitFor();
      await clean();
      await sandbox.reset();
    },
    /Failed to load resource|localhost/,
  );
});
