// The page keeps videos, their ids and URLs, and unsent requests. In Chromium.
import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import { startChromium } from "../support/chromium.mjs";
import { root } from "../support/project.mjs";
import { startSandbox } from "../support/sandbox.mjs";
import { readCsv } from "../../www/calculate/csv.js";
import { give, record } from "./records.mjs";

const sandbox = await startSandbox("--www", join(root, "www"), "--mount", `/dist=${join(root, "dist")}`);
const browser = await startChromium();

/** Somebody with a fresh browser in which earlier visits left these records. */
const visit = (name, records, run) =>
  test(name, { timeout: 120_000 }, async () => {
    await sandbox.reset();
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, acceptDownloads: true });
    try {
      const page = await context.newPage();
      page.setDefaultTimeout(20_000);
      await page.clock.install();
      await page.goto(`${sandbox.url}/icon.svg`);
      await page.evaluate(give, typeof records === "function" ? records() : records);
      await load(page);
      await run(page);
    } finally {
      await context.close();
    }
  });

const load = async page => {
  await page.goto(sandbox.url);
  await page.locator("#account-balance", { hasText: "credits" }).waitFor();
};
const press = (page, name) => page.getByRole("button", { name }).first().click();
const tiles = page => page.locator(".tile");
const createRequests = async () => (await sandbox.ledger()).createRequests;
const many = count => Array.from({ length: count }, (_, index) => record(sandbox, { number: index + 1 }));

visit(
  "after a reload, all of 50 finished videos are listed, and none of their files is loaded",
  () => many(50),
  async page => {
    const loaded = [];
    page.on("request", request => request.url().includes("/videos/") && loaded.push(request.url()));
    await page.reload();
    await press(page, "Show all 50 videos");
    await tiles(page).nth(49).waitFor();
    assert.equal(await tiles(page).count(), 50);
    assert.equal(await page.locator(".tile img:not([hidden])").count(), 50);
    assert.deepEqual(loaded, []);
    assert.equal((await sandbox.ledger()).endpoints.queryTask?.count ?? 0, 0, "the service is asked for none");
  },
);

visit(
  "an unreadable record stays, and does not hide others",
  () => ["{", "null", '{"id":"x"}', record(sandbox, { number: 7 })],
  async page => {
    await page.getByText("3 saved videos could not be read.").waitFor();
    await page.locator(".tile", { hasText: "Video 7" }).waitFor();
    await page.reload();
    await page.getByText("3 saved videos could not be read.").waitFor();
  },
);

visit(
  "the removal of a video can be undone for a while",
  () => many(3),
  async page => {
    await press(page, "Remove: Video 2");
    await page.getByText("Video 2 removed.").waitFor();
    assert.ok(
      await page.evaluate(() => document.activeElement.textContent === "Undo"),
      "the focus is where it can be taken back",
    );
    await page.keyboard.press("Enter");
    await page.locator(".tile", { hasText: "sd2 · 5 s" }).nth(2).waitFor();
    await press(page, "Remove: Video 2");
    await page.locator("#prompt").focus();
    await page.clock.fastForward(10_000);
    await page.waitForFunction(() => document.querySelectorAll(".tile").length === 2);
    await page.reload();
    await tiles(page).nth(1).waitFor();
    assert.equal(await tiles(page).count(), 2);
  },
);

visit(
  "a video that is removed just before the page goes stays removed, even if the browser did not finish deleting it",
  () => many(3),
  async page => {
    await press(page, "Remove: Video 2");
    await page.getByText("Video 2 removed.").waitFor();
    await page.evaluate(() => {
      IDBObjectStore.prototype.delete = () => {
        throw new Error("The page is gone.");
      };
    });
    await page.reload();
    await tiles(page).nth(1).waitFor();
    assert.equal(await tiles(page).count(), 2);
    await page.reload();
    await tiles(page).nth(1).waitFor();
    assert.equal(await tiles(page).count(), 2);
  },
);

visit(
  "the history can be downloaded as JSON and as CSV",
  () => [record(sandbox, { number: 1, prompt: "=1+1, “quoted”" }), record(sandbox, { number: 2 })],
  async page => {
    // The videos move the menu when they have loaded.
    await tiles(page).nth(1).waitFor();
    const download = async name => {
      await page.locator("#history-menu").evaluate(menu => (menu.open = true));
      const [file] = await Promise.all([page.waitForEvent("download"), press(page, name)]);
      return readFileSync(await file.path(), "utf8");
    };
    const json = JSON.parse(await download("Export JSON"));
    assert.deepEqual(
      json.map(({ taskId, prompt, videos }) => [taskId, prompt, videos]),
      [
        ["task_1", "=1+1, “quoted”", [`${sandbox.url}/videos/task_1-1280x720.mp4`]],
        ["task_2", "A cat", [`${sandbox.url}/videos/task_2-1280x720.mp4`]],
      ],
    );
    const { rows, problems } = readCsv(await download("Export CSV"));
    assert.deepEqual(problems, []);
    const [header, first] = rows.map(({ cells }) => cells);
    assert.equal(first[header.indexOf("taskId")], "task_1");
    assert.equal(first[header.indexOf("prompt")], "=1+1, “quoted”");
    assert.equal(first[header.indexOf("videos")], `${sandbox.url}/videos/task_1-1280x720.mp4`);
  },
);

