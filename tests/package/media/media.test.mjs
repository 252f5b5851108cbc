// probeMedia with each kind of source.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { byRange, file, largeClip, serve } from "../../support/media-server.mjs";
import { load, root } from "../../support/project.mjs";

const { probeMedia } = await load("sd2-client/media");
const { Sd2Error } = await load();

const CLIP = { kind: "video", format: "mp4", mimeType: "video/mp4", width: 640, height: 480, durationSeconds: 2 };

const codeOf = async promise => {
  try {
    return await promise;
  } catch (error) {
    assert.ok(error instanceof Sd2Error, error?.stack);
    assert.equal(error.retryable, false);
    return error.code;
  }
};

const withoutSize = ({ size, ...facts }) => facts;

test("probeMedia returns the same facts for bytes, a view, a Blob, a File, a Response and a URL", async () => {
  const bytes = file("mp4-moovend.mp4");
  const server = await serve({ clip: bytes });
  const buffer = new Uint8Array(bytes).buffer;
  for (const source of [
    bytes,
    buffer,
    new DataView(buffer),
    new Blob([bytes]),
    new File([bytes], "clip.bin", { type: "image/png" }),
    server.url("clip"),
    new URL(server.url("clip")),
  ]) {
    assert.deepEqual(await probeMedia(source), { ...CLIP, size: bytes.length });
  }
  assert.deepEqual(withoutSize(await probeMedia(new Response(bytes))), CLIP);
});

test("of a view, only the viewed part of its buffer is read", async () => {
  const bytes = file("jpg-exif6.jpg");
  const larger = new Uint8Array(bytes.length + 100);
  larger.set(bytes, 50);
  const facts = await probeMedia(larger.subarray(50, 50 + bytes.length));
  assert.deepEqual(facts, {
    kind: "image",
    format: "jpeg",
    mimeType: "image/jpeg",
    width: 427,
    height: 641,
    size: bytes.length,
  });
});

test("the facts about every media fixture match those of other tools", async () => {
  const truth = JSON.parse(readFileSync(join(root, "tests/fixtures/media/truth.json"), "utf8"));
  const wrong = [];
  for (const [name, is] of Object.entries(truth)) {
    const told = await probeMedia(new Blob([file(name)])).catch(error => ({
      unknown: true,
      unsupported: is.unsupported && error.message,
      code: error.code,
    }));
    if (is.unknown) told.unknown || wrong.push(name);
    else if (is.unsupported) told.code === "media_unsupported" || wrong.push(name);
    else if (told.format !== is.format || told.width !== is.width || told.height !== is.height)
      wrong.push(`${name} ${JSON.stringify(told)}`);
  }
  assert.deepEqual(wrong, []);
  assert.ok(readdirSync(join(root, "tests/fixtures/media")).length > 100);
});

test("most files take one request of 64 kB", async () => {
  const photo = Buffer.concat([file("jpg-exif6.jpg"), Buffer.alloc(1 << 20)]);
  const server = await serve({ photo });
  assert.equal((await probeMedia(server.url("photo"))).width, 427);
  assert.deepEqual(server.seen, ["GET bytes=0-65535"]);
});

test("an MP4 with its moov box at the end takes a second request", async () => {
  const clip = largeClip();
  const server = await serve({ clip });
  assert.equal((await probeMedia(server.url("clip"))).durationSeconds, 2);
  assert.equal(server.seen.length, 2);
  assert.ok(server.counts.sent < 200_000, `${server.counts.sent} bytes`);
});

test("if Content-Range is hidden, a short range ends the file", async () => {
  const files = { clip: file("ogg-vorbis.ogg") };
  const server = await serve(
    files,
    (request, response, bytes) => byRange(request.headers.range, response, bytes, { hide: true }) || true,
  );
  assert.equal((await probeMedia(server.url("clip"))).durationSeconds, 4);
  assert.equal(server.seen.length, 1);
});

test("if Content-Range is hidden, an open-ended range gives the size", async () => {
  const clip = file("ogv.ogv");
  const server = await serve(
    { clip },
    (request, response, bytes) => byRange(request.headers.range, response, bytes, { hide: true }) || true,
  );
  assert.deepEqual(withoutSize(await probeMedia(server.url("clip"))), {
    kind: "video",
    format: "ogg",
    mimeType: "video/ogg",
    width: 320,
    height: 240,
    durationSeconds: 2,
  });
  assert.match(server.seen[1], /^GET bytes=\d+-$/);
  assert.ok(server.seen.length <= 3);
});

