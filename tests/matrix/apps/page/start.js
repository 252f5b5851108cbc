// The ways to start, each with an instance of the package that nobody has touched.
import { tellAll } from "./tell.js";

let copies = 0;
const fresh = entry => import(`./node_modules/sd2-client/dist/${entry}.js?${copies++}`);
const wasm = new URL("./node_modules/sd2-client/dist/sd2_client.wasm", location.href);
const price = ({ estimateCredits }) => estimateCredits({ model: "sd2" }).total;
const codeOf = promise =>
  promise.then(
    () => "resolved",
    ({ code }) => code,
  );

tellAll({
  async withoutInit() {
    return price(await fresh("index"));
  },
  async twiceAndAtOnce() {
    const sd2 = await fresh("index");
    await Promise.all([sd2.init(), sd2.init(), sd2.init()]);
    await sd2.init();
    return price(sd2);
  },
  async usedWhileStarting() {
    const sd2 = await fresh("index");
    const started = sd2.init();
    const early = new sd2.Sd2Client({ apiKey: "a" });
    await started;
    return price(sd2) + Number(early instanceof sd2.Sd2Client);
  },
  async usedAfterFailure() {
    const sd2 = await fresh("index");
    return [await codeOf(sd2.init(new Uint8Array(8))), price(sd2)];
  },
  async again() {
    const slim = await fresh("slim");
    const before = await codeOf((async () => price(slim))());
    const failures = [];
    for (const source of ["./missing.wasm", new Uint8Array(8), null, 7]) failures.push(await codeOf(slim.init(source)));
    await slim.init(wasm);
    return [before, ...failures, price(slim)];
  },
  /** Calls at once: one that brings what works is not dragged down by those that do not. */
  async eachItsOwnSource() {
    const slim = await fresh("slim");
    const outcomes = [slim.init("./missing.wasm"), slim.init(wasm), slim.init(new Uint8Array(8))].map(codeOf);
    return [...(await Promise.all(outcomes)), price(slim)];
  },
  async everySource() {
    const bytes = await (await fetch(wasm)).arrayBuffer();
    const frame = document.body.appendChild(document.createElement("iframe")).contentWindow;
    const modules = [WebAssembly.compile(bytes), frame.WebAssembly.compile(bytes)];
    const sources = [String(wasm), wasm, fetch(wasm), bytes, new Uint8Array(bytes), ...modules];
    return Promise.all(
      sources.map(async source => {
        const slim = await fresh("slim");
        await slim.init(source);
        return price(slim);
      }),
    );
  },
});
