// The Rust crate as it would be published, and another WebAssembly crate that uses it.
import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { root } from "../app.mjs";

const TARGETS = ["--target", "wasm32-unknown-unknown"];

const rows = [
  {
    tool: "cargo publish",
    how: "--dry-run, for this machine and for WebAssembly",
    async run({ app }) {
      // Uncommitted changes must not stop the check.
      const publish = ["publish", "--dry-run", "--allow-dirty", "--package", "sd2-client"];
      for (const target of [[], TARGETS]) {
        const { errors } = await app.run("cargo", [...publish, ...target], { cwd: root, all: true });
        // Expected: nothing is uploaded, and the tests are not in the crate.
        const meant = /dry run|ignoring test/;
        assert.deepEqual(
          errors.split("\n").filter(line => line.startsWith("warning:") && !meant.test(line)),
          [],
        );
      }
    },
  },
  {
    tool: "cargo doc",
    how: "without a warning, for this machine and for WebAssembly",
    async run({ app }) {
      for (const target of [[], TARGETS]) {
        const doc = ["doc", "--quiet", "--package", "sd2-client", "--no-deps", ...target];
        await app.run("cargo", doc, { cwd: root, env: { RUSTDOCFLAGS: "--deny warnings" } });
      }
    },
  },
  {
    tool: "A crate that uses it",
    how: "examples/rust, in Node",
    async run({ app }) {
      await app.run(process.env.XTASK, ["example"], { cwd: root, seconds: 600 });
      app.clean("storyboard");
      cpSync(join(root, "target", "storyboard"), app.path("storyboard"), { recursive: true });
      const told = JSON.parse(await app.script("start"));
      assert.deepEqual(told.prices, [192, 384]);
      assert.equal(told.mode, "text");
      assert.match(told.wrong, /^The request is not valid: inputs: prompt/);
    },
  },
];

export const crate = rows.map(row => ({ group: "Rust", app: "crate", ...row }));
