// Arbitrary JavaScript values, most of them similar to a request.
import vm from "node:vm";
import fc from "fast-check";

// fast-check inspects the values that it generates, but some of these throw when inspected. So it generates functions, and each
// creates its value when needed.

const trap = () => {
  throw new Error("trap");
};
const traps = new Proxy(
  {},
  { get: trap, has: trap, ownKeys: trap, getOwnPropertyDescriptor: trap, getPrototypeOf: trap },
);
const revoked = () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
};
const realm = vm.createContext();
const foreign = expression => vm.runInContext(`(${expression})`, realm);

const constants = [
  undefined,
  null,
  NaN,
  -Infinity,
  -0,
  5,
  16,
  2 ** 53,
  10n ** 30n,
  Symbol("s"),
  Symbol.iterator,
  true,
  false,
  "",
  " ",
  "\ud800",
  "\udc00\ud800",
  "\0",
  () => 1,
  class {},
  new Date(0),
  new Date(NaN),
  /a/,
  new Map([["model", "sd2"]]),
  new Set([1]),
  new Uint8Array(9),
  new WeakMap(),
  Promise.resolve(1),
  Object("sd2"),
  Object.create(null),
  Object.freeze(["asset://a"]),
  new Array(2 ** 32 - 1),
  [, , "asset://a"],
  globalThis,
  foreign("{ model: 'sd2', inputs: { prompt: 'a' } }"),
  foreign("['asset://a']"),
  foreign("new Date(0)"),
  foreign("new (class extends Array {})(3)"),
];
let deep = [];
for (let i = 0; i < 20_000; i++) deep = [deep];
const hostile = [
  () => traps,
  revoked,
  () => ({ toJSON: trap }),
  () => ({
    get model() {
      return trap();
    },
    inputs: {},
  }),
  () => Object.defineProperty([], 0, { get: trap, enumerable: true }),
  () => {
    const cycle = { model: "sd2" };
    cycle.inputs = cycle;
    return cycle;
  },
  () => {
    const list = [];
    list.push(list, list);
    return list;
  },
  () => {
    const endless = { toJSON: () => ({ inputs: endless }) };
    return endless;
  },
  () => deep,
  () => "x".repeat(10_000),
  () =>
    new Proxy(
      {},
      {
        get: (_, name) => name,
        ownKeys: () => ["model", "inputs"],
        getOwnPropertyDescriptor: () => ({ enumerable: true, configurable: true }),
      },
    ),
];

const MODELS = ["sd2", "sd2-fast", "sd3", "SD2"];
const DURATIONS = ["4s", "5s", "15s", "16s", "5", "05s", "5.5s", "10 seconds"];
const RESOLUTIONS = ["720x720", "1280x540", "1280x720", "1920x1080", "16:9", "21x9", "0x0"];
const UPSCALES = ["2k", "4k", "2K", "8k"];
const MODES = ["keyframe", "reference", "Reference", "frames"];
const URLS = [
  "https://example.com/a.jpg",
  "http://example.com:8080/?a#b",
  "asset://asset-1",
  "asset:",
  "data:,a",
  "blob:x",
  "file:///a",
  "example.com/a",
  "photo.jpg",
  "https://example.com/a\u200b",
  "https//example.com/a",
  "http://127.1:99999/",
  "http://0x7f.1/",
  "http://b\u00fccher.internal/",
  "http://localhost/a",
  "http://10.0.0.1",
  "http://[::1]/",
  "http://[fe80::1]:80/",
  "http://a.local.",
  "https://",
  "https:// a",
  "http://[",
  "http://@",
  "http://a@b@c:",
];
const NAMES = [
  "model",
  "inputs",
  "callBackUrl",
  "prompt",
  "urls",
  "videoUrls",
  "audioUrls",
  "duration",
  "resolution",
  "videoInputMode",
  "upscaleResolution",
  "callbackUrl",
  "video_urls",
  "image_url",
  "aspect_ratio",
  "seed",
  "videoReference",
  "__proto__",
  "constructor",
  "toString",
  "length",
  "0",
  "{}",
];

const pick = (...values) => fc.constantFrom(...values.map(value => () => value));
const lazy = arbitrary => arbitrary.map(value => () => value);
const text = fc.oneof(
  lazy(fc.string({ unit: "binary", maxLength: 20 })),
  lazy(fc.string({ unit: "grapheme", maxLength: 20 })),
  pick(...MODELS, ...DURATIONS, ...RESOLUTIONS, ...UPSCALES, ...MODES, ...URLS),
);
const url = mostly(4, pick(...URLS), fc.oneof(lazy(fc.webUrl()), text));
const number = lazy(fc.oneof(fc.double(), fc.integer({ min: 0, max: 20 })));
const leaf = fc.oneof(pick(...constants), fc.constantFrom(...hostile), text, number);

function mostly(weight, arbitrary, other) {
  return fc.oneof({ weight, arbitrary }, { weight: 1, arbitrary: other });
}
const list = (item, maxLength) => fc.array(item, { maxLength }).map(items => () => items.map(make => make()));
const object = entries => () => {
  const made = {};
  for (const [name, make] of entries) {
    Object.defineProperty(made, name(), { value: make(), enumerable: true, configurable: true, writable: true });
  }
  return made;
};
/** Entries, often with the field names of requests. */
const entries = value => fc.array(fc.tuple(fc.oneof(pick(...NAMES), text), value), { maxLength: 8 });

const { anything } = fc.letrec(tie => ({
  anything: fc.oneof(
    { maxDepth: 4 },
    leaf,
    list(tie("anything"), 14),
    entries(tie("anything")).map(object),
    // The same behind a transparent proxy.
    entries(tie("anything")).map(entries => () => new Proxy(object(entries)(), {})),
    entries(tie("anything")).map(
      entries => () => Object.create(object(entries)(), { inputs: { value: {}, enumerable: true } }),
    ),
    tie("anything").map(make => () => {
      const value = make();
      return { toJSON: () => value };
    }),
  ),
}));

/** An object whose fields are missing, right, nearly right, or anything. */
const fields = record =>
  fc
    .tuple(
      fc.tuple(
        ...Object.entries(record).map(([name, value]) =>
          fc.tuple(
            fc.constant(() => name),
            mostly(9, value, anything),
          ),
        ),
      ),
      fc.array(fc.nat(3), { minLength: 8, maxLength: 8 }),
      mostly(3, fc.constant([]), entries(anything)),
    )
    .map(([known, given, unknown]) => object([...unknown, ...known.filter((_, index) => given[index] > 0)]));
const files = most => list(mostly(9, url, anything), most);

const inputs = fields({
  prompt: text,
  urls: fc.oneof(files(2), files(14)),
  videoUrls: files(4),
  audioUrls: files(4),
  duration: fc.oneof(pick(...DURATIONS), number),
  resolution: pick(...RESOLUTIONS),
  videoInputMode: pick(...MODES),
  upscaleResolution: pick(...UPSCALES),
});
const request = fields({ model: pick(...MODELS), inputs, callBackUrl: url });
const facts = fields({
  width: pick(399, 400),
  height: pick(399, 400),
  durationSeconds: pick(15, 15.01, 15.2),
  isEstimate: pick(true, false),
});
const media = fc.array(fc.tuple(url, facts), { maxLength: 12 }).map(object);

/** The arguments of `validateRequest`: functions that create a value and options. */
export const calls = fc.tuple(
  mostly(4, request, anything),
  fc.oneof(
    fc.constant(() => undefined),
    media.map(make => () => ({ media: make() })),
    anything,
  ),
);
