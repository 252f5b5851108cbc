// `resume` after real reloads in Chromium, with localStorage, real locks and the emulated service.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { startChromium } from "../../support/chromium.mjs";
import { dist, project, write } from "../../support/project.mjs";
import { startSandbox } from "../../support/sandbox.mjs";

write(
  "reload/index.html",
  `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script type="module">
    import { localStorageStore, resume, Sd2Client } from "/package/index.js";
    const store = localStorageStore("mine/");
    globalThis.client = new Sd2Client({ apiKey: "sandbox-key", baseUrl: location.origin + "/api/v1", store });
    globalThis.request = (prompt) => ({ model: "sd2", inputs: { prompt } });
    globalThis.resumeAll = async () => {
      const results = [];
      for await (const { request, task, error } of resume(client, { pollIntervalMs: 40 })) {
        results.push([request.inputs.prompt, task?.status ?? error.code]);
      }
      return { results: results.sort(), left: { ...localStorage } };
    };
    globalThis.isReady = true;
  </script>`,
);
const sandbox = await startSandbox("--www", join(project, "reload"), "--mount", `/package=${dist}`);
const browser = await startChromium();

const open = async context => {
  const page = await context.newPage();
  await page.goto(sandbox.url);
  await page.waitForFunction(() => globalThis.isReady);
  return page;
};
const reload = async page => {
  await page.reload();
  await page.waitForFunction(() => globalThis.isReady);
};

test("after a reload, resume returns all tasks, reports the create that was interrupted, and creates nothing", async () => {
  const context = await browser.newContext();
  const page = await open(context);
  await page.evaluate(async () => {
    let created = 0;
    await new Promise(done => {
      for (const prompt of ["a", "[fail]"]) {
        client.generate(request(prompt), { onCreated: () => ++created === 2 && done() }).catch(() => {});
      }
    });
  });
  await sandbox.faults({ on: "createTask", kind: "hang" });
  await page.evaluate(async () => {
    void client.generate(request("lost"));
    const isKept = () => Object.values(localStorage).some(text => text.includes("lost"));
    while (!isKept()) await new Promise(done => setTimeout(done, 5));
  });
  while ((await sandbox.ledger()).createRequests < 3) await new Promise(done => setTimeout(done, 5));
  await reload(page);
  const { results, left } = await page.evaluate(() => resumeAll());
  assert.deepEqual(results, [
    ["[fail]", "task_failed"],
    ["a", "COMPLETED"],
    ["lost", "outcome_unknown"],
  ]);
  assert.deepEqual(left, {});
  assert.equal((await sandbox.ledger()).createRequests, 3);
  await reload(page);
  assert.deepEqual(await page.evaluate(() => resumeAll()), { results: [], left: {} });
  await context.close();
});

test("two tabs that share a store lose no task", async () => {
  await sandbox.reset();
  const context = await browser.newContext();
  const tabs = [await open(context), await open(context)];
  /** Waits until a tab sees this many tasks. Even with locks, it may see the writes of another tab late. */
  const sees = (tab, count) =>
    tab.waitForFunction(
      count => Object.keys(localStorage).filter(key => key.startsWith("mine/sd2-client.task.")).length === count,
      count,
    );
  const made = [];
  for (const [number, tab] of tabs.entries()) {
    await sees(tab, made.length);
    const codes = await tab.evaluate(
      name =>
        Promise.all(
          [0, 1].map(i =>
            client.createTask(request(name + i)).then(
              () => "ok",
              ({ code }) => code,
            ),
          ),
        ),
      `tab ${number} `,
    );
    made.push(...codes.filter(code => code === "ok"));
  }
  // The account has three slots: one create was refused, and is not in the store.
  assert.equal(made.length, 3);
  await sees(tabs[0], 3);
  await reload(tabs[0]);
  const { results, left } = await tabs[0].evaluate(() => resumeAll());
  assert.deepEqual(
    results.map(([, status]) => status),
    ["COMPLETED", "COMPLETED", "COMPLETED"],
  );
  assert.deepEqual(left, {});
  await context.close();
});

test("resume waits for a create that another tab is sending", async () => {
  const late = { kind: "latency", ms: 1_000 };
  for (const [faults, end, expected] of [
    [[late], () => {}, [["a", "COMPLETED"]]],
    [[late, { kind: "status", status: 402 }], () => {}, []],
    [[{ kind: "hang" }], tab => tab.close(), [["a", "outcome_unknown"]]],
  ]) {
    await sandbox.reset();
    const context = await browser.newContext();
    const tabs = [await open(context), await open(context)];
    await sandbox.faults(...faults.map(fault => ({ on: "createTask", ...fault })));
    await tabs[0].evaluate(() => void client.createTask(request("a")).catch(() => {}));
    while ((await sandbox.ledger()).createRequests < 1) await new Promise(done => setTimeout(done, 5));
    const resumed = tabs[1].evaluate(() => resumeAll());
    await tabs[1].evaluate(() => new Promise(done => setTimeout(done, 50)));
    await end(tabs[0]);
    assert.deepEqual(await resumed, { results: expected, left: {} });
    assert.equal((await sandbox.ledger()).createRequests, 1);
    await context.close();
  }
});

test("a page that closes sends nothing more, although the browser aborts its requests first", async () => {
  await sandbox.reset();
  const context = await browser.newContext();
  const page = await open(context);
  const before = (await sandbox.ledger()).createRequests;
  await sandbox.faults({ on: "createTask", kind: "hang", times: 100 });
  await page.evaluate(() => {
    for (const prompt of "abcdef") client.generate(request(prompt)).catch(() => {});
  });
  while ((await sandbox.ledger()).createRequests < before + 3) await new Promise(done => setTimeout(done, 5));
  await reload(page);
  await new Promise(done => setTimeout(done, 300));
  assert.equal((await sandbox.ledger()).createRequests, before + 3);
  await context.close();
});
