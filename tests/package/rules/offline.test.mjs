// Prices and validation through the installed package, also with hostile values.
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { runInNewContext } from "node:vm";
import { eachValidator, load, PRICE_ENTRIES } from "../../support/project.mjs";

const entries = await Promise.all(PRICE_ENTRIES.map(async entry => [entry, await load(entry)]));

for (const [entry, { estimateCredits, Sd2Error }] of entries) {
  test(`${entry}: an estimate has its parts`, () => {
    assert.deepEqual(estimateCredits({ model: "sd2", duration: "5s", upscaleResolution: "4k", videoReference: true }), {
      total: 600,
      base: 200,
      videoReference: 200,
      upscale: 200,
      durationSeconds: 5,
      creditsPerSecond: 120,
      model: "sd2",
    });
  });

  test(`${entry}: prices match the documented rows`, () => {
    const rows = [
      [{}, 200, 160],
      [{ upscaleResolution: "2k" }, 300, 260],
      [{ upscaleResolution: "4k" }, 400, 360],
      [{ videoReference: true }, 400, 320],
    ];
    for (const [options, sd2, fast] of rows) {
      assert.equal(estimateCredits({ model: "sd2", duration: "5s", ...options }).total, sd2);
      assert.equal(estimateCredits({ model: "sd2-fast", duration: "5s", ...options }).total, fast);
    }
  });

  test(`${entry}: estimateCredits throws the issues of an invalid configuration`, () => {
    for (const input of [
      undefined,
      null,
      5,
      "sd2",
      [],
      {},
      { model: "sd3" },
      { model: "sd2", duration: 5 },
      { model: "sd2", inputs: 5 },
    ]) {
      assert.throws(
        () => estimateCredits(input),
        error => Sd2Error.is(error) && error.code === "invalid_request" && error.issues.length > 0,
        inspect(input),
      );
    }
  });
}

eachValidator("issues are plain data", ({ cleanRequest, estimateCredits, requestSchema, validateRequest }) => {
  const { valid, mode, issues, credits } = validateRequest({
    model: "sd2",
    inputs: { prompt: "a", duration: "5" },
    callbackUrl: 1,
  });
  assert.deepEqual([valid, mode, credits], [false, "text", null]);
  assert.deepEqual(
    issues.map(({ path, code, severity, suggestion }) => ({ path, code, severity, suggestion })),
    [
      { path: ["inputs", "duration"], code: "bad_duration", severity: "error", suggestion: "5s" },
      { path: ["callbackUrl"], code: "unknown_field", severity: "error", suggestion: "callBackUrl" },
    ],
  );
  for (const issue of issues) assert.ok(issue.message.length > 10);
});

eachValidator(
  "facts about files are checked against the limits",
  ({ cleanRequest, estimateCredits, requestSchema, validateRequest }) => {
    const url = "https://example.com/a.jpg";
    const request = { model: "sd2", inputs: { urls: [url] } };
    assert.equal(validateRequest(request, { media: { [url]: { width: 400, height: 800 } } }).valid, true);
    const small = validateRequest(request, { media: { [url]: { width: 399, height: 800 } } });
    assert.equal(small.valid, true, "the documentation states the limit only for references");
    assert.deepEqual(
      small.issues.map(({ path, code }) => [path, code]),
      [[["inputs", "urls", 0], "media_too_small"]],
    );
  },
);

const cycle = { model: "sd2" };
cycle.inputs = cycle;
const trap = () => {
  throw new Error("trap");
};
const traps = new Proxy(
  {},
  { get: trap, has: trap, ownKeys: trap, getOwnPropertyDescriptor: trap, getPrototypeOf: trap },
);
const revoked = Proxy.revocable({}, {});
revoked.revoke();
let deep = {};
for (let i = 0; i < 100_000; i++) deep = { inputs: deep };
const endless = { toJSON: () => endless };
const endlessList = Object.assign([], {
  *[Symbol.iterator]() {
    for (;;) yield 1;
  },
});
// Half a gigabyte as JSON.
const megabyte = "x".repeat(1_000_000);
const hostile = {
  undefined: undefined,
  null: null,
  nan: NaN,
  infinity: -Infinity,
  bigint: 10n ** 400n,
  symbol: Symbol("s"),
  function: () => 1,
  class: class A {},
  date: new Date(NaN),
  regexp: /a/,
  map: new Map([["model", "sd2"]]),
  string: "x".repeat(1_000_000),
  lone: "\ud800",
  array: new Array(1_000_000).fill({}),
  sparse: new Array(2 ** 32 - 1),
  million: new Array(1_000_000),
  long: new Array(500).fill(megabyte),
  names: Object.fromEntries(Array.from({ length: 60 }, (_, index) => [megabyte + index, megabyte])),
  endlessList,
  bytes: new Uint8Array(1_000_000),
  buffer: new ArrayBuffer(8),
  cycle,
  deep,
  proxy: traps,
  revoked: revoked.proxy,
  promise: Promise.resolve(1),
  endless,
  prototype: Object.create({ model: "sd2", inputs: { prompt: "a" } }),
  bare: Object.assign(Object.create(null), { model: "sd2" }),
  getter: {
    get model() {
      return trap();
    },
  },
  toJSON: { toJSON: trap },
  primitive: Object("sd2"),
  weak: new WeakMap(),
  realm: runInNewContext("({ model: 'sd2', inputs: { prompt: 'a' }, list: [new Date(NaN), Symbol('s'), 1n] })"),
  realmTrap: runInNewContext("new Proxy([], { get() { throw 1; } })"),
  proto: JSON.parse('{"__proto__": {"model": "sd2"}, "model": "sd2", "inputs": {"__proto__": {"prompt": "a"}}}'),
};

