// `upload` through `sd2-client/gateway`, in virtual time.
import assert from "node:assert/strict";
import { test } from "node:test";
import { installClock } from "../../support/clock.mjs";
import { fileOf, fixture, lateVideo, memoryStore, photo, sound } from "../../support/uploads.mjs";
import { isBusy, newLedger, ORIGIN, runner, startGateway } from "../../support/gateway.mjs";
import { load } from "../../support/project.mjs";

const { Sd2Client, Sd2Error, upload } = await load();
const { createGateway, folderUploads } = await load("sd2-client/gateway");
const { probeMedia } = await load("sd2-client/media");
// Its WebAssembly is compiled outside of JavaScript.
await probeMedia(fixture("jpg-baseline.jpg"));
const clock = installClock(isBusy);

const MB = 1 << 20;
const DAY = 86_400_000;

/** A gateway with uploads, and a page's client of it. `network(url, init, send)` is between them. */
const start = ({ network, user = "ann", uploads, ...options } = {}) => {
  const store = memoryStore();
  const it = startGateway({ uploads: { store, ...uploads }, ...options });
  const requests = [];
  const send = (url, init) => it.gateway.fetch(new Request(url, init));
  const clientOf = user =>
    new Sd2Client({
      baseUrl: `${ORIGIN}/api/sd2`,
      gateway: true,
      headers: { authorization: user, origin: ORIGIN },
      fetch: async (url, init) => {
        requests.push(`${init.method} ${new URL(url).pathname.replace("/api/sd2", "").replace(/file_[\w-]+/, "ID")}`);
        return network ? network(url, init, send) : send(url, init);
      },
    });
  /** Fetches a URL as the service does. */
  const get = async (url, init) => {
    const response = await it.gateway.fetch(new Request(url, init));
    return { status: response.status, headers: response.headers, bytes: new Uint8Array(await response.arrayBuffer()) };
  };
  return { ...it, store, requests, client: clientOf(user), clientOf, get };
};

const run = runner(clock, start);

for (const [name, type] of [
  ["jpg-baseline.jpg", "image/jpeg"],
  ["heic-still.heic", "image/heic"],
]) {
  test(
    `a photo (${name}) is uploaded and used for a video`,
    run({}, async it => {
      const bytes = fixture(name);
      const url = await upload(it.client, fileOf(bytes));
      assert.match(url, /^https:\/\/app\.example\/api\/sd2\/files\/file_[\w-]{24}\.(jpg|heic)$/);
      const task = await it.client.generate({ model: "sd2", inputs: { prompt: "It moves", urls: [url] } });
      assert.equal(task.status, "COMPLETED");
      // The service fetches the URL.
      const file = await it.get(url);
      assert.deepEqual([file.status, file.headers.get("content-type")], [200, type]);
      assert.deepEqual(file.bytes, bytes);
    }),
  );
}

test(
  "a file is uploaded in parts of 1 MB, and its progress is reported in bytes",
  run({}, async it => {
    const bytes = photo(2.5 * MB);
    const told = [];
    const url = await upload(it.client, fileOf(bytes), { onProgress: progress => told.push(progress) });
    assert.deepEqual(it.requests, [
      "POST /uploads",
      "POST /uploads/ID/0",
      "POST /uploads/ID/1",
      "POST /uploads/ID/2",
      "POST /uploads/ID",
    ]);
    const total = 2.5 * MB;
    assert.deepEqual(
      told,
      [0, MB, 2 * MB, total].map(loaded => ({ loaded, total })),
    );
    assert.deepEqual((await it.get(url)).bytes, bytes);
  }),
);

