// The tarball: its files, and the checks of package linters.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, tarball } from "../app.mjs";
import { PAGE, PLACES } from "../report.mjs";

/** All files of the tarball. An additional or a missing file is an error. */
const FILES = [
  "CHANGELOG.md",
  "LICENSE-APACHE",
  "LICENSE-MIT",
  "README.md",
  "dist/ai-sdk.cjs",
  "dist/ai-sdk.d.cts",
  "dist/ai-sdk.d.ts",
  "dist/ai-sdk.js",
  "dist/ai-sdk.js.map",
  "dist/calculator-element.d.ts",
  "dist/calculator-element.js",
  "dist/edge-light.js",
  "dist/edge-light.js.map",
  "dist/emulator-workerd.js",
  "dist/emulator.cjs",
  "dist/emulator.d.cts",
  "dist/emulator.d.ts",
  "dist/emulator.js",
  "dist/emulator.wasm",
  "dist/gateway-cloudflare.d.ts",
  "dist/gateway-cloudflare.js",
  "dist/gateway-edge-light.js",
  "dist/gateway-workerd.js",
  "dist/gateway.cjs",
  "dist/gateway.d.cts",
  "dist/gateway.d.ts",
  "dist/gateway.js",
  "dist/gateway.wasm",
  "dist/index.cjs",
  "dist/index.d.cts",
  "dist/index.d.ts",
  "dist/index.js",
  "dist/index.js.map",
  "dist/media-edge-light.js",
  "dist/media-edge-light.js.map",
  "dist/media-workerd.js",
  "dist/media-workerd.js.map",
  "dist/media.cjs",
  "dist/media.d.cts",
  "dist/media.d.ts",
  "dist/media.js",
  "dist/media.js.map",
  "dist/media.wasm",
  "dist/offline-edge-light.js",
  "dist/offline-edge-light.js.map",
  "dist/offline-workerd.js",
  "dist/offline-workerd.js.map",
  "dist/offline.cjs",
  "dist/offline.d.cts",
  "dist/offline.d.ts",
  "dist/offline.js",
  "dist/offline.js.map",
  "dist/prices.cjs",
  "dist/prices.d.cts",
  "dist/prices.d.ts",
  "dist/prices.js",
  "dist/prices.js.map",
  "dist/sd2_client.wasm",
  "dist/sd2_client.wasm.d.ts",
  "dist/sd2_offline.wasm",
  "dist/slim.cjs",
  "dist/slim.js",
  "dist/slim.js.map",
  "dist/workerd.js",
  "dist/workerd.js.map",
  "media.js",
  "package.json",
];

/** The agreed public types. */
const GOLDEN = join(root, "tests", "matrix", "golden", "index.d.ts");

const withoutComments = types =>
  types
    .replaceAll(/\/\*[^]*?\*\/|^\s*\/\/.*$/gm, "")
    .replaceAll(/[ \t]+$/gm, "")
    .replaceAll(/\n{2,}/g, "\n")
    .trimStart();

const rows = [
  {
    tool: "publint",
    package: "publint",
    async run({ app }) {
      assert.match(await app.script("publint", { args: [tarball] }), /All good!/);
    },
  },
  {
    tool: "attw",
    package: "@arethetypeswrong/cli",
    how: "profile esm-only",
    async run({ app }) {
      // `script` fails if the exit code reports findings.
      await app.script("attw", { args: [tarball] });
    },
  },
  {
    tool: "npm pack",
    how: "contents",
    async run() {
      const args = ["pack", "--dry-run", "--json", "--ignore-scripts"];
      const { stdout } = spawnSync("npm", args, { cwd: root, encoding: "utf8" });
      const [{ files, size, unpackedSize }] = JSON.parse(stdout);
      assert.deepEqual(files.map(({ path }) => path).sort(), FILES);
      return { figure: `${(size / 1000).toFixed(1)} kB, unpacked ${(unpackedSize / 1000).toFixed(1)} kB` };
    },
  },
  {
    tool: "Source maps",
    how: "in Node",
    async run({ app }) {
      for (const file of FILES.filter(name => name.endsWith(".js.map"))) {
        const { sources, sourcesContent } = JSON.parse(app.read(`node_modules/sd2-client/${file}`));
        assert.equal(sourcesContent.filter(content => content?.length > 0).length, sources.length, file);
      }
      // The line that throws and the line that calls it.
      const stack = await app.script("throw");
      const client = readFileSync(join(root, "js", "client.js"), "utf8").split("\n");
      const [, line] = /js\/client\.js:(\d+):/.exec(stack) ?? assert.fail(stack);
      assert.match(client[line - 1], /throw/);
    },
  },
  {
    tool: "Version",
    how: "the same in each file",
    async run() {
      const read = file => readFileSync(join(root, file), "utf8");
      const { version } = JSON.parse(read("package.json"));
      assert.equal(/^version = "(.*)"$/m.exec(read("Cargo.toml"))?.[1], version);
      assert.equal(/^## ([^ ]+)/m.exec(read("CHANGELOG.md"))?.[1], version);
      for (const page of ["README.md", "docs/entries.md"])
        assert.equal(/sd2-client@([\d.]+\d)/.exec(read(page))?.[1], version);
      return { version };
    },
  },
  {
    tool: "docs",
    how: "name what the matrix tries",
    quick: "only",
    async run() {
      const page = readFileSync(join(root, PAGE), "utf8");
      const { rows } = await import("../rows.mjs");
      for (const { group, tool, app, package: name } of rows.filter(row => PLACES.includes(row.group) && row.package)) {
        const { dependencies, devDependencies } = JSON.parse(
          readFileSync(join(root, "tests", "matrix", "apps", app, "package.json"), "utf8"),
        );
        const version = { ...dependencies, ...devDependencies }[name].replace(/^npm:.*@/, "");
        const said = page.includes(`${tool} ${version}`) && page.includes(`| ${group} `);
        assert.ok(said, `${PAGE} does not name ${tool} ${version}: npm run test:matrix writes it.`);
      }
    },
  },
  {
    tool: "Public types",
    how: "as agreed on in tests/matrix/golden",
    async run({ app, update }) {
      const types = withoutComments(app.read("node_modules/sd2-client/dist/index.d.ts"));
      if (update) writeFileSync(GOLDEN, types);
      assert.equal(
        types,
        readFileSync(GOLDEN, "utf8"),
        "The public types changed. If that is meant: npm run test:matrix -- public --update",
      );
    },
  },
];

export const packages = rows.map(row => ({ group: "Package", app: "package", how: "", quick: true, ...row }));
