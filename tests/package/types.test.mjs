// The types of the installed package, as each way of resolving modules finds them.
import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { project, root, run, write } from "./project.mjs";

const strict = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noEmit: true,
  target: "es2022",
  types: [],
};
const browser = ["right.ts", "wrong.ts", "narrow.ts", "emulator.ts", "media.ts", "platform.ts"];
const bare = ["right.ts", "wrong.ts", "narrow.ts", "emulator.ts"];
const settings = {
  "a browser's library, as Node resolves": [{ lib: ["es2022", "dom"], module: "nodenext" }, browser],
  "a browser's library, as bundlers resolve": [{ lib: ["es2022", "dom"], module: "esnext", moduleResolution: "bundler" }, browser],
  "a bundler for Workers": [{ lib: ["es2022", "dom"], module: "esnext", moduleResolution: "bundler", customConditions: ["workerd", "worker", "browser"] }, browser],
  "no platform's library": [{ lib: ["es2022"], module: "nodenext" }, bare],
};

cpSync(join(root, "tests", "types"), join(project, "types"), { recursive: true });
for (const [name, [compilerOptions, files]] of Object.entries(settings)) {
  test(`right programs compile and wrong ones do not, with ${name}`, async () => {
    const config = `types/${name.replaceAll(/\W+/g, "-")}.json`;
    write(config, JSON.stringify({ compilerOptions: { ...strict, ...compilerOptions }, files }));
    const { code, output } = await run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", config]);
    assert.equal(output, "");
    assert.equal(code, 0);
  });
}

test("each entry has the types", async () => {
  write(
    "types/entries.ts",
    `import { Sd2Client as A } from "sd2-client";
     import { Sd2Client as B } from "sd2-client/inline";
     import { Sd2Client as C } from "sd2-client/workerd";
     import { Sd2Client as D } from "sd2-client/slim";
     export const all: (typeof A)[] = [A, B, C, D];`,
  );
  const compilerOptions = { ...strict, lib: ["es2022"], module: "nodenext" };
  write("types/entries.json", JSON.stringify({ compilerOptions, files: ["entries.ts"] }));
  const { code, output } = await run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", "types/entries.json"]);
  assert.deepEqual([code, output], [0, ""]);
});