test(
  "upload accepts bytes, a Blob and a File, and nothing else",
  run({}, async it => {
    const bytes = fixture("jpg-baseline.jpg");
    // The platform reads a Blob in a thread.
    const [whole, blob] = await Promise.all([upload(it.client, bytes), upload(it.client, bytes.buffer)]).catch(
      () => [],
    );
    if (whole) assert.notEqual(whole, blob);
    for (const wrong of [undefined, "photo.jpg", {}, 5]) {
      await assert.rejects(upload(it.client, wrong), { code: "invalid_argument", message: /Blob/ });
    }
    await assert.rejects(upload(it.client, fileOf(bytes), { onprogress() {} }), { message: /write onProgress/ });
    await assert.rejects(upload(it.client, fileOf(bytes), { onProgress: 1 }), { code: "invalid_argument" });
    await assert.rejects(upload(it.client, fileOf(bytes), { signal: 1 }), { code: "invalid_argument" });
  }),
);

test("without gateway: true, nothing is uploaded", async () => {
  const client = new Sd2Client({ apiKey: "key", fetch: () => assert.fail("nothing is sent") });
  await assert.rejects(upload(client, fileOf(photo(MB))), { code: "invalid_argument", message: /gateway: true/ });
});

test("a gateway without the option uploads refuses uploads", async () => {
  const it = startGateway();
  const fetch = (url, init) => it.gateway.fetch(new Request(url, init));
  const headers = { authorization: "ann" };
  const client = new Sd2Client({ baseUrl: `${ORIGIN}/api/sd2`, gateway: true, headers, fetch });
  await assert.rejects(clock.run(upload(client, fileOf(photo(MB)))), {
    code: "not_found",
    message: /does not accept uploads/,
  });
  await clock.run(it.gateway.stop());
  clock.clear();
});

test("an upload of 40 MB resumes at the current part after the connection breaks", async () => {
  let bytes = 0;
  let count = 0;
  const network = async (url, init, send) => {
    const size = init.body?.byteLength ?? 0;
    bytes += size;
    if (size && ++count === 17) {
      // Half of it arrives.
      bytes -= size / 2;
      const half = new ReadableStream({
        pull(controller) {
          if (controller.desiredSize === 1) controller.enqueue(new Uint8Array(init.body, 0, size / 2));
          else controller.error(new TypeError("terminated"));
        },
      });
      await send(url, { ...init, body: half, duplex: "half" }).catch(() => {});
      throw new TypeError("fetch failed");
    }
    return send(url, init);
  };
  await run({ network }, async it => {
    const whole = photo(40 * MB);
    const told = [];
    const url = await upload(it.client, fileOf(whole), { onProgress: ({ loaded }) => told.push(loaded) });
    assert.equal(bytes, 40.5 * MB);
    assert.deepEqual(
      it.requests.filter(each => !/POST \/uploads\/ID\/\d+$/.test(each)),
      ["POST /uploads", "GET /uploads/ID", "POST /uploads/ID"],
    );
    assert.equal(told.length, 41);
    assert.deepEqual((await it.get(url)).bytes, whole);
  })();
});

test("a part whose response is lost is not sent again", async () => {
  let bytes = 0;
  const network = async (url, init, send) => {
    bytes += init.body?.byteLength ?? 0;
    const response = await send(url, init);
    if (/\/[12]$/.test(url)) throw new TypeError("fetch failed");
    return response;
  };
  await run({ network }, async it => {
    const url = await upload(it.client, fileOf(photo(4 * MB)));
    assert.equal(bytes, 4 * MB);
    assert.equal((await it.get(url)).bytes.length, 4 * MB);
  })();
});

test("a lost response to the start or the end does not make a second file", async () => {
  const lost = new Set();
  const network = async (url, init, send) => {
    const response = await send(url, init);
    const isFirst = init.method === "POST" && !lost.has(url);
    lost.add(url);
    if (isFirst) throw new TypeError("fetch failed");
    return response;
  };
  await run({ network }, async it => {
    const url = await upload(it.client, fileOf(photo(20_000)));
    assert.equal((await it.get(url)).status, 200);
    assert.equal(it.store.names.size, 2);
  })();
});

