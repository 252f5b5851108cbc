// `sd2-client/ai-sdk`: the requests for the options of a call. tests/matrix/apps/ai/ tests it with the `ai` package, which needs a newer
// Node.
import assert from "node:assert/strict";
import { test } from "node:test";
import { load } from "../../support/project.mjs";

const { createSd2 } = await load("sd2-client/ai-sdk");
const { createEmulator } = await load("sd2-client/emulator");

const url = address => ({ type: "url", url: address });
const bytes = { type: "file", mediaType: "image/png", data: new Uint8Array([137, 80]) };
const IMAGE = url("https://example.com/a.jpg");

/** Starts a video. Resolves to the request that was sent, and the warnings. */
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

test("duration, aspectRatio and resolution become the service's values", async () => {
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

test("a value that the service does not support is refused, and nothing is sent", async () => {
  assert.deepEqual(await issuesOf({ duration: 3 }), ["invalid_request", "inputs.duration bad_duration"]);
  assert.deepEqual(await issuesOf({ duration: 5.5 }), ["invalid_request", "inputs.duration bad_duration"]);
  assert.deepEqual(await issuesOf({ aspectRatio: "2:1" }), ["invalid_request", "inputs.resolution bad_resolution"]);
  assert.deepEqual(await issuesOf({ resolution: "1920x1080" }), [
    "invalid_request",
    "inputs.resolution bad_resolution",
  ]);
  assert.deepEqual(await issuesOf({ prompt: undefined }), ["invalid_request", "inputs.prompt prompt_required"]);
});

test("options that the service does not have cause warnings", async () => {
  const headers = { "user-agent": "ai/7", "idempotency-key": "a", "x-team": "b" };
  const { warnings } = await sent({ fps: 24, seed: 0, generateAudio: false, headers });
  assert.deepEqual(
    warnings.map(({ type, feature }) => [type, feature]),
    ["fps", "seed", "generateAudio", "headers"].map(name => ["unsupported", name]),
  );
  const { warnings: contradiction, inputs } = await sent({ resolution: "720x720", aspectRatio: "16:9" });
  assert.deepEqual([contradiction[0].feature, inputs.resolution], ["aspectRatio", "720x720"]);
});

test("image and frameImages become the first and the last frame", async () => {
  const last = url("https://example.com/b.jpg");
  const frameImages = [
    { frameType: "last_frame", image: last },
    { frameType: "first_frame", image: IMAGE },
  ];
  assert.deepEqual((await inputsOf({ image: IMAGE })).urls, [IMAGE.url]);
  // `ai` passes the first frame as the image, too.
  for (const image of [IMAGE, undefined]) {
    const { urls, videoInputMode } = await inputsOf({ image, frameImages });
    assert.deepEqual([urls, videoInputMode], [[IMAGE.url, last.url], "keyframe"]);
  }
  assert.deepEqual(await issuesOf({ frameImages: frameImages.slice(0, 1) }), [
    "invalid_request",
    "inputs.urls.0 wrong_type",
  ]);
});

test("references go into the list for their media type or file name", async () => {
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

test("the error about bytes says that they must be hosted, and does not contain them", async () => {
  const error = await sent({ image: bytes }).catch(reason => reason);
  assert.deepEqual([error.code, error.issues[0].code], ["invalid_request", "bad_url"]);
  assert.match(error.message, /host/i);
});

test("providerOptions.sd2 sets other fields, and warnings of the validator are returned", async () => {
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

test("an unknown option and an unknown model are refused", async () => {
  assert.throws(() => createSd2({ apiKey: "key", onCreate: () => {} }), { code: "invalid_argument" });
  assert.throws(() => createSd2({ apiKey: "key", onCreated: "no" }), { code: "invalid_argument" });
  assert.throws(() => createSd2(), { code: "invalid_argument" });
  const error = await sent({}, "sd3").catch(reason => reason);
  assert.deepEqual([error.code, error.issues[0].code], ["invalid_request", "unknown_model"]);
});

test("an error of onCreated loses no video", async () => {
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