visit("a video can be found by its task id, even if it was made elsewhere", [], async page => {
  const answer = await fetch(`${sandbox.baseUrl}/jobs/createTask`, {
    method: "POST",
    headers: { Authorization: "Bearer sandbox-key", "Content-Type": "application/json" },
    body: JSON.stringify({ model: "sd2", inputs: { prompt: "Elsewhere" } }),
  });
  const { taskId } = await answer.json();
  await sandbox.advance(120_000);
  await page.mouse.move(10, 10);
  await page.locator("#history-menu summary").click();
  await page.getByLabel("Find a video by its task ID").fill(taskId);
  await press(page, "Find");
  await page.locator("#frame video").waitFor();
  await page.reload();
  await page.locator(".tile", { hasText: taskId }).waitFor();
  await page.locator("#history-menu summary").click();
  await page.getByLabel("Find a video by its task ID").fill("task_none");
  await press(page, "Find");
  await page.getByText("The service does not know this video.").waitFor();
  assert.equal(await tiles(page).count(), 1);
});

const waiting = count =>
  Array.from({ length: count }, (_, index) =>
    record(sandbox, { number: index + 1, state: "queued", taskId: undefined, task: undefined }),
  );

visit(
  "one button sends all videos that were unsent before a reload",
  () => waiting(3),
  async page => {
    await page.getByText("3 videos were not sent.").waitFor();
    assert.equal(await createRequests(), 0);
    await press(page, "Send all · 600 credits");
    await page.locator(".hold").waitFor();
    assert.equal(await createRequests(), 0, "and can still be taken back");
    await press(page, /^Send now/);
    await tiles(page).nth(2).waitFor();
    assert.equal(await createRequests(), 3);
  },
);

visit(
  "one button discards all videos that were unsent before a reload, and another restores them",
  () => waiting(3),
  async page => {
    await press(page, "Discard all");
    await page.getByText("3 videos cancelled.").waitFor();
    await press(page, "Undo");
    await page.getByText("3 videos were not sent.").waitFor();
    await press(page, "Discard all");
    await page.locator("#prompt").focus();
    await page.clock.fastForward(10_000);
    await page.waitForFunction(() => document.querySelectorAll(".row").length === 0);
    await page.reload();
    await page.mouse.move(10, 10);
    await page.locator("#history-menu").waitFor();
    assert.equal(await page.locator(".queue li").count(), 0);
    assert.equal(await createRequests(), 0);
  },
);

visit("leaving the page with unsent videos asks for confirmation", [], async page => {
  await page.locator("#prompt").fill("A cat");
  await press(page, "Create video");
  await page.locator(".hold").waitFor();
  const asked = page.waitForEvent("dialog");
  const reloaded = page.reload();
  const dialog = await asked;
  assert.equal(dialog.type(), "beforeunload");
  await dialog.accept();
  await reloaded;
  await page.getByText("1 video was not sent.").waitFor();
  assert.equal(await createRequests(), 0);
});

visit(
  "one button cancels 200 waiting videos, and another restores them",
  () => waiting(200),
  async page => {
    await press(page, /^Send all/);
    await page.locator("#form-summary", { hasText: "Short by 35,000 credits. Nothing was sent." }).waitFor();
    assert.equal(await createRequests(), 0);
    await press(page, "Discard all");
    await page.getByText("200 videos cancelled.").waitFor();
    await press(page, "Undo");
    await page.getByText("200 videos were not sent.").waitFor();
    assert.equal(await page.locator(".row").count(), 200);
  },
);

visit("offline, the page shows a banner, sends nothing, and keeps videos unsent", [], async page => {
  await page.locator("#prompt").fill("A cat");
  await page.mouse.move(10, 10);
  await page.locator("#history-menu").waitFor();
  await press(page, "Create video");
  await page.locator(".hold").waitFor();
  await page.context().setOffline(true);
  await page.getByText("You are offline. Nothing is sent until the connection is back").waitFor();
  await press(page, /^Send now/);
  await page.getByText("1 video was not sent.").waitFor();
  await page.clock.fastForward(1_000);
  await press(page, "Create video");
  await page.locator("#form-summary", { hasText: "You are offline. Nothing was sent." }).waitFor();
  await page.context().setOffline(false);
  await page.locator("#offline").waitFor({ state: "hidden" });
  assert.equal(await createRequests(), 0);
  await press(page, "Send all · 200 credits");
  await press(page, /^Send now/);
  await tiles(page).waitFor();
  assert.equal(await createRequests(), 1);
});

