// Errors that need more than a response: timeouts, a failing network, missing or stopped WebAssembly. The page shows each where it
// happens, with advice that works. In Chromium, in virtual time.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { startChromium } from "../support/chromium.mjs";
import { root } from "../support/project.mjs";
import { startSandbox } from "../support/sandbox.mjs";

const www = join(root, "www");
const sandbox = await startSandbox("--www", www, "--mount", `/dist=${join(root, "dist")}`);
const browser = await startChromium();
const [, texts] = /id="text">([^]*?)<\/script>/.exec(readFileSync(join(www, "errors", "errors.html"), "utf8"));
const { errors } = JSON.parse(texts);

/** Somebody with a fresh browser; `prepare(page)` comes before the page is there. */
const visit = (name, run, prepare = () => {}) =>
  test(name, { timeout: 300_000 }, async () => {
    await sandbox.reset();
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    try {
      const page = await context.newPage();
      await page.clock.install();
      await prepare(page);
      await run(page);
    } finally {
      await context.close();
    }
  });

const load = async page => {
  await page.goto(sandbox.url);
  await page.locator("#account-balance", { hasText: "credits" }).waitFor();
};

/** Lets time go by until an element is there, in such steps, while the page waits for no answer. */
const passing = step => async (page, locator) => {
  const asked = new Set();
  page.on("request", request => request.url().includes("/api/") && asked.add(request));
  for (const end of ["requestfinished", "requestfailed"]) page.on(end, request => asked.delete(request));
  while (!(await locator.isVisible())) {
    if (!asked.size) await page.clock.fastForward(step);
    // What was begun is seen a moment later.
    await sleep(50);
  }
};
/** Far less than the time of an attempt, which may have begun unseen. */
const until = passing(1_000);

/** The same where no answer comes: lets the time of each attempt go by when it has arrived, after the first so many. */
const untilUnheard = async (page, locator, heard) => {
  while (!(await locator.isVisible())) {
    const count = await arrived();
    if (count > heard) await page.clock.fastForward(30_000);
    else await sleep(10);
    heard = count;
  }
};
/** How often the balance was asked for. */
const arrived = async () => (await sandbox.ledger()).endpoints.credits.count;

/** Waits for an error, and looks whether it has its code, what happened, and the next step. */
const says = async (page, scope, code, happened, wait = until, before) => {
  const failure = page.locator(`${scope} .failure`);
  await wait(page, failure, before);
  await told(failure, code, happened);
};
/** Whether a failure says what happened and the next step, and has the code and the library's own sentence behind its details. */
const told = async (failure, code, happened) => {
  assert.equal(await failure.locator(".failure-title").textContent(), errors[code][0]);
  assert.equal(await failure.locator(".failure-step").textContent(), errors[code][1]);
  const [first, sentence] = await failure.locator(".failure-details p").allTextContents();
  assert.equal(first.split(" ")[0], code);
  assert.match(sentence, happened);
};

const create = async page => {
  await page.locator("#prompt").fill("A cat");
  await press(page, "Create video");
  await press(page, /^Send now/);
};
const press = (page, name) => page.getByRole("button", { name }).click();
const state = (page, name) => page.locator(`.queue [data-state=${name}]`).first().waitFor();
const clear = () => fetch(`${sandbox.url}/admin/faults`, { method: "DELETE" });

/** Makes a task that seems to run until the test lets it end; gives its id. */
const begin = async page => {
  await load(page);
  await sandbox.faults({ on: "queryTask", kind: "status", status: 503, times: 0 });
  await create(page);
  await state(page, "PENDING");
  const [{ taskId }] = (await sandbox.ledger()).tasks;
  await sandbox.advance(120_000);
  await sandbox.task(taskId, { status: "PROCESSING", patch: { output: null } });
  await clear();
  return taskId;
};

/** Lets the task be what it has become. Who goes on waiting has its video, and it was made once. */
const completes = async (page, taskId) => {
  await sandbox.task(taskId, { clear: true });
  await press(page, "Follow again: Video 1");
  await state(page, "COMPLETED");
  await page.locator("#frame video").waitFor();
  assert.equal((await sandbox.ledger()).createRequests, 1);
};