for (const [what, answer, times] of [
  ["503", () => new Response("", { status: 503 }), 60],
  ["502 with a page", () => new Response("<html>", { status: 502 }), 60],
  ["500", () => new Response("", { status: 500 }), 4],
]) {
  test(`an upload continues after ${what}`, async () => {
    let count = 0;
    const network = (url, init, send) => (url.endsWith("/1") && count++ < times ? answer() : send(url, init));
    await run({ network }, async it => {
      assert.match(await upload(it.client, fileOf(photo(3 * MB))), /^https:/);
    })();
  });
}

test("after a 429, the client waits for its Retry-After", async () => {
  const times = [];
  const network = (url, init, send) => {
    if (!url.endsWith("/1")) return send(url, init);
    times.push(clock.now);
    return times.length > 1 ? send(url, init) : new Response("{}", { status: 429, headers: { "retry-after": "40" } });
  };
  await run({ network }, async it => {
    await upload(it.client, fileOf(photo(2 * MB)));
    assert.equal(times[1] - times[0], 40_000);
  })();
});

test("an upload fails after 15 minutes without the gateway, and much sooner if the gateway never responded", async () => {
  let isAway = false;
  const network = (url, init, send) => {
    if (url.endsWith("/2")) isAway = true;
    if (isAway) throw new TypeError("fetch failed");
    return send(url, init);
  };
  await run({ network }, async it => {
    const began = clock.now;
    const failed = { code: "network", retryable: true, message: "The gateway cannot be reached: fetch failed." };
    await assert.rejects(upload(it.client, fileOf(photo(3 * MB))), failed);
    assert.ok(clock.now - began > 900_000 && clock.now - began < 930_000, `${clock.now - began}`);
    const later = clock.now;
    await assert.rejects(upload(it.client, fileOf(photo(3 * MB))), failed);
    assert.ok(clock.now - later < 10_000, `${clock.now - later}`);
    isAway = false;
  })();
});

test("an attempt that hangs times out after two minutes", async () => {
  let hung;
  const network = (url, init, send) => {
    if (!url.endsWith("/1") || hung) return send(url, init);
    hung = init.signal;
    return new Promise(() => {});
  };
  await run({ network }, async it => {
    const began = clock.now;
    await upload(it.client, fileOf(photo(2 * MB)));
    assert.ok(hung.aborted);
    assert.ok(clock.now - began < 122_000);
  })();
});

test("two uploads at once do not mix", async () => {
  await run({}, async it => {
    const files = [photo(3 * MB), sound(10)];
    const urls = await Promise.all(files.map(bytes => upload(it.client, fileOf(bytes))));
    for (const [index, url] of urls.entries()) assert.deepEqual((await it.get(url)).bytes, files[index]);
  })();
});

test("after an abort at any time, nothing of the upload is left", async () => {
  for (const at of ["/uploads", "/0", "/2", "end"]) {
    const controller = new AbortController();
    const network = async (url, init, send) => {
      const isEnd = init.method === "POST" && /file_[\w-]{24}$/.test(url);
      if (init.method === "POST" && (at === "end" ? isEnd : url.endsWith(at))) {
        const arrived = send(url, init);
        // The call rejects before the gateway has deleted the upload.
        queueMicrotask(() => controller.abort(new Error("changed my mind")));
        await arrived;
        if (at !== "/uploads") throw init.signal.reason;
        return arrived;
      }
      return send(url, init);
    };
    await run({ network }, async it => {
      const told = [];
      const { signal } = controller;
      const aborted = upload(it.client, fileOf(photo(4 * MB)), {
        signal,
        onProgress: ({ loaded }) => told.push(loaded),
      });
      await assert.rejects(aborted, { message: "changed my mind" });
      const { length } = told;
      await clock.sleep(1_000);
      assert.equal(it.store.names.size, 0, at);
      assert.equal(it.requests.at(-1), "DELETE /uploads/ID", at);
      assert.equal(told.length, length);
      const { body } = await it.call("/uploads", { method: "POST", body: { size: 1_000_000_000 } });
      assert.match(body.message, /200 MB is the limit/);
    })();
  }
});

test("an upload with an aborted signal sends nothing", async () => {
  await run({}, async it => {
    const signal = AbortSignal.abort(new Error("no"));
    await assert.rejects(upload(it.client, fileOf(photo(MB)), { signal }), { message: "no" });
    assert.deepEqual(it.requests, []);
  })();
});

