// The WebAssembly that xtask/src/inline.rs writes as text, and both decoders of js/module/.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { build } from "esbuild";
import { root, wasmBytes } from "../../support/project.mjs";

const glue = name => join(root, "target", "glue", name);

/** Decodes with a file of js/module/. `inlined` is the source of the variable that it reads. */
const decode = async (loader, inlined) => {
  const { outputFiles } = await build({
    entryPoints: [join(root, "js", "module", `${loader}.js`)],
    alias: { "sd2-client-decoder": glue("decoder.js") },
    footer: { js: inlined },
    bundle: true,
    write: false,
    format: "esm",
  });
  const { source } = await import(
    `data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`
  );
  return source();
};

/** The 87 characters from `#` to `~` without `$ ' < \` and the backtick. */
const ALPHABET = Array.from({ length: 92 }, (_, i) => String.fromCharCode(35 + i)).filter(c => !"$'<\\`".includes(c));

/** Writes bytes as inline.rs does: shifted, 86 values as one character, and the others as an escape and a character. */
const encode = (bytes, shift) => {
  const write = value => ["", " ", "!"][Math.floor(value / 86)] + ALPHABET[value % 86];
  const text = Array.from(bytes, byte => write((byte + shift) & 255)).join("");
  return `var sd2_client_inlined = [${JSON.stringify(text)}, ${shift}];`;
};

/** Each byte value, in runs of different lengths, in mixed order. */
const ANY_BYTES = Uint8Array.from(
  Array.from({ length: 256 }, (_, i) => Array((i % 7) + 1).fill((i * 89) % 256)).flat(),
);

for (const loader of ["inline", "inline-fast"]) {
  test(`${loader}.js decodes each byte value`, async () => {
    for (const shift of [0, 1, 85, 255]) assert.deepEqual(await decode(loader, encode(ANY_BYTES, shift)), ANY_BYTES);
  });

  test(`${loader}.js decodes the package's module to the bytes of its .wasm file`, async () => {
    const bytes = await decode(loader, readFileSync(glue("inlined.js"), "utf8"));
    assert.deepEqual(Buffer.from(bytes), wasmBytes());
  });
}
