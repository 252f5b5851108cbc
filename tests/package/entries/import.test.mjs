// The effects of an import.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { transformSync } from "esbuild";
import { dist, project, resolve, run, runScript, write } from "../../support/project.mjs";

test("the first call works right after the import", async () => {
  const output = await runScript(
    "first-call.mjs",
    `import { estimateCredits } from "sd2-client";
     console.log(estimateCredits({ model: "sd2", duration: "5s", upscaleResolution: "4k" }).total);`,
  );
  assert.equal(output, "400");
});

test("require() works in a Node that can require ES modules", { skip: !process.features.require_module }, async () => {
  const output = await runScript(
    "require.cjs",
    `const { Sd2Client, estimateCredits } = require("sd2-client");
     new Sd2Client({ apiKey: "key" });
     console.log(estimateCredits({ model: "sd2" }).total);`,
    { flags: ["--no-warnings"] },
  );
  assert.equal(output, "200");
});

for (const entry of ["sd2-client", "sd2-client/inline", "sd2-client/slim"]) {
  test(`importing ${entry} has no side effects`, async () => {
    const output = await runScript(
      `nothing-${entry.replaceAll("/", "-")}.mjs`,
      `const calls = [];
       const watch = (owner, name) => {
         const original = owner[name];
         owner[name] = new Proxy(original, {
           apply: (...all) => (calls.push(name), Reflect.apply(...all)),
           construct: (...all) => (calls.push(name), Reflect.construct(...all)),
         });
       };
       for (const name of ["Module", "Instance", "Memory", "compile", "instantiate"]) watch(WebAssembly, name);
       for (const name of ["fetch", "setTimeout", "setInterval", "queueMicrotask", "TextDecoder", "TextEncoder"]) watch(globalThis, name);
       for (const name of ["random"]) watch(Math, name);
       const before = Object.getOwnPropertyNames(globalThis).length;
       const entry = await import("${entry}");
       const named = Object.keys(entry).sort();
       console.log(JSON.stringify({ calls: [...calls], globals: Object.getOwnPropertyNames(globalThis).length - before, named }));`,
    );
    const { calls, globals, named } = JSON.parse(output);
    // Decoders have no state and compile nothing. The glue creates two of them when it is imported.
    assert.deepEqual(
      calls.filter(name => !name.startsWith("Text")),
      [],
    );
    assert.equal(globals, 0);
    // The exports are exactly those of the types.
    const types = readFileSync(join(dist, "index.d.ts"), "utf8");
    const promised = [...types.matchAll(/^export (?:declare )?(?:class|function|const) (\w+)/gm)].map(
      match => match[1],
    );
    assert.deepEqual(named, [...new Set(promised)].sort());
  });
}

test("the WebAssembly and the small module that decodes it are compiled once, at the first use", async () => {
  const output = await runScript(
    "compiled-once.mjs",
    `let modules = 0;
     WebAssembly.Module = new Proxy(WebAssembly.Module, { construct: (...all) => (modules++, Reflect.construct(...all)) });
     const { estimateCredits, validateRequest, Sd2Client, init } = await import("sd2-client");
     const counts = [modules];
     estimateCredits({ model: "sd2" });
     counts.push(modules);
     validateRequest({});
     new Sd2Client({ apiKey: "key" });
     await init();
     counts.push(modules);
     console.log(counts.join());`,
  );
  // The decoder, and what it decodes.
  assert.equal(output, "0,2,2");
});

test("init() compiles ahead and can be repeated", async () => {
  const output = await runScript(
    "init.mjs",
    `import { estimateCredits, init } from "sd2-client";
     await Promise.all([init(), init()]);
     await init();
     console.log(estimateCredits({ model: "sd2-fast" }).total);`,
  );
  assert.equal(output, "160");
});

test("a program that uses no export bundles to nothing", async () => {
  const { build } = await import("esbuild");
  const entry = write("nothing.mjs", `import {} from "sd2-client"; console.log("mine");`);
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    format: "esm",
    write: false,
    logLevel: "silent",
  });
  assert.equal(outputFiles[0].text.includes("WebAssembly"), false);
});

test("the entries have no top-level await, and only those for Workers and the edge have imports", () => {
  const needed = { workerd: ["./sd2_client.wasm"], "edge-light": ["./sd2_client.wasm?module"] };
  for (const entry of ["index", "slim", "workerd", "edge-light"]) {
    const text = readFileSync(join(dist, `${entry}.js`), "utf8");
    const imports = [...text.matchAll(/\bimport\s*(?:[\w$*{},\s]+?from\s*)?["']([^"']+)["']/g)].map(match => match[1]);
    assert.deepEqual(imports, needed[entry] ?? [], entry);
    assert.doesNotMatch(text, /import\.meta/, entry);
    // A plain function cannot contain await, so parsing the entry as one refuses a top-level await.
    assert.doesNotThrow(() => transformSync(text, { format: "cjs", logLevel: "silent" }), entry);
  }
});

test("the package contains all files of its exports, and none of the project's others", async () => {
  const { exports } = JSON.parse(readFileSync(join(project, "node_modules/sd2-client/package.json"), "utf8"));
  for (const name of Object.keys(exports)) assert.ok(resolve(join("sd2-client", name)), name);
  const { output } = await run("find", ["node_modules/sd2-client", "-type", "f"]);
  const files = output
    .trim()
    .split("\n")
    .map(path => path.replace("node_modules/sd2-client/", ""));
  const expected = /^(dist\/[\w.-]+|media\.js|package\.json|README\.md|CHANGELOG\.md|LICENSE-(MIT|APACHE))$/;
  assert.deepEqual(
    files.filter(path => !expected.test(path)),
    [],
  );
});