eachValidator(
  "validateRequest never throws, whatever the value and wherever it is",
  ({ cleanRequest, estimateCredits, requestSchema, validateRequest }) => {
    const url = "https://example.com/a.jpg";
    for (const [name, value] of Object.entries(hostile)) {
      for (const [request, options] of [
        [value],
        [{ model: value, inputs: value, callBackUrl: value }],
        [
          {
            model: "sd2",
            inputs: {
              prompt: value,
              duration: value,
              resolution: value,
              upscaleResolution: value,
              videoInputMode: value,
            },
          },
        ],
        [
          {
            model: "sd2",
            inputs: {
              urls: value,
              videoUrls: value,
              audioUrls: value,
              videoInputMode: "reference",
              resolution: "720x720",
            },
          },
        ],
        [{ model: "sd2", inputs: { urls: [value, value], [name]: value } }],
        [{ model: "sd2", inputs: { urls: [url] } }, { media: value }],
        [{ model: "sd2", inputs: { urls: [url] } }, { media: { [url]: value } }],
        [
          { model: "sd2", inputs: { urls: [url] } },
          { media: { [url]: { width: value, height: value, durationSeconds: value } } },
        ],
        [{ model: "sd2", inputs: { urls: [url] } }, value],
      ]) {
        const result = validateRequest(request, options);
        const errors = result.issues.filter(issue => issue.severity === "error");
        assert.equal(result.valid, errors.length === 0, name);
        if (result.valid) assert.equal(typeof result.credits, "number", name);
        if (result.valid) assert.notEqual(result.mode, null, name);
        assert.ok(JSON.stringify(result).length < 10_000_000, name);
      }
    }
    // The module must still work.
    assert.equal(estimateCredits({ model: "sd2" }).total, 200);
  },
);

for (const [entry, { estimateCredits, estimateMany, Sd2Error }] of entries) {
  test(`${entry}: estimateCredits and estimateMany only throw Sd2Errors, whatever the value`, () => {
    const request = { model: "sd2", inputs: { prompt: "a" } };
    for (const [name, value] of Object.entries(hostile)) {
      for (const input of hostileInputs(name, value)) {
        for (const price of [estimateCredits, input => estimateMany([request, input]), () => estimateMany(input)]) {
          try {
            price(input);
          } catch (error) {
            if (!Sd2Error.is(error)) throw error;
            assert.ok(["invalid_request", "invalid_argument"].includes(error.code), name);
            assert.ok(error.message.length < 500 && (error.issues ?? []).length <= 10_100, name);
          }
        }
      }
    }
    assert.equal(estimateCredits(request).total, 200);
  });
}

eachValidator(
  "requestSchema never throws, whatever the value",
  ({ cleanRequest, estimateCredits, requestSchema, validateRequest }) => {
    for (const [name, value] of Object.entries(hostile)) {
      for (const input of hostileInputs(name, value)) {
        const { issues } = requestSchema["~standard"].validate(input);
        assert.equal(issues === undefined, validateRequest(input).valid, name);
      }
    }
  },
);

const hostileInputs = (name, value) => [
  value,
  { model: value, duration: value },
  { model: "sd2", videoReference: value, [name]: value },
  { model: "sd2", inputs: value },
];

eachValidator(
  "an object of another realm is accepted",
  ({ cleanRequest, estimateCredits, requestSchema, validateRequest }) => {
    assert.deepEqual(validateRequest(runInNewContext("({ model: 'sd2', inputs: { urls: ['asset://a'] } })")), {
      valid: true,
      mode: "image",
      issues: [],
      credits: 200,
    });
  },
);

eachValidator(
  "only a limited part of a huge value is read",
  ({ cleanRequest, estimateCredits, requestSchema, validateRequest }) => {
    let reads = 0;
    const endless = new Proxy([], {
      get(_, name) {
        if (name === "length") return 1e9;
        if (name === "toJSON") return undefined;
        reads++;
        throw new Error("trap");
      },
    });
    assert.equal(validateRequest(new Array(9_000).fill(endless)).valid, false);
    assert.ok(reads <= 10_000, `${reads} reads`);
  },
);