visit("offline, progress bars do not move", [], async page => {
  await sandbox.faults({ on: "queryTask", kind: "status", status: 503, times: 0 });
  await page.locator("#prompt").fill("A cat");
  await press(page, "Create video");
  await press(page, /^Send now/);
  await page.locator(".job[data-state=PENDING]").waitFor();
  await page.context().setOffline(true);
  await page.locator("#offline").waitFor();
  const look = () =>
    page.evaluate(() => [
      document.querySelector(".job-elapsed").textContent,
      getComputedStyle(document.querySelector("progress")).animationPlayState,
    ]);
  const [time, play] = await look();
  assert.equal(play, "paused");
  await page.clock.fastForward(5_000);
  assert.deepEqual(await look(), [time, play]);
});

/** Another server with videos, which lets pages of other origins read them or not. */
const elsewhere = async allows => {
  const state = { status: 200 };
  const clip = await fetch(`${sandbox.url}/videos/x-1280x720.mp4`).then(answer => answer.arrayBuffer());
  const server = createServer((request, response) => {
    const headers = { "Content-Type": "video/mp4", ...(allows ? { "Access-Control-Allow-Origin": "*" } : {}) };
    response.writeHead(state.status, headers).end(state.status === 200 ? Buffer.from(clip) : "");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    state,
    url: `http://localhost:${server.address().port}/a.mp4`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};

test("a video of another origin is saved if CORS allows it, or else opened", {
  timeout: 120_000,
}, async () => {
  for (const allows of [true, false]) {
    const site = await elsewhere(allows);
    const context = await browser.newContext({ acceptDownloads: true });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    await page.goto(`${sandbox.url}/icon.svg`);
    await page.evaluate(give, [record(sandbox, { number: 1, url: site.url })]);
    await load(page);
    await page.locator("#about").waitFor();
    if (allows) {
      const [file] = await Promise.all([page.waitForEvent("download"), press(page, "Save: Video 1")]);
      assert.equal(file.suggestedFilename(), "task_1.mp4");
      assert.equal(
        readFileSync(await file.path())
          .subarray(4, 8)
          .toString(),
        "ftyp",
      );
    } else {
      await press(page, "Save: Video 1");
      await page.getByText("does not let this page save it").first().waitFor();
      const link = page.getByRole("link", { name: "Open: Video 1" });
      assert.equal(await link.getAttribute("href"), site.url);
      assert.ok(await link.evaluate(element => element === document.activeElement));
      // It plays all the same.
      await page.locator("#frame video").evaluate(video => video.play().catch(() => {}));
      await page.waitForFunction(() => document.querySelector("#frame video").currentTime > 0);
    }
    await context.close();
    site.close();
  }
});

test("the page reports an expired URL, and queries the service for a new one", { timeout: 120_000 }, async () => {
  await sandbox.reset();
  const site = await elsewhere(true);
  site.state.status = 403;
  const answer = await fetch(`${sandbox.baseUrl}/jobs/createTask`, {
    method: "POST",
    headers: { Authorization: "Bearer sandbox-key", "Content-Type": "application/json" },
    body: JSON.stringify({ model: "sd2", inputs: { prompt: "A cat" } }),
  });
  const { taskId } = await answer.json();
  await sandbox.advance(120_000);
  await sandbox.task(taskId, { patch: { output: [{ url: site.url, width: 1280, height: 720 }] } });
  const context = await browser.newContext();
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  await page.goto(`${sandbox.url}/icon.svg`);
  await page.evaluate(give, [record(sandbox, { number: 1, url: site.url, taskId })]);
  await load(page);
  const play = () => page.locator("#frame video").evaluate(video => video.play().catch(() => {}));
  await play();
  await page.getByText("has expired, and the service gave no new one").first().waitFor();
  await sandbox.task(taskId, { clear: true });
  await press(page, "Ask again");
  await page.getByText("The service gave a new address.").first().waitFor();
  await play();
  await page.waitForFunction(() => document.querySelector("#frame video").currentTime > 0);
  // The new address is kept.
  await page.reload();
  await page.locator("#about .address").first().waitFor({ state: "attached" });
  assert.match(await page.locator("#about .address").first().textContent(), /\/videos\/task_/);
  await context.close();
  site.close();
});
