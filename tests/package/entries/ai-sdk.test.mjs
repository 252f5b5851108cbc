// `sd2-client/ai-sdk`: what becomes of the options of a call. The `ai` package itself needs a newer Node than this: see
// tests/matrix/apps/ai/.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "../../support/project.mjs";

const { createSd2 } = await load("sd2-client/ai-sdk");
const { createEmulator } = await load("sd2-client/emulator");

const url = address => ({ type: "url", url: address });
const bytes = { type: "file", mediaType: "image/png", data: new Uint8Array([137, 80]) };
const IMAGE = url("https://example.com/a.jpg");

/** Starts a video; resolves to the request that the service was sent, and the warnings. */
const sent = async (options, modelId = "sd2") => {
  const requests = [];
  const { fetch } = createEmulator();
  const { video } = createSd2({
    apiKey: "sandbox-key",
    fetch(address, init) {
      if (init.body) requests.push(JSON.parse(init.body));
      return fetch(address, init);
    },
  });
  const { warnings } = await video(modelId).doStart({ prompt: "A cat", n: 1, providerOptions: {}, ...options });
  assert.equal(requests.length, 1);
  return { ...requests[0], warnings };
};
const inputsOf = async options => (await sent(options)).inputs;
const issuesOf = options =>
  sent(options).then(
    () => assert.fail("It was sent."),
    ({ code, issues }) => [code, ...issues.map(issue => `${issue.path.join(".")} ${issue.code}`)],
  );

test("the seconds and the shape of a video are the service's", async () => {
  assert.deepEqual(await inputsOf({ duration: 15 }), { prompt: "A cat", duration: "15s" });
  const shapes = {
    "1:1": "720x720",
    "3:4": "720x960",
    "4:3": "960x720",
    "16:9": "1280x720",
    "9:16": "720x1280",
    "21:9": "1280x540",
  };
  for (const [aspectRatio, resolution] of Object.entries(shapes)) {
    assert.deepEqual(await inputsOf({ aspectRatio }), { prompt: "A cat", resolution });
  }
  assert.deepEqual(await inputsOf({ resolution: "960x720" }), { prompt: "A cat", resolution: "960x720" });
  assert.deepEqual(await inputsOf({ aspectRatio: "adaptive" }), { prompt: "A cat" });
});

test("what the service would make in another way than asked for is refused before it is paid", async () => {
  assert.deepEqual(await issuesOf({ duration: 3 }), ["invalid_request", "inputs.duration bad_duration"]);
  assert.deepEqual(await issuesOf({ duration: 5.5 }), ["invalid_request", "inputs.duration bad_duration"]);
  assert.deepEqual(await issuesOf({ aspectRatio: "2:1" }), ["invalid_request", "inputs.resolution bad_resolution"]);
  assert.deepEqual(await issuesOf({ resolution: "1920x1080" }), [
    "invalid_request",
    "inputs.resolution bad_resolution",
  ]);
  assert.deepEqual(await issuesOf({ prompt: undefined }), ["invalid_request", "inputs.prompt prompt_required"]);
});

test("settings that the service lacks are warnings", async () => {
  const headers = { "user-agent": "ai/7", "idempotency-key": "a", "x-team": "b" };
  const { warnings } = await sent({ fps: 24, seed: 0, generateAudio: false, headers });
  assert.deepEqual(
    warnings.map(({ type, feature }) => [type, feature]),
    ["fps", "seed", "generateAudio", "headers"].map(name => ["unsupported", name]),
  );
  const { warnings: contradiction, inputs } = await sent({ resolution: "720x720", aspectRatio: "16:9" });
  assert.deepEqual([contradiction[0].feature, inputs.resolution], ["aspectRatio", "720x720"]);
});

