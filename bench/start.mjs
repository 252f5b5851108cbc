// Measures the time until there is a client: sd2-client next to published SDKs, in Node and in Chromium.
import { execFileSync } from "node:child_process";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import limits from "./limits.json" with { type: "json" };
import { checkBeside, lows, report } from "./race.mjs";
import { sdks } from "./sdks.mjs";

const ROUNDS = 25;

/** Measures all in turn, so that other load on the machine affects all alike. */
const takeTurns = async (names, measure) => {
  const samples = Object.fromEntries(names.map(name => [name, []]));
  for (let round = 0; round < ROUNDS; round++) {
    for (let turn = 0; turn < names.length; turn++) {
      const name = names[(turn + round) % names.length];
      samples[name].push(await measure(name));
    }
  }
  return samples;
};

const script = fileURLToPath(new URL("start-in-node.mjs", import.meta.url));
const inNode = await takeTurns(Object.keys(sdks), name =>
  execFileSync(process.execPath, [script, name], { encoding: "utf8" }).split(" ").map(Number),
);
const part = (samples, index) =>
  Object.fromEntries(Object.entries(samples).map(([name, each]) => [name, each.map(sample => sample[index])]));
const title = `From the import to a constructed client, Node ${process.versions.node}`;
const node = report(`${title}: processor time`, "ms", part(inNode, 0));
report(`${title}: by the clock`, "ms", part(inNode, 1));
checkBeside("ms", lows(node), limits.start.node);

// Each page is a bundled module that ends by storing the milliseconds since the navigation.
const DONE = "globalThis.done = performance.now();";
const EMPTY = "an empty page";
const SCRIPTS = {
  "sd2-client": `import { Sd2Client } from ${JSON.stringify(fileURLToPath(sdks["sd2-client"].from))}; new Sd2Client({ apiKey: "key" });`,
  replicate: `import Replicate from "replicate"; new Replicate({ auth: "key" });`,
  "@fal-ai/client": `import { createFalClient } from "@fal-ai/client"; createFalClient({ credentials: "key" });`,
  [EMPTY]: "",
};
const pages = new Map();
for (const [name, source] of Object.entries(SCRIPTS)) {
  const { outputFiles } = await build({
    stdin: { contents: source + DONE, resolveDir: fileURLToPath(new URL(".", import.meta.url)) },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    write: false,
    logLevel: "error",
  });
  pages.set(
    `/${encodeURIComponent(name)}`,
    `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script type="module" src="/${encodeURIComponent(name)}.js"></script>`,
  );
  pages.set(`/${encodeURIComponent(name)}.js`, outputFiles[0].text);
}
const server = createServer(({ url }, response) => {
  const type = url.endsWith(".js") ? "text/javascript" : "text/html";
  // Cross-origin isolated pages have a finer clock.
  response.writeHead(pages.has(url) ? 200 : 404, {
    "content-type": type,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-embedder-policy": "require-corp",
  });
  response.end(pages.get(url));
});
await new Promise(listening => server.listen(0, "127.0.0.1", listening));

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [...(process.getuid?.() === 0 ? ["--no-sandbox"] : []), "--disable-gpu"],
});
const inChromium = await takeTurns(Object.keys(SCRIPTS), async name => {
  // A new context has an empty cache.
  const context = await browser.newContext();
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  await page.goto(`http://127.0.0.1:${server.address().port}/${encodeURIComponent(name)}`);
  const done = await (await page.waitForFunction(() => globalThis.done)).jsonValue();
  const { metrics } = await session.send("Performance.getMetrics");
  await context.close();
  return [1000 * metrics.find(({ name }) => name === "ScriptDuration").value, done];
});
await browser.close();
server.close();

const where = `Chromium ${browser.version()}`;
const scripts = report(
  `A page with a client, ${where}: time that the scripts of its thread take`,
  "ms",
  part(inChromium, 0),
);
const page = report(`From the navigation to a client, ${where}: by the clock`, "ms", part(inChromium, 1));
/** The additional time of each page over the empty one. */
const over = found => {
  const { [EMPTY]: empty, ...others } = lows(found);
  return Object.fromEntries(Object.entries(others).map(([name, low]) => [name, low - empty]));
};
console.log("  over an empty page:");
for (const [name, ms] of Object.entries(over(page))) console.log(`  ${name.padEnd(18)}${ms.toFixed(2).padStart(8)} ms`);
// Only the time of the thread has a limit, because the clock depends on how busy the machine is. On a quiet machine, 10 ms by the clock
// are about 5 ms of the thread (replicate: 3.5 and 1.5, fal: 15 and 8.5).
checkBeside("ms over an empty page", over(scripts), limits.start.chromium);