for (const [what, bytes, fields, words] of [
  ["a page that is named .jpg", fixture("html-named.jpg"), { code: "media_unsupported" }, /web page/],
  ["an SVG", fixture("svg-plain.svg"), { code: "media_unsupported" }, /svg/i],
  ["an empty file", new Uint8Array(), { code: "media_unsupported" }, /empty/],
  ["a clip of 20 s", sound(20), { code: "invalid_request" }, /at most 15 seconds/],
  ["a small picture", fixture("bmp-v3.bmp"), { code: "invalid_request" }, /at least 400 pixels/],
]) {
  test(
    `${what} is refused before anything of it is stored`,
    run({}, async it => {
      let stored = 0;
      const real = it.store.names.set.bind(it.store.names);
      it.store.names.set = (...entry) => stored++ || real(...entry);
      await assert.rejects(upload(it.client, fileOf(bytes)), error => {
        assert.ok(Sd2Error.is(error));
        assert.deepEqual([error.code, error.status, error.retryable], [fields.code, 400, false]);
        assert.match(error.message, words);
        if (fields.code === "invalid_request") assert.match(error.issues[0].code, /^media_too_/);
        return true;
      });
      assert.equal(stored, 0);
      assert.ok(it.requests.length <= 2);
    }),
  );
}

test("a video with its metadata at the end is uploaded, and one without metadata is deleted", async () => {
  await run({}, async it => {
    const bytes = lateVideo(2 * MB);
    const url = await upload(it.client, fileOf(bytes));
    assert.match(url, /\.mp4$/);
    assert.deepEqual((await it.get(url)).bytes, bytes);
    const { size } = it.store.names;
    await assert.rejects(upload(it.client, fileOf(bytes.slice(0, 2 * MB))), { code: "media_truncated", status: 400 });
    assert.equal(it.store.names.size, size);
  })();
});

test("the number of files, their bytes, and the bytes of one file are limited", async () => {
  const grant = { limits: { files: 2, fileBytes: 3 * MB } };
  await run({ grant, uploads: { maxBytes: 2 * MB } }, async it => {
    const refused = (size, fields) => assert.rejects(upload(it.client, fileOf(photo(size))), fields);
    await refused(2 * MB + 1, { code: "invalid_request", status: 413, message: /too large/ });
    await upload(it.client, fileOf(photo(2 * MB)));
    await refused(MB + 1, { code: "forbidden", status: 403, message: /have 2.1 MB, and 3.2 MB is the limit/ });
    // An unfinished upload counts as well.
    const { body } = await it.call("/uploads", { method: "POST", body: { size: 5 } });
    await refused(20_000, { code: "forbidden", message: /You have 2 files here/ });
    await it.call(`/uploads/${body.uploadId}`, { method: "DELETE" });
    await upload(it.client, fileOf(photo(MB)));
    await upload(it.clientOf("bob"), fileOf(photo(MB)));
  })();
});

test("simultaneous uploads cannot exceed a limit together", async () => {
  await run({ grant: { limits: { files: 3 } } }, async it => {
    const all = await Promise.allSettled(Array.from({ length: 8 }, () => upload(it.client, fileOf(photo(20_000)))));
    assert.equal(all.filter(({ status }) => status === "fulfilled").length, 3);
  })();
});

test("another user's upload is not found", async () => {
  await run({}, async it => {
    const { body } = await it.call("/uploads", { method: "POST", body: { size: 20_000 } });
    const { uploadId } = body;
    assert.deepEqual([body.received, body.partBytes, body.size], [0, MB, 20_000]);
    for (const [method, path] of [
      ["GET", ""],
      ["POST", "/0"],
      ["POST", ""],
      ["DELETE", ""],
    ]) {
      const init = { method, user: "bob", body: path ? "x" : undefined };
      assert.equal((await it.call(`/uploads/${uploadId}${path}`, init)).status, 404, `${method} ${path}`);
      assert.equal((await it.call(`/uploads/${uploadId}${path}`, { ...init, user: "" })).status, 401);
    }
    assert.equal((await it.call(`/uploads/${uploadId}`)).body.received, 0);
  })();
});

