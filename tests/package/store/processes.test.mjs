// Processes that share a store of files or of SQLite.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { pathToFileURL } from "node:url";
import { withoutSqlite } from "../../support/databases.mjs";
import { root, runScript } from "../../support/project.mjs";

const folder = mkdtempSync(join(tmpdir(), "sd2-processes-"));
after(() => rmSync(folder, { recursive: true }));
const drivers = new URL("../../databases/package.json", import.meta.url);

const stores = {
  files: place => `
    import { folderStore } from ${JSON.stringify(pathToFileURL(join(root, "tests/support/folder-store.mjs")))};
    const store = folderStore(${JSON.stringify(place)});`,
  SQLite: place => `
    import { createRequire } from "node:module";
    const Database = createRequire(${JSON.stringify(drivers)})("better-sqlite3");
    const database = new Database(${JSON.stringify(join(place, "store.db"))}, { timeout: 20_000 });
    database.exec("CREATE TABLE IF NOT EXISTS items (key TEXT PRIMARY KEY, value TEXT)");
    const store = {
      get: key => database.prepare("SELECT value FROM items WHERE key = ?").get(key)?.value,
      set: (key, value) => database.prepare("INSERT OR REPLACE INTO items VALUES (?, ?)").run(key, value),
      delete: key => database.prepare("DELETE FROM items WHERE key = ?").run(key),
      keys: () => database.prepare("SELECT key FROM items").all().map(({ key }) => key),
    };`,
};

/** A service that makes tasks after a delay. */
const creator = (store, name) => `
  import { Sd2Client } from "sd2-client";
  ${store}
  let count = 0;
  const fetch = async () => {
    await new Promise(done => setTimeout(done, 5 * Math.random()));
    return Response.json({ taskId: "${name}_" + count++ });
  };
  const client = new Sd2Client({ apiKey: "key", fetch, store });
  const request = { model: "sd2", inputs: { prompt: "A cat playing piano" } };
  for (let i = 0; i < 10; i++) {
    const made = await Promise.all(Array.from({ length: 5 }, () => client.createTask(request)));
    if (made.some(({ stored }) => stored === false)) throw new Error("not stored");
  }`;

const resumer = store => `
  import { resume, Sd2Client } from "sd2-client";
  ${store}
  const fetch = async url => {
    const taskId = new URL(url).searchParams.get("taskId");
    const output = [{ url: "https://static.example.com/a.mp4", width: 1, height: 1 }];
    return Response.json({ taskId, model: "sd2", status: "COMPLETED", creditsUsed: 1, output, error: null, createTime: 1, completeTime: 2 });
  };
  const found = [];
  for await (const { task } of resume(new Sd2Client({ apiKey: "key", fetch, store }))) found.push(task.taskId);
  console.log(JSON.stringify([found.sort(), [...(await store.keys())]]));`;

for (const [kind, storeOf] of Object.entries(stores)) {
  const skip = kind === "SQLite" && withoutSqlite;
  test(`four processes that share a store of ${kind} lose no task`, { skip, timeout: 120_000 }, async () => {
    const place = join(folder, kind);
    mkdirSync(place);
    const store = storeOf(place);
    const names = ["a", "b", "c", "d"];
    await Promise.all(names.map(name => runScript(`processes/${kind}-${name}.mjs`, creator(store, name))));
    const [found, left] = JSON.parse(await runScript(`processes/${kind}-resume.mjs`, resumer(store)));
    const made = names.flatMap(name => Array.from({ length: 50 }, (_, i) => `${name}_${i}`));
    assert.deepEqual([found, left.filter(key => key.startsWith("sd2-client"))], [made.sort(), []]);
  });
}
