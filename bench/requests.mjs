// The two requests that are timed, and those on which all validators must agree before.

const files = (kind, count, extension) =>
  Array.from(
    { length: count },
    (_, index) => `https://cdn.example.com/projects/4711/${kind}/${index + 1}.${extension}`,
  );

/** A valid request with 12 URLs. */
export const valid = {
  model: "sd2",
  inputs: {
    prompt: "The character of the first image walks through the garden of the second, in the light of the third.",
    urls: files("images", 8, "jpg"),
    videoUrls: files("videos", 2, "mp4"),
    audioUrls: files("audios", 2, "mp3"),
    duration: "10s",
    resolution: "1280x720",
    videoInputMode: "reference",
    upscaleResolution: "2k",
  },
  callBackUrl: "https://app.example.com/hooks/sd2?user=4711",
};

const change = (base, edit) => {
  const request = structuredClone(base);
  return edit(request) ?? request;
};
const edit = (base, fields) => change(base, ({ inputs }) => void Object.assign(inputs, fields));

/** The same request with four mistakes. */
export const invalid = change(valid, request => {
  request.inputs.urls[3] = "images/4.jpg";
  request.inputs.duration = 10;
  request.inputs.upscaleResolution = "2K";
  request.callbackUrl = request.callBackUrl;
  delete request.callBackUrl;
});

const text = { model: "sd2-fast", inputs: { prompt: "A cat playing piano" } };
const image = { model: "sd2", inputs: { urls: files("images", 1, "jpg") } };
const keyframe = { model: "sd2", inputs: { urls: files("images", 2, "jpg"), videoInputMode: "keyframe" } };
const URLS = [
  "asset://asset-1",
  "data:image/png;base64,AA",
  "blob:https://example.com/1",
  "file:///a.jpg",
  "ftp://example.com/a",
  "photo.jpg",
  "https://",
  "https:// example.com",
  "http://localhost:3000/a",
  "http://10.0.0.1/a",
  "http://172.16.0.1/a",
  "http://172.32.0.1/a",
  "http://192.168.1.1/a",
  "http://[::1]/a",
  "http://[fd00::1]/a",
  "http://printer.local/a",
  "HTTPS://EXAMPLE.COM/A",
  "",
  "example.com/a.jpg",
  "https://user:pw@example.com/a",
  "https://example.com:8080/a?b#c",
];

/** Requests that break or keep each rule. */
export const all = [
  valid,
  invalid,
  text,
  image,
  keyframe,
  null,
  undefined,
  5,
  "sd2",
  {},
  ...[undefined, null, 5, "sd3", "SD2"].map(model => ({ ...text, model })),
  ...[undefined, null, "A cat", {}].map(inputs => ({ model: "sd2", inputs })),
  ...["", " \n", null, 5].map(prompt => edit(text, { prompt })),
  ...[5, "5", "3s", "16s", null, "15s", "5.5s"].map(duration => edit(text, { duration })),
  ...["1920x1080", "16:9", "720x720", 720].map(resolution => edit(text, { resolution })),
  ...["2K", "8k", 2, "4k"].map(upscaleResolution => edit(valid, { upscaleResolution })),
  ...["frames", "Keyframe", 1, "keyframe", undefined].flatMap(videoInputMode =>
    [text, image, keyframe].map(base => edit(base, { videoInputMode })),
  ),
  ...[image, keyframe].map(base => edit(base, { resolution: "720x720" })),
  ...[image, keyframe, text].flatMap(base =>
    ["videoUrls", "audioUrls"].map(list => edit(base, { [list]: files("a", 1, "x") })),
  ),
  ...["urls", "videoUrls", "audioUrls"].flatMap(list =>
    ["a", {}, null, [5], [null], [], files("a", 4, "x"), files("a", 10, "x")].map(value =>
      edit(valid, { [list]: value }),
    ),
  ),
  edit(keyframe, { urls: files("images", 3, "jpg") }),
  edit(valid, { urls: [], videoUrls: [], audioUrls: undefined }),
  edit(valid, { resolution: undefined }),
  edit(valid, { urls: files("a", 9, "x"), videoUrls: files("b", 3, "x"), audioUrls: files("c", 3, "x") }),
  ...["seed", "promt", "callBackUrl", "videourls"].map(name => edit(valid, { [name]: "x" })),
  ...["seed", "callbackUrl", "prompt"].map(name => ({ ...valid, [name]: "x" })),
  ...URLS.flatMap(url => ["urls", "videoUrls"].map(list => edit(valid, { [list]: [url] }))),
  ...URLS.filter(url => !/^(asset)/.test(url)).map(callBackUrl => ({ ...text, callBackUrl })),
];
