// The package's stores in tabs of a real browser, which some tests kill.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { chromium } from "playwright-core";
import { until } from "../../support/chromium.mjs";
import { dist, project, write } from "../../support/project.mjs";
import { startSandbox } from "../../support/sandbox.mjs";

write(
  "tabs/index.html",
  `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script type="module">
    import * as sd2 from "/package/index.js";
    const kind = new URLSearchParams(location.search).get("store");
    globalThis.store = sd2[kind]("tabs");
    globalThis.events = [];
    globalThis.client = new sd2.Sd2Client({
      apiKey: "sandbox-key", baseUrl: location.origin + "/api/v1", store, logger: event => events.push(event),
    });
    globalThis.create = async prompt => {
      try {
        return await client.createTask({ model: "sd2", inputs: { prompt } });
      } catch (error) {
        return { code: error.code };
      }
    };
    globalThis.resumeAll = async () => {
      const results = [];
      for await (const { task, error } of sd2.resume(client, { pollIntervalMs: 40 })) {
        results.push([task?.taskId ?? error.taskId, task?.status ?? error.code]);
      }
      return results.sort();
    };
    globalThis.isReady = true;
  </script>`,
);
const sandbox = await startSandbox("--www", join(project, "tabs"), "--mount", `/package=${dist}`);
const STORES = ["indexedDbStore", "localStorageStore"];
const TIME = { timeout: 120_000 };

/** Starts Chromium with a persistent profile. */
const startBrowser = async profile => {
  const flags = [
    ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
    "--headless=new",
    "--disable-gpu",
    "--no-first-run",
  ];
  const child = spawn(
    process.env.CHROMIUM ?? "/usr/bin/chromium",
    [...flags, "--remote-debugging-port=0", `--user-data-dir=${profile}`, "about:blank"],
    { stdio: ["ignore", "ignore", "pipe"], detached: true },
  );
  const ended = new Promise(done => child.once("exit", done));
  const lines = createInterface(child.stderr);
  const address = await new Promise((done, failed) => {
    lines.on("line", line => {
      const found = /DevTools listening on (\S+)/.exec(line);
      if (found) done(found[1]);
    });
    child.once("exit", code => failed(new Error(`Chromium ended with ${code}.`)));
  });
  const browser = await chromium.connectOverCDP(address);
  return {
    async open(kind) {
      const page = await browser.contexts()[0].newPage();
      await page.goto(`${sandbox.url}/?store=${kind}`);
      await page.waitForFunction(() => globalThis.isReady);
      return page;
    },
    /** Kills all processes of the browser at once, so that nothing more is written. */
    async kill() {
      if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid, "SIGKILL");
      await ended;
    },
  };
};

const withBrowser = async work => {
  const profile = mkdtempSync(join(tmpdir(), "sd2-tabs-"));
  let browser;
  const start = async () => (browser = await startBrowser(profile));
  try {
    await work(await start(), start);
  } finally {
    await browser?.kill();
    rmSync(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
};

for (const kind of STORES) {
  test(`${kind}: two tabs that create tasks, in parallel and in turn, lose none`, TIME, () =>
    withBrowser(async browser => {
      await sandbox.reset();
      const tabs = [await browser.open(kind), await browser.open(kind)];
      const made = [];
      // In parallel and in turn.
      for (let round = 0; round < 12; round++) {
        const results =
          round % 2
            ? [await tabs[0].evaluate(() => create("a")), await tabs[1].evaluate(() => create("b"))]
            : await Promise.all(tabs.map(tab => tab.evaluate(() => create("c"))));
        made.push(...results.map(({ taskId, stored }) => (assert.equal(stored, undefined), taskId)));
        // The account has three slots.
        await sandbox.advance(600_000);
      }
      assert.ok(made.every(Boolean) && made.length === 24, String(made));
      // A page may see the writes of another page to localStorage late.
      await until(
        tabs[0],
        async count => [...(await store.keys())].filter(key => key.startsWith("sd2-client.task.")).length === count,
        made.length,
      );
      const results = await tabs[0].evaluate(() => resumeAll());
      assert.deepEqual(
        results,
        made.sort().map(taskId => [taskId, "COMPLETED"]),
      );
      assert.deepEqual(await tabs[0].evaluate(async () => [...(await store.keys())]), []);
    }),
  );
}

test("with indexedDbStore, a browser that is killed right after a create has the task when it starts again", TIME, () =>
  withBrowser(async (browser, start) => {
    await sandbox.reset();
    const tab = await browser.open("indexedDbStore");
    const { taskId } = await tab.evaluate(() => create("a"));
    await browser.kill();
    const next = await (await start()).open("indexedDbStore");
    assert.deepEqual(await next.evaluate(() => resumeAll()), [[taskId, "COMPLETED"]]);
  }),
);

test("indexedDbStore works again after its database was deleted or could not be opened", TIME, () =>
  withBrowser(async browser => {
    await sandbox.reset();
    const tab = await browser.open("indexedDbStore");
    await tab.evaluate(async () => {
      await store.set("a", "1");
      // The store's connection must not block the deletion.
      await new Promise((done, failed) => {
        Object.assign(indexedDB.deleteDatabase("tabs"), { onsuccess: done, onerror: failed, onblocked: failed });
      });
    });
    assert.deepEqual(await tab.evaluate(async () => [await store.get("a"), await store.keys()]), [undefined, []]);
    assert.ok((await tab.evaluate(() => create("a"))).taskId);
    assert.equal((await tab.evaluate(() => resumeAll())).length, 1);

    // The first attempt to open it fails, as if the storage were blocked for a while.
    const again = await browser.open("indexedDbStore");
    const told = await again.evaluate(async () => {
      const { open } = indexedDB;
      IDBFactory.prototype.open = () => {
        throw new DOMException("blocked", "SecurityError");
      };
      const blocked = await create("b");
      IDBFactory.prototype.open = open;
      return [blocked, await create("c"), events.filter(({ type }) => type === "store").map(({ method }) => method)];
    });
    assert.deepEqual([told[0].stored, told[1].stored, told[2]], [false, undefined, ["set", "set"]]);
  }),
);

test("if the storage is full, the error is reported and the task is returned", TIME, () =>
  withBrowser(async browser => {
    await sandbox.reset();
    const tab = await browser.open("localStorageStore");
    const { made, told } = await tab.evaluate(async () => {
      try {
        for (let size = 2 ** 22; size >= 1; size /= 2) {
          for (let i = 0; i < 3; i++) {
            try {
              localStorage.setItem(`filler ${size} ${i}`, "x".repeat(size));
            } catch {
              break;
            }
          }
        }
        return { made: await create("a"), told: events.filter(({ type }) => type === "store") };
      } finally {
        localStorage.clear();
      }
    });
    assert.ok(made.taskId);
    assert.deepEqual([made.stored, told.length > 0], [false, true]);
  }),
);
