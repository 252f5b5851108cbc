// checkMedia: the validation of a request with the facts about its files.
import assert from "node:assert/strict";
import { test } from "node:test";
import { file, serve } from "../../support/media-server.mjs";
import { load } from "../../support/project.mjs";

const { checkMedia } = await load("sd2-client/media");

/** A `fetch` that serves files by host name, because the validator refuses loopback addresses. */
const from =
  (files, watch = () => {}) =>
  async url => {
    const { pathname } = new URL(url);
    watch(pathname);
    const bytes = files[pathname.slice(1)];
    return bytes ? new Response(bytes) : new Response("no", { status: 404 });
  };

const url = name => `https://files.example.com/${name}`;

/** A WAV of this many seconds. */
const wav = seconds => {
  const bytes = Buffer.alloc(44 + 1000 * seconds);
  bytes.write("RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\xE8\x03\0\0\xE8\x03\0\0\x01\0\x08\0data", "latin1");
  bytes.writeUInt32LE(1000 * seconds, 40);
  return bytes;
};

const reference = inputs => ({
  model: "sd2",
  inputs: { prompt: "A cat", videoInputMode: "reference", resolution: "1280x720", ...inputs },
});

const told = ({ issues }) => issues.map(({ path, code, severity }) => `${severity} ${code} at ${path.join(".")}`);

test("an image that is too small is reported", async () => {
  const request = reference({ urls: [url("small.png"), url("large.jpg")] });
  const files = { "small.png": file("webp-alpha.webp"), "large.jpg": file("jpg-baseline.jpg") };
  const validation = await checkMedia(request, { fetch: from(files) });
  assert.deepEqual(told(validation), ["error media_too_small at inputs.urls.0"]);
  assert.equal(validation.valid, false);
});

test("a clip that is too long is reported", async () => {
  const request = reference({ audioUrls: [url("long.wav"), url("right.wav")] });
  const validation = await checkMedia(request, { fetch: from({ "long.wav": wav(20), "right.wav": wav(15) }) });
  assert.deepEqual(told(validation), ["error media_too_long at inputs.audioUrls.0"]);
});

test("a file that cannot be probed is a warning at its path, with the reason", async () => {
  const request = reference({ urls: [url("page.jpg"), url("gone.jpg")], videoUrls: [url("cut.mp4")] });
  const files = { "page.jpg": file("html-named.jpg"), "cut.mp4": file("mp4-smallbox.mp4") };
  const validation = await checkMedia(request, { fetch: from(files) });
  assert.deepEqual(told(validation), [
    "warning unprobed at inputs.urls.0",
    "warning unprobed at inputs.urls.1",
    "warning unprobed at inputs.videoUrls.0",
  ]);
  assert.equal(validation.valid, true);
  assert.equal(validation.issues[0].message, "Not checked: This is a web page, not a file.");
  assert.match(validation.issues[1].message, /HTTP 404/);
});

test("a file of the wrong kind is a warning", async () => {
  const request = reference({ videoUrls: [url("photo.mp4")] });
  const { issues } = await checkMedia(request, { fetch: from({ "photo.mp4": file("jpg-baseline.jpg") }) });
  assert.deepEqual(
    [issues[0].code, issues[0].message],
    ["unprobed", "Not checked: videoUrls does not take image files."],
  );
});

test("warnings are sorted among the validator's issues by field", async () => {
  const request = reference({ model: 1, urls: [url("gone.jpg"), 5], duration: "99s", odd: 1 });
  const validation = await checkMedia({ ...request, model: "no" }, { fetch: from({}) });
  const at = told(validation).map(line => line.replace(/^\w+ (\w+) at (.*)$/, "$1 $2"));
  assert.deepEqual(at.slice(0, 3), ["unknown_model model", "unprobed inputs.urls.0", "wrong_type inputs.urls.1"]);
  assert.equal(at[3], "bad_duration inputs.duration");
});

test("asset:// files, unreachable hosts and bad URLs are not probed", async () => {
  const asked = [];
  const request = reference({
    urls: [
      "asset://asset-1",
      "http://localhost/a.jpg",
      "http://192.168.1.1/a.jpg",
      "data:image/png;base64,AAAA",
      "nonsense",
      5,
      url("a.jpg"),
    ],
  });
  await checkMedia(request, { fetch: from({ "a.jpg": file("jpg-baseline.jpg") }, path => asked.push(path)) });
  assert.deepEqual(asked, ["/a.jpg"]);
});

test("a file that is listed several times is probed once", async () => {
  const asked = [];
  const request = reference({ urls: [url("a.jpg"), url("a.jpg")], videoUrls: [url("b.mp4")] });
  await checkMedia(request, { fetch: from({ "a.jpg": file("jpg-baseline.jpg") }, path => asked.push(path)) });
  assert.deepEqual(asked.sort(), ["/a.jpg", "/b.mp4"]);
});

for (const [concurrency, most] of [
  [undefined, 4],
  [2, 2],
  [100, 4],
]) {
  test(`checkMedia reads at most ${most} files at once with a concurrency of ${concurrency}`, async () => {
    let now = 0;
    let peak = 0;
    const fetch = async () => {
      peak = Math.max(peak, ++now);
      for (let i = 0; i < 20; i++) await null;
      now--;
      return new Response(file("jpg-baseline.jpg"));
    };
    const request = reference({ urls: Array.from({ length: 9 }, (_, i) => url(`${i}.jpg`)) });
    assert.equal((await checkMedia(request, { fetch, concurrency })).valid, true);
    assert.equal(peak, most);
  });
}

test("checkMedia does not reject, whatever the request contains", async () => {
  const cycle = { inputs: {} };
  cycle.inputs.urls = cycle;
  const throwing = {
    model: "sd2",
    get inputs() {
      throw new Error("no");
    },
  };
  for (const request of [
    undefined,
    null,
    5,
    "x",
    [],
    {},
    cycle,
    throwing,
    { inputs: { urls: "https://example.com" } },
    { inputs: { urls: [Symbol("x"), null] } },
  ]) {
    const validation = await checkMedia(request, { fetch: from({}) });
    assert.equal(validation.valid, false);
  }
});

test("checkMedia rejects with the reason of an abort", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  const check = checkMedia(reference({ urls: [url("a.jpg")] }), {
    signal: controller.signal,
    fetch: () => new Promise(() => {}),
  });
  controller.abort(reason);
  await assert.rejects(check, reason);
});

test("checkMedia refuses unknown options", async () => {
  await assert.rejects(checkMedia({}, { concurency: 1 }), { code: "invalid_argument" });
  await assert.rejects(checkMedia({}, { concurrency: 0 }), { code: "invalid_argument" });
});

test("checkMedia does not probe loopback URLs", async () => {
  const server = await serve({ "a.jpg": file("jpg-baseline.jpg") });
  const validation = await checkMedia(reference({ urls: [server.url("a.jpg")] }));
  assert.deepEqual(told(validation), ["warning unreachable_url at inputs.urls.0"]);
  assert.deepEqual(server.seen, []);
});
