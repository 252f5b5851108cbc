// The slim entry: the same API, with WebAssembly that the user loads.
import assert from "node:assert/strict";
import { test } from "node:test";
import { dist, load, wasmBytes } from "../../support/project.mjs";
import { startSandbox } from "../../support/sandbox.mjs";

const sandbox = await startSandbox("--mount", `/package=${dist}`);

let copies = 0;
/** A new instance of the entry. */
const fresh = () => load("sd2-client/slim", `copy-${copies++}`);
const notInitialized = error =>
  error.name === "Sd2Error" && error.code === "not_initialized" && /init\(/.test(error.message);
const price = ({ estimateCredits }) => assert.equal(estimateCredits({ model: "sd2" }).total, 200);

test("before init every call rejects or throws with not_initialized", async () => {
  const slim = await fresh();
  assert.throws(() => slim.estimateCredits({ model: "sd2" }), notInitialized);
  assert.throws(() => slim.validateRequest({}), notInitialized);
  assert.throws(() => new slim.Sd2Client({ apiKey: "key" }), notInitialized);
  await assert.rejects(slim.init(), notInitialized);
});

test("init takes bytes, a module, a URL, a response, and promises of them", async () => {
  const url = `${sandbox.url}/package/sd2_client.wasm`;
  for (const source of [
    () => wasmBytes(),
    () => new Uint8Array(wasmBytes()).buffer,
    () => new WebAssembly.Module(wasmBytes()),
    () => WebAssembly.compile(wasmBytes()),
    () => url,
    () => new URL(url),
    () => fetch(url),
    async () => await fetch(url),
  ]) {
    const slim = await fresh();
    await slim.init(source());
    price(slim);
    await slim.init();
    price(slim);
  }
});

test("a failed init can be repeated", async () => {
  const slim = await fresh();
  for (const source of [
    new Uint8Array(8),
    `${sandbox.url}/package/missing.wasm`,
    `${sandbox.url}/package/index.js`,
    // Otherwise the promise would count as an unhandled rejection.
    { then: (_, reject) => reject(new Error("mine")) },
    "not a url",
    7,
    null,
    {},
  ]) {
    await assert.rejects(
      slim.init(source),
      error => error.name === "Sd2Error" && error.code === "not_initialized",
      String(source),
    );
  }
  await slim.init(wasmBytes());
  price(slim);
});

test("two parallel calls of init make one instance", async () => {
  const slim = await fresh();
  await Promise.all([slim.init(wasmBytes()), slim.init(wasmBytes())]);
  price(slim);
});

test("generate works with the slim entry", async () => {
  const { init, Sd2Client } = await fresh();
  await init(wasmBytes());
  const client = new Sd2Client({ apiKey: "sandbox-key", baseUrl: sandbox.baseUrl });
  const task = await client.generate({ model: "sd2", inputs: { prompt: "a" } }, { pollIntervalMs: 40 });
  assert.equal(task.status, "COMPLETED");
});
