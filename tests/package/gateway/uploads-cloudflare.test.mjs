// `upload` through `sd2-client/gateway/cloudflare` in workerd, with an R2 bucket.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { newAccount, startGatewayWorker } from "../../support/gateway-worker.mjs";
import { load } from "../../support/project.mjs";
import { fixture, lateVideo, photo, sound } from "../../support/uploads.mjs";

const { Sd2Client, upload } = await load();

const MB = 1 << 20;
const DAY = 86_400_000;

const it = await startGatewayWorker({
  source: `
  import { createGateway } from "sd2-client/gateway/cloudflare";
  const options = {
    apiKey: (env, account) => "key-of-" + account,
    baseUrl: env => env.SERVICE,
    authorize: request => JSON.parse(request.headers.get("authorization")),
  };
  const polls = createGateway({ ...options, binding: "POLLS", basePath: "/polls", uploads: { bucket: env => env.UPLOADS } });
  const calls = createGateway({
    ...options,
    binding: "CALLS",
    basePath: "/calls",
    uploads: { bucket: env => env.UPLOADS, origin: async env => env.ORIGIN, maxBytes: 100_000 },
  });
  const later = async (span, work) => {
    const { now } = Date;
    Date.now = () => now() + span;
    try {
      return await work();
    } finally {
      Date.now = now;
    }
  };
  export class Polls extends polls.DurableObject {
    /** The time of the alarm, and what is left after an alarm at a later time. */
    async look(span) {
      const due = await this.ctx.storage.getAlarm();
      if (span) await later(span, () => this.alarm());
      return { due, rows: this.ctx.storage.sql.exec("SELECT id FROM sd2_file").toArray().length };
    }
  }
  export const Calls = calls.DurableObject;
  const refused = uploads => {
    try {
      createGateway({ ...options, binding: "POLLS", uploads });
    } catch (error) {
      return error.message;
    }
  };
  export default {
    async fetch(request, env, ctx) {
      const { pathname, searchParams } = new URL(request.url);
      if (pathname === "/look") {
        const object = env.POLLS.get(env.POLLS.idFromName(searchParams.get("account")));
        return Response.json(await object.look(Number(searchParams.get("span"))));
      }
      if (pathname === "/names") return Response.json((await env.UPLOADS.list()).objects.map(({ key }) => key));
      if (pathname === "/refused") {
        return Response.json([{}, { bucket: 1 }, { store: {} }, { bucket: () => {}, origin: "app.example" }].map(refused));
      }
      return (pathname.startsWith("/calls") ? calls : polls).fetch(request, env, ctx);
    },
  };`,
});
after(() => it.stop());
const TIME = { timeout: 120_000 };

const clientOf = ({ account }, path = "polls") =>
  new Sd2Client({
    baseUrl: `${it.url}/${path}`,
    gateway: true,
    headers: { authorization: JSON.stringify({ user: "ann", account }) },
  });

const json = async path => (await fetch(it.url + path)).json();
const idOf = url => /file_[\w-]+/.exec(url)[0];
const namesOf = async url => (await json("/names")).filter(name => name.startsWith(idOf(url)));