test("an image begins the video, and frames begin and end it", async () => {
  const last = url("https://example.com/b.jpg");
  const frameImages = [
    { frameType: "last_frame", image: last },
    { frameType: "first_frame", image: IMAGE },
  ];
  assert.deepEqual((await inputsOf({ image: IMAGE })).urls, [IMAGE.url]);
  // As `ai` gives it: the first frame is the image, too.
  for (const image of [IMAGE, undefined]) {
    const { urls, videoInputMode } = await inputsOf({ image, frameImages });
    assert.deepEqual([urls, videoInputMode], [[IMAGE.url, last.url], "keyframe"]);
  }
  assert.deepEqual(await issuesOf({ frameImages: frameImages.slice(0, 1) }), [
    "invalid_request",
    "inputs.urls.0 wrong_type",
  ]);
});

test("references go where their type or their name belongs", async () => {
  const { inputs, warnings } = await sent({
    image: IMAGE,
    aspectRatio: "1:1",
    inputReferences: [
      url("https://example.com/b"),
      url("https://example.com/c.MP4?x=1"),
      url("https://example.com/d.mp3"),
      { ...url("https://example.com/e.jpg"), mediaType: "video/webm" },
    ],
  });
  assert.deepEqual(inputs, {
    prompt: "A cat",
    resolution: "720x720",
    videoInputMode: "reference",
    urls: [IMAGE.url, "https://example.com/b"],
    videoUrls: ["https://example.com/c.MP4?x=1", "https://example.com/e.jpg"],
    audioUrls: ["https://example.com/d.mp3"],
  });
  assert.deepEqual(
    warnings.map(({ feature }) => feature),
    ["image"],
  );
  assert.deepEqual(await issuesOf({ inputReferences: [IMAGE] }), [
    "invalid_request",
    "inputs.resolution resolution_required",
  ]);
});

test("bytes must be hosted first, and the error says so without them", async () => {
  const error = await sent({ image: bytes }).catch(reason => reason);
  assert.deepEqual([error.code, error.issues[0].code], ["invalid_request", "bad_url"]);
  assert.match(error.message, /host/i);
});

test("providerOptions.sd2 has what `ai` has no name for, and the validator's warnings are passed on", async () => {
  const { inputs, callBackUrl, warnings, model } = await sent(
    {
      prompt: undefined,
      webhookUrl: "https://app.example/other",
      providerOptions: {
        sd2: {
          upscaleResolution: "4k",
          urls: ["asset://asset-20260326-abc123"],
          callBackUrl: "https://app.example/hook",
          somethingNew: 1,
        },
        fal: { loop: true },
      },
    },
    "sd2-fast",
  );
  assert.deepEqual(inputs, {
    upscaleResolution: "4k",
    urls: ["asset://asset-20260326-abc123"],
    somethingNew: 1,
  });
  assert.deepEqual([callBackUrl, model], ["https://app.example/hook", "sd2-fast"]);
  assert.match(warnings[0].message, /^inputs\.somethingNew: /);
});

test("an option that does not exist is refused, and so is a model", async () => {
  assert.throws(() => createSd2({ apiKey: "key", onCreate: () => {} }), { code: "invalid_argument" });
  assert.throws(() => createSd2({ apiKey: "key", onCreated: "no" }), { code: "invalid_argument" });
  assert.throws(() => createSd2(), { code: "invalid_argument" });
  const error = await sent({}, "sd3").catch(reason => reason);
  assert.deepEqual([error.code, error.issues[0].code], ["invalid_request", "unknown_model"]);
});

test("what onCreated throws loses no video", async () => {
  const { fetch } = createEmulator({ speed: 2_000 });
  const told = [];
  const { video } = createSd2({
    apiKey: "sandbox-key",
    fetch,
    onCreated(taskId, request) {
      told.push(request);
      throw new Error(taskId);
    },
  });
  const before = console.error;
  console.error = () => {};
  const { videos } = await video("sd2").doGenerate({
    prompt: "A cat",
    n: 2,
    providerOptions: { sd2: { pollIntervalMs: 5 } },
  });
  console.error = before;
  assert.equal(videos.length, 2);
  assert.deepEqual(told[1], { model: "sd2", inputs: { prompt: "A cat" } });
});