test("parts must have the right order and length", async () => {
  await run({}, async it => {
    const bytes = photo(MB + 5);
    const { body } = await it.call("/uploads", { method: "POST", body: { size: bytes.length } });
    const put = async (part, piece) => {
      const init = { method: "POST", headers: { authorization: "ann" }, body: piece };
      const response = await it.gateway.fetch(new Request(`${ORIGIN}/api/sd2/uploads/${body.uploadId}/${part}`, init));
      return [response.status, (await response.json()).received];
    };
    assert.deepEqual(await put(1, bytes.slice(MB)), [409, 0]);
    assert.deepEqual(await put(0, bytes), [400, undefined]);
    assert.deepEqual(await put(0, bytes.slice(0, 10)), [400, undefined]);
    assert.deepEqual(await put(0, bytes.slice(0, MB)), [200, 1]);
    assert.deepEqual(await put(0, new Uint8Array(MB)), [200, 1]);
    assert.equal((await it.call(`/uploads/${body.uploadId}`, { method: "POST" })).status, 409);
    assert.deepEqual(await put(2, bytes.slice(MB)), [400, undefined]);
    assert.deepEqual(await put(1, bytes.slice(MB)), [200, 2]);
    const ended = await it.call(`/uploads/${body.uploadId}`, { method: "POST" });
    assert.deepEqual([ended.status, ended.body.mimeType, ended.body.issues], [200, "image/jpeg", []]);
    assert.deepEqual((await it.get(ended.body.url)).bytes, bytes);
    assert.deepEqual((await it.call(`/uploads/${body.uploadId}`)).body, ended.body);
  })();
});

test("an uploaded HEIC photo has a warning that the service may not read it", async () => {
  await run({}, async it => {
    const bytes = fixture("heic-still.heic");
    const { body } = await it.call("/uploads", { method: "POST", body: { size: bytes.length } });
    const init = { method: "POST", headers: { authorization: "ann" }, body: bytes };
    await it.gateway.fetch(new Request(`${ORIGIN}/api/sd2/uploads/${body.uploadId}/0`, init));
    const { issues } = (await it.call(`/uploads/${body.uploadId}`, { method: "POST" })).body;
    assert.match(issues[0].message, /HEIC/);
  })();
});

test("a file is served in ranges, and nothing in it runs", async () => {
  await run({}, async it => {
    const bytes = photo(2 * MB + 100);
    const url = await upload(it.client, fileOf(bytes));
    const range = async (value, more) => it.get(url, { headers: { ...(value && { range: value }), ...more } });
    for (const [value, from, to] of [
      ["bytes=0-0", 0, 1],
      ["bytes=10-", 10, bytes.length],
      [`bytes=${MB - 5}-${MB + 4}`, MB - 5, MB + 5],
      ["bytes=-50", bytes.length - 50, bytes.length],
      ["bytes=5-99999999", 5, bytes.length],
    ]) {
      const part = await range(value);
      assert.equal(part.status, 206, value);
      assert.equal(part.headers.get("content-range"), `bytes ${from}-${to - 1}/${bytes.length}`);
      assert.equal(part.headers.get("content-length"), String(to - from));
      assert.deepEqual(part.bytes, bytes.slice(from, to));
    }
    for (const value of ["bytes=9999999-", "bytes=-0"]) {
      const none = await range(value);
      assert.deepEqual([none.status, none.headers.get("content-range")], [416, `bytes */${bytes.length}`]);
    }
    for (const value of ["bytes=5-1", "bytes=0-1,5-6", "lines=1-2", "bytes=-", "bytes=a-b"]) {
      assert.equal((await range(value)).status, 200, value);
    }
    const whole = await range();
    const tag = whole.headers.get("etag");
    assert.equal((await range("bytes=0-1", { "if-range": tag })).status, 206);
    assert.equal((await range("bytes=0-1", { "if-range": '"other"' })).status, 200);
    const head = await it.get(url, { method: "HEAD" });
    assert.deepEqual([head.status, head.bytes.length, head.headers.get("content-length")], [200, 0, `${bytes.length}`]);
    assert.equal(head.headers.get("accept-ranges"), "bytes");
    const { headers } = whole;
    assert.equal(headers.get("x-content-type-options"), "nosniff");
    assert.equal(headers.get("content-security-policy"), "default-src 'none'; sandbox");
    assert.equal(headers.get("content-disposition"), "attachment");
    assert.equal(headers.get("access-control-allow-origin"), null);
    assert.equal((await it.get(url, { method: "POST", headers: { authorization: "ann" } })).status, 404);
    assert.equal((await it.get(url.replace(/.{5}\.jpg/, "AAAAA.jpg"))).status, 404);
    assert.equal((await it.get(`${ORIGIN}/api/sd2/files/..%2f..%2fsecret`)).status, 404);
  })();
});