for (const [code, fault, happened, wait] of [
  ["network", { kind: "reset_before" }, /connection failed.*try again/],
  ["timeout", { kind: "hang" }, /did not answer in time.*try again/, untilUnheard],
  ["server_error", { kind: "status", status: 503 }, /failed.*Try again/],
  ["concurrency_limit", { kind: "status", status: 429 }, /Too many requests.*Try again later/],
]) {
  visit(`the page shows ${code} of the balance after retries, and Try again works`, async page => {
    await load(page);
    await page.getByRole("link", { name: "Connect" }).click();
    await sandbox.faults({ on: "credits", times: 0, ...fault });
    const before = await arrived();
    await press(page, "Check the balance");
    await says(page, "#connection-error", code, happened, wait, before);
    // How often is for the library's tests: here, Chromium itself repeats what an old connection did not bring over.
    assert.ok((await arrived()) > before + 1);
    assert.equal(await page.locator("#balance").textContent(), "The balance is not known.");
    await clear();
    await press(page, "Check the balance");
    await page.getByText("5,000 credits available.").waitFor();
    assert.equal(await page.locator("#connection-error .failure").count(), 0);
  });
}

visit("wait_timeout: a task that takes too long can be followed again", async page => {
  const taskId = await begin(page);
  await says(page, ".job", "wait_timeout", /Timed out (before|while waiting for) the task/, passing(60_000));
  await state(page, "lost");
  await completes(page, taskId);
});

visit("not_found: a task that the service does not know can be followed again", async page => {
  const taskId = await begin(page);
  await sandbox.faults({ on: "queryTask", kind: "status", status: 404, times: 0 });
  await says(page, ".job", "not_found", /not found/i);
  await state(page, "lost");
  await clear();
  await completes(page, taskId);
});

visit("unexpected_response: a task without a readable video is polled again", async page => {
  const taskId = await begin(page);
  await sandbox.task(taskId, { clear: true, patch: { output: null } });
  await says(page, ".job", "unexpected_response", /without a readable video/);
  await state(page, "lost");
  await completes(page, taskId);
});

visit("unexpected_response: after an undocumented response to a create, Try again works", async page => {
  await load(page);
  await sandbox.faults({ on: "createTask", kind: "status", status: 415 });
  await create(page);
  await says(page, ".job", "unexpected_response", /undocumented status/);
  await state(page, "refused");
  await press(page, "Try again: Video 1");
  await press(page, /^Send now/);
  await until(page, page.locator("#frame video"));
  assert.equal((await sandbox.ledger()).tasksMade, 1);
});

visit("a create reports that scripts of the page could not be loaded, and Try again works", async page => {
  await load(page);
  await page.route("**/queue/**", route => route.abort());
  await page.locator("#prompt").fill("A cat");
  await press(page, "Create video");
  await page.getByText("could not be loaded").waitFor();
  await page.unrouteAll();
  await page.clock.fastForward(1_000);
  await create(page);
  await until(page, page.locator("#frame video"));
  assert.equal(await page.getByText("could not be loaded").isVisible(), false);
  assert.equal((await sandbox.ledger()).createRequests, 1);
});

/** Lets WebAssembly stop where it asks for the next random number, which is when an answer came. */
const breakable = page =>
  page.addInitScript(() => {
    window.breakNext = () => {
      const { random } = Math;
      Math.random = () => {
        Math.random = random;
        throw new WebAssembly.RuntimeError("unreachable");
      };
    };
  });

visit(
  "not_initialized: no task is lost if the WebAssembly stops",
  async page => {
    const taskId = await begin(page);
    await page.evaluate(() => window.breakNext());
    await says(page, ".job", "not_initialized", /WebAssembly stopped.*goes on/);
    await state(page, "lost");
    // What needs no task works at once.
    await page.locator("#form .choice", { hasText: "4K" }).click();
    assert.equal(await page.locator("#price-total").textContent(), "400");
    await completes(page, taskId);
  },
  breakable,
);

/** The page's own policy allows it, and a server's that does not wins. */
const forbid = page =>
  page.route(`${sandbox.url}/`, async route => {
    const response = await route.fetch();
    const headers = { ...response.headers(), "content-security-policy": "script-src 'self' 'unsafe-inline'" };
    return route.fulfill({ response, headers });
  });

for (const [what, take, giveBack] of [
  [
    "a browser without WebAssembly",
    page => page.addInitScript(() => sessionStorage.modern || delete globalThis.WebAssembly),
    page => page.evaluate(() => (sessionStorage.modern = "yes")),
  ],
  ["a policy that forbids it", forbid, page => page.unrouteAll()],
]) {
  visit(`not_initialized: the page reports ${what} at once, and keeps running tasks`, async page => {
    const taskId = await begin(page);
    await take(page);
    await page.goto(sandbox.url);
    const said = page.locator("#unstarted .failure");
    await said.waitFor();
    await told(said, "not_initialized", /WebAssembly could not be loaded.*'wasm-unsafe-eval'/);
    assert.ok(await said.isVisible());
    await giveBack(page);
    await sandbox.task(taskId, { clear: true });
    await load(page);
    await state(page, "COMPLETED");
    assert.equal((await sandbox.ledger()).createRequests, 1);
  });
}