eachValidator(
  "similar strings do not get mixed up",
  ({ cleanRequest, estimateCredits, requestSchema, validateRequest }) => {
    // Each of these two pairs shares a slot in the string cache (xtask/src/glue.rs): one string is a prefix of the other, or
    // its characters are the other's bytes.
    const pairs = ["abf\u0005z", "abf\u0005", "\u0001\u00c4\u0080", "\u0001\u0100"];
    const letters = ["a", "b", "é", "€", "🐞", "\u0000"];
    const names = ["", ...pairs, ...letters.flatMap(first => letters.flatMap(second => [first, first + second]))];
    for (const name of names.flatMap(name => [name, `${name}x`, `${"x".repeat(20)}${name}yz`])) {
      const { issues } = validateRequest({ model: "sd2", inputs: { prompt: "a" }, [name]: 1 });
      assert.deepEqual(issues[0].path, [name]);
    }
  },
);

eachValidator(
  "a request whose errors do not affect its price has a price",
  ({ cleanRequest, estimateCredits, requestSchema, validateRequest }) => {
    const request = { model: "sd2", inputs: { prompt: "", duration: "9s", image_url: "https://example.com/a.jpg" } };
    const { valid, credits, issues } = validateRequest(request);
    assert.deepEqual([valid, credits], [false, 360]);
    assert.deepEqual(
      issues.map(({ code, severity, suggestion }) => [code, severity, suggestion]),
      [
        ["prompt_required", "error", undefined],
        ["unknown_field", "error", "urls"],
      ],
    );
    assert.equal(estimateCredits(request).total, 360);
  },
);

eachValidator(
  "cleanRequest turns the values of a form into a request",
  ({ cleanRequest, estimateCredits, requestSchema, validateRequest }) => {
    const form = {
      model: " sd2 ",
      callBackUrl: "",
      inputs: {
        prompt: "A cat\n",
        urls: ["", " https://example.com/a.jpg\u00a0", null],
        videoUrls: [],
        audioUrls: [""],
        duration: 5,
        resolution: null,
        upscaleResolution: "",
        videoInputMode: undefined,
      },
    };
    const before = structuredClone(form);
    assert.deepEqual(cleanRequest(form), {
      model: "sd2",
      inputs: { prompt: "A cat\n", urls: ["https://example.com/a.jpg"], duration: "5s" },
    });
    assert.deepEqual(form, before);
    assert.equal(validateRequest(cleanRequest(form)).valid, true);
  },
);

eachValidator(
  "cleanRequest accepts a duration in digits, a URL with an invisible character, and empty fields",
  ({ cleanRequest, estimateCredits, requestSchema, validateRequest }) => {
    const cleaned = cleanRequest({
      model: "sd2",
      inputs: { prompt: "  ", duration: " 12 ", urls: ["asset://a\u200b"] },
      callBackUrl: "\ufeffhttps://example.com",
    });
    assert.deepEqual(cleaned, {
      model: "sd2",
      inputs: { duration: "12s", urls: ["asset://a"] },
      callBackUrl: "https://example.com",
    });
    assert.deepEqual(cleanRequest({ model: "", inputs: { urls: [null, ""], duration: 5.5 } }), {
      inputs: { duration: 5.5 },
    });
  },
);

eachValidator(
  "cleanRequest returns other values unchanged, even cyclic ones",
  ({ cleanRequest, estimateCredits, requestSchema, validateRequest }) => {
    for (const value of [null, undefined, 5, true, [], () => 1]) assert.deepEqual(cleanRequest(value), value);
    const cycle = { model: "sd2" };
    cycle.inputs = cycle;
    assert.equal(cleanRequest(cycle).inputs.model, "sd2");
  },
);

eachValidator(
  "undefined counts as left out in every field",
  ({ cleanRequest, estimateCredits, requestSchema, validateRequest }) => {
    const request = {
      model: "sd2",
      callBackUrl: undefined,
      inputs: {
        prompt: "a",
        urls: undefined,
        duration: undefined,
        resolution: undefined,
        videoInputMode: undefined,
        upscaleResolution: undefined,
        videoUrls: undefined,
        audioUrls: undefined,
      },
    };
    const { valid, issues, credits } = validateRequest(request);
    assert.deepEqual([valid, issues, credits], [true, [], 200]);
    assert.equal(
      estimateCredits({ model: "sd2", duration: undefined, upscaleResolution: undefined, videoReference: undefined })
        .total,
      200,
    );
  },
);

eachValidator(
  "memory does not grow with thousands of calls",
  ({ cleanRequest, estimateCredits, requestSchema, validateRequest }) => {
    const request = {
      model: "sd2",
      inputs: { urls: Array(12).fill("https://example.com/a.jpg"), videoInputMode: "reference", resolution: "720x720" },
    };
    const run = times => {
      for (let i = 0; i < times; i++) validateRequest(request);
      global.gc?.();
      return process.memoryUsage().rss;
    };
    const before = run(2_000);
    const grown = run(20_000) - before;
    assert.ok(grown < 64 * 1024 * 1024, `${grown} bytes`);
  },
);
