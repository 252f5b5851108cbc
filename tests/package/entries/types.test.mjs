// The types of the installed package, with each kind of module resolution.
import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { project, root, run, write } from "../../support/project.mjs";
import { snippets } from "../../support/snippets.mjs";

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
  "a browser's library, as bundlers resolve": [
    { lib: ["es2022", "dom"], module: "esnext", moduleResolution: "bundler" },
    browser,
  ],
  "a bundler for Workers": [
    {
      lib: ["es2022", "dom"],
      module: "esnext",
      moduleResolution: "bundler",
      customConditions: ["workerd", "worker", "browser"],
    },
    browser,
  ],
  "no platform's library": [{ lib: ["es2022"], module: "nodenext" }, bare],
};

cpSync(join(root, "tests", "types"), join(project, "types"), { recursive: true });
for (const [name, [compilerOptions, files]] of Object.entries(settings)) {
  test(`right programs compile and wrong ones do not with ${name}`, async () => {
    const config = `types/${name.replaceAll(/\W+/g, "-")}.json`;
    write(config, JSON.stringify({ compilerOptions: { ...strict, ...compilerOptions }, files }));
    const { code, output } = await run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", config]);
    assert.equal(output, "");
    assert.equal(code, 0);
  });
}

const tsc = (...args) => run(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), ...args]);

for (const module of ["node16", "nodenext"]) {
  test(`a CommonJS file of TypeScript imports the package under ${module}, and runs`, async () => {
    write(
      `types/${module}/common.cts`,
      `import { estimateCredits, Sd2Client, Sd2Error, type CreditsEstimate } from "sd2-client";
       import prices = require("sd2-client/prices");
       import * as slim from "sd2-client/slim";
       import { createEmulator } from "sd2-client/emulator";
       import { probeMedia } from "sd2-client/media";
       export const client: Sd2Client = new Sd2Client({ apiKey: "key" });
       export const price: CreditsEstimate = estimateCredits({ model: "sd2" });
       declare const console: { log(text: string): void };
       console.log([price.total, prices.estimateCredits({ model: "sd2-fast" }).total, typeof slim.init, typeof createEmulator, typeof probeMedia, Sd2Error.is(price)].join());`,
    );
    // A module that imports the same client with the same types.
    write(
      `types/${module}/module.mts`,
      `import { Sd2Client, type CreditsEstimate } from "sd2-client";
       import { client, price } from "./common.cjs";
       export const same: [Sd2Client, CreditsEstimate] = [client, price];
       if (!(client instanceof Sd2Client)) throw new Error("There are two of the package.");`,
    );
    const compilerOptions = {
      ...strict,
      noEmit: false,
      outDir: "out",
      lib: ["es2022"],
      module,
      moduleResolution: module,
    };
    write(`types/${module}/tsconfig.json`, JSON.stringify({ compilerOptions, files: ["common.cts", "module.mts"] }));
    assert.deepEqual(await tsc("-p", `types/${module}/tsconfig.json`), { code: 0, output: "" });
    const { code, output } = await run(process.execPath, ["--no-warnings", `types/${module}/out/module.mjs`]);
    assert.equal(output.trim(), "200,160,function,function,function,false");
    assert.equal(code, 0);
  });
}

// The first snippet of a page stands alone, except for the key. The others follow the code before them.
const GIVEN = "declare const apiKey: string;\n";
const MORE =
  "declare const client: import('sd2-client').Sd2Client;\ndeclare const request: import('sd2-client').TaskRequest;\n";
const [first, later] = [true, false].map(isFirst =>
  snippets().filter(snippet => snippet.isFirst === isFirst && !["ai", "sketch"].includes(snippet.where)),
);
for (const [name, found, given] of [
  ["the first snippet of each page", first, GIVEN],
  ["every other snippet", later, GIVEN + MORE],
]) {
  test(`${name} of README.md and docs/ compiles as TypeScript`, async () => {
    const folder = `types/${name.split(" ", 2).join("-")}`;
    write(`${folder}/package.json`, '{ "type": "module" }');
    // undici is not installed here.
    write(`${folder}/given.d.ts`, `${given}declare module "undici";\n`);
    const files = found.map(({ id, language, source }) => {
      const file = `${id}.${language === "tsx" ? "tsx" : "ts"}`;
      write(`${folder}/${file}`, `${source}\nexport {};\n`);
      return file;
    });
    const compilerOptions = {
      // The settings of `tsc --init`.
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      verbatimModuleSyntax: true,
      noEmit: true,
      skipLibCheck: true,
      target: "esnext",
      module: "nodenext",
      jsx: "react-jsx",
      types: ["node"],
      typeRoots: [join(root, "node_modules/@types")],
    };
    write(`${folder}/tsconfig.json`, JSON.stringify({ compilerOptions, files: ["given.d.ts", ...files] }));
    assert.deepEqual(await tsc("-p", `${folder}/tsconfig.json`), { code: 0, output: "" });
  });
}

/**
 * Errors that TypeScript finds reliably in JavaScript without annotations: unknown names and imports, misspelt properties,
 * comparisons that are never true, use before definition. Its guesses about the shapes of values are left out.
 */
const MISTAKES = [2300, 2304, 2305, 2306, 2307, 2367, 2448, 2454, 2459, 2460, 2551, 2552, 2588, 2613, 2614, 2724];

test("js/ uses only names that exist", async () => {
  const { output } = await tsc("--pretty", "false", "-p", join(root, "tests/types/js"));
  const found = output.split("\n").filter(line => MISTAKES.includes(Number(/ error TS(\d+): /.exec(line)?.[1])));
  assert.deepEqual(found, []);
  assert.match(output, / error TS2339: /, "tsc checked the files");
});

test("each entry has its types", async () => {
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
  const { code, output } = await run(process.execPath, [
    join(root, "node_modules/typescript/bin/tsc"),
    "-p",
    "types/entries.json",
  ]);
  assert.deepEqual([code, output], [0, ""]);
});
