// Measures the size of the package and the time of its first use, without limits.
import { readFileSync, rmSync } from "node:fs";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { openApp } from "./app.mjs";
import { browser } from "./browser.mjs";
import { serveFiles } from "./files.mjs";

const median = numbers => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const ms = number => `${number.toFixed(1)} ms`;
const kB = bytes => `${(bytes / 1000).toFixed(1)} kB`;

const repeat = async (times, measure) => {
  const found = [];
  for (let i = 0; i < times; i++) found.push(await measure(i));
  return name => median(found.map(each => each[name]));
};

/** Rows of `{ what, figure }`. */
export const measure = async () => {
  const app = await openApp("figures");
  return [...(await sizes(app)), ...(await coldStarts(app))];
};

const sizes = async app => {
  const rows = [];
  for (const [what, entry] of [
    ["the smallest useful program, WebAssembly included", "sd2-client"],
    ["the same in a Worker, beside its .wasm", "sd2-client/workerd"],
    ["the same with the slim entry, beside its .wasm", "sd2-client/slim"],
  ]) {
    app.write(
      "smallest.js",
      `import { Sd2Client } from "${entry}";
       new Sd2Client({ apiKey: "key" }).generate({ model: "sd2", inputs: { prompt: "A cat playing piano" } });`,
    );
    const esbuild = [
      "smallest.js",
      "--bundle",
      "--minify",
      "--format=esm",
      "--external:*.wasm",
      "--outfile=smallest.min.js",
    ];
    await app.run("npx", ["esbuild", ...esbuild, "--log-level=error"]);
    rows.push({ what, figure: weigh(readFileSync(app.path("smallest.min.js"))) });
  }
  const wasm = readFileSync(app.path("node_modules/sd2-client/dist/sd2_client.wasm"));
  return [...rows, { what: "the .wasm file", figure: weigh(wasm) }];
};

const weigh = bytes => {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length };
  return `${kB(brotliCompressSync(bytes, { params }).length)} brotli, ${kB(gzipSync(bytes, { level: 9 }).length)} gzip`;
};

const coldStarts = async app => {
  const rows = [];
  for (const [name, node] of [
    ["Node 24", app.path("node_modules/.bin/node")],
    [`Node ${process.versions.node.split(".")[0]}`, process.execPath],
  ]) {
    const of = await repeat(9, async () => JSON.parse(await app.run(node, ["cold.js"])));
    rows.push(
      { what: `${name}: import`, figure: ms(of("import")) },
      { what: `${name}: first call`, figure: ms(of("call")) },
    );
  }

  const chromium = await browser("Chromium");
  const files = await serveFiles(app.folder);
  const of = await repeat(9, i => chromium.told(`${files.url}/cold.html?${i}`)).finally(files.close);
  rows.push(
    { what: "Chromium: import", figure: ms(of("import")) },
    { what: "Chromium: first call", figure: ms(of("call")) },
  );

  const answers = {};
  for (const name of ["worker", "empty"]) {
    rmSync(app.path(name), { recursive: true, force: true });
    const esbuild = [
      `${name}.js`,
      "--bundle",
      "--minify",
      "--format=esm",
      "--conditions=workerd,worker,browser",
      "--loader:.wasm=copy",
    ];
    await app.run("npx", ["esbuild", ...esbuild, `--outdir=${name}`, "--entry-names=a-[name]", "--log-level=error"]);
    answers[name] = await repeat(7, async () =>
      JSON.parse(await app.run(app.path("node_modules/.bin/node"), ["first-answer.js", name])),
    );
  }
  for (const [what, name] of [
    ["workerd: start", "start"],
    ["workerd: first answer", "answer"],
  ]) {
    rows.push({ what, figure: `${ms(answers.worker(name))} (an empty Worker: ${ms(answers.empty(name))})` });
  }
  return rows;
};