test("after a wrong range the whole file is read", async () => {
  const clip = file("mp4-moovend.mp4");
  const hidden = await serve({ clip }, ({ headers: { range } }, response, bytes) => {
    if (!range) return false;
    response.writeHead(206).end(bytes.subarray(1000, 80_000));
    return true;
  });
  assert.deepEqual(withoutSize(await probeMedia(hidden.url("clip"))), CLIP);
  assert.deepEqual(hidden.seen, ["GET bytes=0-65535", "GET whole"]);
  const shifted = await serve({ clip }, ({ headers: { range } }, response, bytes) => {
    if (!range) return false;
    response.writeHead(206, { "content-range": `bytes 10-999/${bytes.length}` }).end(bytes.subarray(10, 1000));
    return true;
  });
  assert.deepEqual(withoutSize(await probeMedia(shifted.url("clip"))), CLIP);
  assert.deepEqual(shifted.seen, ["GET bytes=0-65535", "GET whole"]);
});

test("if a file changes between two ranges, the whole file is read", async () => {
  const clip = largeClip(1);
  let count = 0;
  const server = await serve({ clip }, ({ headers: { range } }, response, bytes) => {
    byRange(range, response, count++ ? Buffer.concat([bytes, bytes]) : bytes);
    return true;
  });
  assert.equal((await probeMedia(server.url("clip"))).durationSeconds, 2);
  assert.equal(server.seen.at(-1), "GET whole");
});

test("without ranges the stream is read as far as needed and then cancelled", async () => {
  let written = 0;
  const server = await serve({}, (request, response) => {
    response.writeHead(200);
    const photo = file("jpg-exif6.jpg");
    const more = () => {
      while (!response.destroyed && response.write(written ? Buffer.alloc(65_536) : photo)) written++;
    };
    response.on("drain", more);
    more();
    return true;
  });
  assert.equal((await probeMedia(server.url("endless"))).width, 427);
  assert.equal(server.seen.length, 1);
  while (server.open.size) await new Promise(done => setImmediate(done));
});

test("a stream is read up to a limit", async () => {
  const clip = largeClip(20);
  const server = await serve({ clip }, (request, response, bytes) => (response.writeHead(200).end(bytes), true));
  assert.equal(await codeOf(probeMedia(server.url("clip"))), "media_too_large");
  const pieces = function* () {
    for (let at = 0; at < clip.length; at += 65_536) yield clip.subarray(at, at + 65_536);
  };
  assert.equal(await codeOf(probeMedia(new Response(ReadableStream.from(pieces())))), "media_too_large");
});

test("an encoded file is read whole, because ranges count encoded bytes", async () => {
  const { gzipSync } = await import("node:zlib");
  const page = gzipSync("<!doctype html><title>Sign in</title>");
  const server = await serve({ page }, (request, response, bytes) => {
    response.writeHead(200, { "content-encoding": "gzip" }).end(bytes);
    return true;
  });
  const error = await probeMedia(server.url("page")).catch(error => error);
  assert.equal(error.message, "This is a web page, not a file.");
  assert.deepEqual(server.seen, ["GET bytes=0-65535", "GET whole"]);
});

test("a failed range request is retried once without a range", async () => {
  const bytes = file("jpg-exif6.jpg");
  const asked = [];
  const fetch = async (url, { headers }) => {
    asked.push(headers?.range);
    if (headers?.range) throw new TypeError("Failed to fetch");
    return new Response(bytes);
  };
  assert.equal((await probeMedia("https://example.com/a.jpg", { fetch })).width, 427);
  assert.deepEqual(asked, ["bytes=0-65535", undefined]);
});

test("an unreachable host is media_unreachable, without the URL in the message", async () => {
  const fetch = async () => {
    throw Object.assign(new TypeError("fetch failed for https://example.com/?signature=secret"), {
      cause: { code: "ENOTFOUND" },
    });
  };
  const error = await probeMedia("https://example.com/a.jpg?signature=secret", { fetch }).catch(error => error);
  assert.equal(error.code, "media_unreachable");
  assert.match(error.message, /ENOTFOUND/);
  assert.doesNotMatch(JSON.stringify([error.message, error.stack, error.cause, error]), /secret/);
});

test("an HTTP error is media_status with its status", async () => {
  const server = await serve({});
  const error = await probeMedia(server.url("gone.jpg")).catch(error => error);
  assert.deepEqual([error.code, error.status], ["media_status", 404]);
  assert.equal(await codeOf(probeMedia(new Response("no", { status: 403 }))), "media_status");
});

test("an empty file is recognized with and without ranges", async () => {
  const server = await serve({ empty: Buffer.alloc(0) });
  for (const source of [server.url("empty"), new Blob([]), new Uint8Array(0), new Response("")]) {
    const error = await probeMedia(source).catch(error => error);
    assert.equal(error.message, "The file is empty.");
  }
});

test("a web page in place of a picture is recognized", async () => {
  const error = await probeMedia(file("html-named.jpg")).catch(error => error);
  assert.equal(error.code, "media_unsupported");
  assert.equal(error.message, "This is a web page, not a file.");
});

