// `upload` over real connections: one that drops, a folder for the bytes, and two processes on one database.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { connect, createServer as createTcpServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { openSqlite, startPostgres, withoutPostgres, withoutSqlite } from "../../support/databases.mjs";
import { fixture, lateVideo, memoryStore, photo, sound } from "../../support/uploads.mjs";
import { startGateway } from "../../support/gateway.mjs";
import { load } from "../../support/project.mjs";

const { Sd2Client, upload } = await load();
const { folderUploads, sqlLedger, toNodeHandler } = await load("sd2-client/gateway");

const MB = 1 << 20;

const listen = async server => {
  await new Promise(done => server.listen(0, "127.0.0.1", done));
  after(() => {
    server.close();
    server.closeAllConnections?.();
  });
  return `http://127.0.0.1:${server.address().port}`;
};

const serve = async (options, wrap = handler => handler) => {
  const store = memoryStore();
  const it = startGateway({ uploads: { store }, ...options });
  after(() => it.gateway.stop());
  return { ...it, store, url: await listen(createServer(wrap(toNodeHandler(it.gateway)))) };
};

const clientOf = url => new Sd2Client({ baseUrl: `${url}/api/sd2`, gateway: true, headers: { authorization: "ann" } });

const bytesAt = async url => new Uint8Array(await (await fetch(url)).arrayBuffer());

/** A proxy to a server. It counts the uploaded bytes, and breaks a connection once after this many. */
const breakingLine = async (url, limit) => {
  const line = { bytes: 0, breaks: 0 };
  const sockets = new Set();
  const server = createTcpServer(socket => {
    const target = connect(Number(new URL(url).port), "127.0.0.1");
    sockets.add(socket).add(target);
    for (const each of [socket, target]) each.on("error", () => {});
    socket.on("close", () => target.destroy());
    target.on("close", () => socket.destroy());
    target.pipe(socket);
    socket.on("data", chunk => {
      line.bytes += chunk.length;
      if (line.bytes > limit && !line.breaks) {
        line.breaks++;
        socket.destroy();
        target.destroy();
      } else if (!target.write(chunk)) {
        socket.pause();
        target.once("drain", () => socket.resume());
      }
    });
  });
  after(() => {
    for (const socket of sockets) socket.destroy();
  });
  return Object.assign(line, { url: await listen(server) });
};

test("an upload of 40 MB resumes at the current part after the connection drops", async () => {
  const it = await serve();
  const line = await breakingLine(it.url, 20.4 * MB);
  const bytes = photo(40 * MB);
  const loaded = [];
  const url = await upload(clientOf(line.url), bytes, { onProgress: progress => loaded.push(progress.loaded) });
  assert.equal(line.breaks, 1);
  // At most one part was sent twice. The rest is the overhead of 43 HTTP requests.
  assert.ok(line.bytes < 41 * MB + 50_000, `${line.bytes}`);
  assert.deepEqual(
    loaded,
    Array.from({ length: 41 }, (_, index) => index * MB),
  );
  assert.deepEqual(await bytesAt(url.replace(line.url, it.url)), bytes);
  assert.deepEqual(it.errors, []);
});

test("after an upload is aborted on a real connection, nothing is left", async () => {
  const it = await serve();
  const controller = new AbortController();
  const onProgress = ({ loaded }) => loaded >= 3 * MB && controller.abort();
  await assert.rejects(upload(clientOf(it.url), photo(10 * MB), { signal: controller.signal, onProgress }), {
    name: "AbortError",
  });
  while (it.store.names.size) await new Promise(done => setTimeout(done, 10));
  assert.deepEqual(it.errors, []);
});

test("a Blob and bytes are uploaded, and the service's Range works through Node's server", async () => {
  const it = await serve();
  const bytes = lateVideo(2 * MB);
  const client = clientOf(it.url);
  for (const file of [new Blob([bytes]), bytes, bytes.buffer]) {
    const url = await upload(client, file);
    assert.deepEqual(await bytesAt(url), bytes);
    const part = await fetch(url, { headers: { range: `bytes=${MB - 2}-${MB + 1}` } });
    assert.deepEqual([part.status, part.headers.get("content-length")], [206, "4"]);
    assert.deepEqual(new Uint8Array(await part.arrayBuffer()), bytes.slice(MB - 2, MB + 2));
    const head = await fetch(url, { method: "HEAD" });
    assert.deepEqual(
      [head.headers.get("content-length"), head.headers.get("content-type")],
      [`${bytes.length}`, "video/mp4"],
    );
  }
});

test("a folder keeps the bytes of uploads, except refused and cancelled ones", async () => {
  const folder = join(mkdtempSync(join(tmpdir(), "sd2-uploads-")), "files");
  after(() => rmSync(join(folder, ".."), { recursive: true }));
  const store = folderUploads(folder);
  const it = await serve({ uploads: { store } });
  const client = clientOf(it.url);
  await assert.rejects(upload(client, fixture("html-named.jpg")), { code: "media_unsupported" });
  await assert.rejects(upload(client, sound(20)), { code: "invalid_request" });
  assert.equal(existsSync(folder) && readdirSync(folder).length > 0, false);
  const bytes = photo(3 * MB);
  const url = await upload(client, bytes);
  assert.deepEqual(await bytesAt(url), bytes);
  assert.equal(readdirSync(folder).length, 4);
  assert.equal(await store.get("nothing"), null);
  await store.delete("nothing");
  const id = /file_[\w-]+/.exec(url)[0];
  const init = { method: "DELETE", headers: { authorization: "ann" } };
  assert.equal((await fetch(`${it.url}/api/sd2/uploads/${id}`, init)).status, 204);
  assert.deepEqual(readdirSync(folder), []);
  assert.equal((await fetch(url)).status, 404);
});

const GRANT = { limits: { files: 4 } };
let postgres;
after(async () => (await postgres)?.clean());

/** Sends each request to the next of several gateways. */
const inTurn = gateways => {
  let turn = 0;
  return { fetch: request => gateways[turn++ % gateways.length].fetch(request) };
};

for (const [where, skip, open] of [
  ["SQLite", withoutSqlite, () => openSqlite(join(mkdtempSync(join(tmpdir(), "sd2-")), "one.db"))],
  ["PostgreSQL", withoutPostgres, async () => (await (postgres ??= startPostgres())).open()],
]) {
  test(`each part may go to another process on one ${where}`, { skip }, async () => {
    const store = memoryStore();
    const databases = await Promise.all([1, 2, 3].map(open));
    if (where === "SQLite") databases.splice(1, 2, databases[0], databases[0]);
    const started = databases.map(({ run }) =>
      startGateway({ ledger: sqlLedger(run), uploads: { store }, grant: GRANT }),
    );
    const url = await listen(createServer(toNodeHandler(inTurn(started.map(({ gateway }) => gateway)))));
    const client = clientOf(url);
    const files = [photo(5 * MB), sound(12), lateVideo(3 * MB), photo(20_000), photo(30_000)];
    const ended = await Promise.allSettled(files.map(bytes => upload(client, bytes)));
    // All processes share one limit, and only four of the files fit into it.
    const urls = ended.filter(({ status }) => status === "fulfilled").map(({ value }) => value);
    assert.equal(urls.length, 4);
    for (const [index, { value, reason }] of ended.entries()) {
      if (value) assert.deepEqual(await bytesAt(value), files[index]);
      else assert.equal(reason.code, "forbidden");
    }
    for (const { gateway, errors } of started) {
      await gateway.stop();
      assert.deepEqual(errors, []);
    }
    for (const database of new Set(databases)) await database.close();
  });
}