describe("uploads in a Worker", () => {
  test("a photo from a phone is uploaded and used for a video", TIME, async () => {
    const own = newAccount(it);
    const client = clientOf(own);
    for (const name of ["heic-still.heic", "jpg-baseline.jpg"]) {
      const bytes = fixture(name);
      const url = await upload(client, bytes);
      assert.equal(new URL(url).origin, it.url);
      const task = await client.generate({ model: "sd2", inputs: { prompt: "It moves", urls: [url] } });
      assert.equal(task.status, "COMPLETED");
      assert.deepEqual(new Uint8Array(await (await fetch(url)).arrayBuffer()), bytes);
    }
  });

  test("large files are uploaded concurrently in parts, and served in ranges", TIME, async () => {
    const client = clientOf(newAccount(it));
    const files = [photo(5.5 * MB), lateVideo(3 * MB)];
    const urls = await Promise.all(files.map(bytes => upload(client, bytes)));
    for (const [index, url] of urls.entries()) {
      const bytes = files[index];
      const whole = await fetch(url);
      assert.equal(whole.headers.get("content-length"), `${bytes.length}`);
      assert.equal(whole.headers.get("x-content-type-options"), "nosniff");
      assert.deepEqual(new Uint8Array(await whole.arrayBuffer()), bytes);
      const part = await fetch(url, { headers: { range: `bytes=${MB - 3}-${MB + 2}` } });
      assert.deepEqual([part.status, part.headers.get("content-length")], [206, "6"]);
      assert.deepEqual(new Uint8Array(await part.arrayBuffer()), bytes.slice(MB - 3, MB + 3));
      const head = await fetch(url, { method: "HEAD" });
      assert.deepEqual([head.status, head.headers.get("content-length")], [200, `${bytes.length}`]);
      assert.equal((await fetch(url, { headers: { range: "bytes=99999999-" } })).status, 416);
    }
  });

  test("files that are not media, too long or too large are refused, and nothing of them is kept", TIME, async () => {
    const client = clientOf(newAccount(it));
    const before = await json("/names");
    await assert.rejects(upload(client, fixture("html-named.jpg")), { code: "media_unsupported" });
    await assert.rejects(upload(client, sound(20)), { code: "invalid_request", message: /at most 15 seconds/ });
    await assert.rejects(upload(client, lateVideo(2 * MB).slice(0, 2 * MB)), { code: "media_truncated" });
    const small = clientOf(newAccount(it, "calls"), "calls");
    await assert.rejects(upload(small, photo(100_001)), { code: "invalid_request", status: 413 });
    assert.equal(new URL(await upload(small, photo(50_000))).origin, "https://app.example");
    assert.equal((await json("/names")).length, before.length + 2);
  });

  test("after an aborted upload, nothing is left in the bucket", TIME, async () => {
    const client = clientOf(newAccount(it));
    const before = await json("/names");
    const controller = new AbortController();
    const onProgress = ({ loaded }) => loaded >= 2 * MB && controller.abort();
    await assert.rejects(upload(client, photo(5 * MB), { signal: controller.signal, onProgress }), {
      name: "AbortError",
    });
    while ((await json("/names")).length > before.length) await new Promise(done => setTimeout(done, 20));
  });

  test("uploads of another user or account are not found, and each user has their own limits", TIME, async () => {
    const own = newAccount(it);
    const grant = { limits: { files: 1 } };
    const start = init => own.call("/uploads", { method: "POST", body: { size: 20_000 }, grant, ...init });
    const { uploadId } = (await start()).body;
    assert.equal((await own.call(`/uploads/${uploadId}`, { grant })).status, 200);
    assert.equal((await own.call(`/uploads/${uploadId}`, { user: "bob" })).status, 404);
    assert.equal((await newAccount(it).call(`/uploads/${uploadId}`)).status, 404);
    assert.equal((await start()).status, 403);
    assert.equal((await start({ user: "bob" })).status, 200);
  });

  test("an alarm deletes a file after its week", TIME, async () => {
    const own = newAccount(it);
    const url = await upload(clientOf(own), photo(2.5 * MB));
    assert.equal((await namesOf(url)).length, 4);
    const look = span => json(`/look?${new URLSearchParams({ account: own.account, span })}`);
    const { due } = await look(0);
    assert.ok(due !== null && due <= Date.now() + 7 * DAY);
    assert.equal((await look(7 * DAY - 60_000)).rows, 1);
    assert.equal((await fetch(url)).status, 200);
    assert.equal((await look(7 * DAY + 1_000)).rows, 0);
    assert.equal((await fetch(url)).status, 404);
    assert.deepEqual(await namesOf(url), []);
  });

  test("createGateway checks the option uploads", TIME, async () => {
    const [none, wrong, other, origin] = await json("/refused");
    assert.match(none, /uploads\.bucket/);
    assert.match(wrong, /uploads\.bucket/);
    assert.match(other, /There is no option store/);
    assert.match(origin, /uploads\.origin/);
  });
});