test("files are deleted after a week, and unfinished uploads after a day", async () => {
  await run({ isStarted: false }, async it => {
    const url = await upload(it.client, fileOf(photo(2 * MB)));
    const { body } = await it.call("/uploads", { method: "POST", body: { size: 20_000 } });
    const state = async () => (await it.call(`/uploads/${body.uploadId}`)).status;
    await clock.sleep(DAY - 60_000);
    assert.equal(await state(), 200);
    await clock.sleep(120_000);
    assert.equal(await state(), 404);
    await clock.sleep(6 * DAY - 240_000);
    assert.equal((await it.get(url)).status, 200);
    await clock.sleep(240_000);
    assert.equal((await it.get(url)).status, 404);
    assert.ok(it.store.names.size > 0);
    await it.gateway.tick();
    assert.equal(it.store.names.size, 0);
    assert.equal((await it.call("/uploads", { method: "POST", body: { size: 20_000 } })).status, 200);
  })();
});

test("without start, requests and tick delete expired files", async () => {
  const ledger = newLedger();
  const it = start({ isStarted: false, ledger });
  await clock.run(upload(it.client, fileOf(photo(2 * MB))));
  assert.equal(it.store.names.size, 3);
  await clock.pass(8 * DAY);
  // Another process, which does not know any account yet.
  const other = startGateway({ isStarted: false, ledger, uploads: { store: it.store } });
  await clock.run(other.gateway.tick());
  assert.equal(it.store.names.size, 0);
  assert.equal(await ledger.nextExpiry("main"), null);
  clock.clear();
});

test("while the store does not delete old files, creates are sent and tasks polled, and the files are deleted later", async () => {
  const place = memoryStore();
  let hangs = true;
  const store = { ...place, delete: name => (hangs ? new Promise(() => {}) : place.delete(name)) };
  const it = start({ uploads: { store } });
  const work = async () => {
    for (let i = 0; i < 3; i++) await upload(it.client, fileOf(photo(20_000 + i)));
    await it.gateway.stop();
    await clock.sleep(7 * DAY);
    it.gateway.start();
    await clock.sleep(100);
    const { body } = await it.create({ model: "sd2", inputs: { prompt: "A cat" } });
    await clock.sleep(100);
    assert.equal(it.service.ledger().createRequests, 1);
    await clock.sleep(120_000);
    assert.equal((await it.query(body.taskId)).body.status, "COMPLETED");
    assert.equal(it.errors.length, 3);
    assert.match(it.errors[0].message, /longer than half a minute/);
    hangs = false;
    await clock.sleep(800_000);
    assert.equal(place.names.size, 0);
  };
  await clock.run(work());
  await clock.run(it.gateway.stop());
  clock.clear();
});