test("the error about an unsupported format names the format", async () => {
  for (const [name, format] of [
    ["svg-plain.svg", "svg"],
    ["ico.ico", "ico"],
    ["xml-error.png", "xml"],
    ["json-error.mp4", "json"],
  ]) {
    const error = await probeMedia(file(name)).catch(error => error);
    assert.equal(error.message, `This is ${format}, which is not supported.`);
  }
});

test("a truncated file is media_truncated", async () => {
  assert.equal(await codeOf(probeMedia(file("jpg-trunc.jpg"))), "media_truncated");
  assert.equal(await codeOf(probeMedia(new Response(largeClip(1).subarray(0, 100_000)))), "media_truncated");
});

test("a file without dimensions or duration is media_unknown", async () => {
  assert.equal(await codeOf(probeMedia(file("jpg-dnl.jpg"))), "media_unknown");
});

test("a Blob whose file was deleted is media_unreachable", async () => {
  const gone = {
    size: 100,
    arrayBuffer() {},
    slice: () => ({ arrayBuffer: () => Promise.reject(new DOMException("gone", "NotReadableError")) }),
  };
  assert.equal(await codeOf(probeMedia(gone)), "media_unreachable");
});

test("a connection that breaks in the body is media_unreachable", async () => {
  const server = await serve({ clip: largeClip(1) }, (request, response, bytes) => {
    response.writeHead(206, { "content-range": `bytes 0-65535/${bytes.length}`, "content-length": 65_536 });
    response.write(bytes.subarray(0, 1000), () => response.destroy());
    return true;
  });
  assert.equal(await codeOf(probeMedia(server.url("clip"))), "media_unreachable");
});

test("wrong sources and unknown options are refused", async () => {
  for (const source of [undefined, null, 5, {}, [], "not a url", Promise.resolve()]) {
    assert.equal(await codeOf(probeMedia(source)), "invalid_argument", String(source));
  }
  assert.equal(await codeOf(probeMedia(new Blob([]), { timeout: 5 })), "invalid_argument");
  assert.equal(await codeOf(probeMedia(new Blob([]), { signal: {} })), "invalid_argument");
  const used = new Response("x");
  await used.text();
  assert.equal(await codeOf(probeMedia(used)), "invalid_argument");
});

test("an abort rejects with its reason, even if fetch ignores the signal", async () => {
  const reason = new Error("enough");
  await assert.rejects(probeMedia("https://example.com/", { signal: AbortSignal.abort(reason) }), reason);
  const controller = new AbortController();
  const probe = probeMedia("https://example.com/", { signal: controller.signal, fetch: () => new Promise(() => {}) });
  controller.abort(reason);
  await assert.rejects(probe, reason);
});

test("an abort cancels the body that is being read", async () => {
  const controller = new AbortController();
  let cancelled;
  const ended = new Promise(done => (cancelled = done));
  const pull = () => (controller.abort(), new Promise(() => {}));
  const body = new ReadableStream({ pull, cancel: () => cancelled() }, { highWaterMark: 0 });
  const fetch = async () => new Response(body, { status: 200 });
  await assert.rejects(probeMedia("https://example.com/", { signal: controller.signal, fetch }), {
    name: "AbortError",
  });
  await ended;
});

test("fetch is called as a plain function, with a range and no header that causes a preflight", async () => {
  let call;
  const fetch = function (url, init) {
    call = { self: this, url, init };
    return Promise.resolve(new Response(file("jpg-exif6.jpg")));
  };
  await probeMedia("https://example.com/a.jpg", { fetch });
  assert.equal(call.self, undefined);
  assert.equal(call.url, "https://example.com/a.jpg");
  assert.deepEqual(call.init, { headers: { range: "bytes=0-65535" }, cache: "no-store" });
});

test("a response needs only status, headers.get and arrayBuffer", async () => {
  const bytes = file("jpg-exif6.jpg");
  const fetch = async () => ({
    status: 200,
    headers: { get: () => null },
    arrayBuffer: async () => new Uint8Array(bytes).buffer,
  });
  assert.equal((await probeMedia("https://example.com/a.jpg", { fetch })).width, 427);
});

test("memory does not grow with many files, in sequence or in parallel", async () => {
  const instances = [];
  const { Instance } = WebAssembly;
  WebAssembly.Instance = new Proxy(Instance, { construct: (...all) => (instances.push(1), Reflect.construct(...all)) });
  const { probeMedia } = await load("sd2-client/media", "counted");
  const bytes = file("mp4-moovend.mp4");
  await Promise.all([1, 2, 3, 4].map(() => probeMedia(new Blob([bytes]))));
  for (let i = 0; i < 300; i++) await probeMedia(i % 2 ? bytes : file("svg-plain.svg")).catch(() => {});
  WebAssembly.Instance = Instance;
  // One instance for each of four parallel probes, and the decoder.
  assert.ok(instances.length <= 5, `${instances.length} instances`);
});