test("a failure of the store is a 503, and what it did not delete is deleted later", async () => {
  const place = memoryStore();
  let isAway = false;
  const guarded = work => name => (isAway ? Promise.reject(new Error("the bucket is away")) : work(name));
  const store = { put: place.put, get: guarded(place.get), delete: guarded(place.delete) };
  const it = start({ isStarted: false, uploads: { store } });
  const work = async () => {
    const url = await upload(it.client, fileOf(photo(MB)));
    isAway = true;
    assert.equal((await it.get(url)).status, 503);
    await clock.sleep(7 * DAY);
    await it.gateway.tick();
    assert.equal(place.names.size, 2);
    isAway = false;
    await it.gateway.tick();
    assert.equal(place.names.size, 2);
    await clock.sleep(700_000);
    await it.gateway.tick();
    assert.equal(place.names.size, 0);
  };
  await clock.run(work());
  clock.clear();
  assert.deepEqual(
    it.errors.map(({ message }) => message),
    ["the bucket is away", "the bucket is away"],
  );
});

test("if the file is deleted on the device during its upload, the upload fails and nothing is left", async () => {
  await run({}, async it => {
    const bytes = photo(3 * MB);
    const broken = {
      size: bytes.length,
      slice: (from, to) => ({
        async arrayBuffer() {
          if (from > MB) throw new Error("NotReadableError");
          return bytes.slice(from, to).buffer;
        },
      }),
    };
    await assert.rejects(upload(it.client, broken), { code: "media_unreachable", message: /cannot be read any more/ });
    await clock.sleep(1_000);
    assert.equal(it.store.names.size, 0);
  })();
});

test("a file's URL begins with uploads.origin, callbacks.origin or the page's origin", async () => {
  const bytes = photo(20_000);
  const originOf = async (uploads, options, headers) => {
    const it = start({ uploads, ...options });
    const client = new Sd2Client({
      baseUrl: "http://127.0.0.1:3000/api/sd2",
      gateway: true,
      headers: { authorization: "ann", ...headers },
      fetch: (url, init) => it.gateway.fetch(new Request(url, init)),
    });
    const url = await clock.run(upload(client, fileOf(bytes)));
    await clock.run(it.gateway.stop());
    clock.clear();
    return new URL(url).origin;
  };
  const own = { origin: "https://app.example", "sec-fetch-site": "same-origin" };
  const callbacks = { origin: "https://calls.example", secret: "sixteen characters" };
  assert.equal(await originOf({ origin: "https://files.example" }, { callbacks }, own), "https://files.example");
  assert.equal(await originOf({}, { callbacks }, own), "https://calls.example");
  assert.equal(await originOf({}, {}, own), "https://app.example");
  assert.equal(await originOf({}, {}, {}), "http://127.0.0.1:3000");
  const listed = { origins: ["https://other.example"] };
  assert.equal(await originOf({}, listed, { origin: "https://other.example" }), "http://127.0.0.1:3000");
});

test("createGateway checks the option uploads", () => {
  const make = uploads => createGateway({ apiKey: "k", authorize: () => null, uploads });
  for (const [uploads, words] of [
    [{}, /uploads\.store/],
    [{ store: { put() {}, get() {} } }, /uploads\.store/],
    [{ store: memoryStore(), origin: "app.example" }, /uploads\.origin/],
    [{ store: memoryStore(), maxBytes: "1" }, /uploads\.maxBytes/],
    [{ store: memoryStore(), maxbytes: 1 }, /write maxBytes/],
  ]) {
    assert.throws(() => make(uploads), { code: "invalid_argument", message: words });
  }
  assert.throws(() => folderUploads(""), { code: "invalid_argument" });
});

test("a file can be fetched while a create that uses it is in flight, also without start", async () => {
  let fetched;
  const it = start({
    isStarted: false,
    fetch: async (url, init) => {
      if (init.body) fetched = (await it.get(JSON.parse(init.body).inputs.urls[0])).status;
      return it.service.fetch(url, init);
    },
  });
  const work = async () => {
    const url = await upload(it.client, fileOf(photo(20_000)));
    await it.create({ model: "sd2", inputs: { prompt: "It moves", urls: [url] } });
  };
  await clock.run(work());
  assert.equal(fetched, 200);
  clock.clear();
});
