// Encodings of WebAssembly in a script, after each minifier: their size, and whether the bytes survive, even in a page with
// another charset. The package's encoding must be the smallest with brotli that survives everything.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import { root } from "../app.mjs";

const OURS = "shifted and escaped (ours)";

/** Scripts that set `globalThis.bytes` to the bytes of the module. */
const ways = wasm => ({
  base64: `globalThis.bytes = Uint8Array.from(atob("${wasm.toString("base64")}"), (c) => c.charCodeAt());`,
  hex: `globalThis.bytes = Uint8Array.from("${wasm.toString("hex")}".match(/../g), (pair) => parseInt(pair, 16));`,
  "hex, an alphabet for each digit": `globalThis.bytes = Uint8Array.from("${[...wasm]
    .map(byte => String.fromCharCode(97 + (byte >> 4), 65 + (byte & 15)))
    .join("")}".match(/../g), (pair) => 16 * (pair.charCodeAt() - 97) + pair.charCodeAt(1) - 65);`,
  "a character for each byte": `globalThis.bytes = Uint8Array.from("${wasm
    .toString("latin1")
    .replaceAll(/[\\"\n\r\0]/g, c =>
      c === "\0" ? "\\x00" : JSON.stringify(c).slice(1, -1),
    )}", (c) => c.charCodeAt());`,
  "sorted by frequency and escaped": sorted(wasm),
  [OURS]: `${["target/glue/inlined.js", "js/module/inline.js"]
    .map(file => readFileSync(join(root, file), "utf8").replaceAll(/^export /gm, ""))
    .join("")}globalThis.bytes = source();`,
});

/** Like the package's, but with a table of the values, the most frequent ones first, in place of the shift. */
const sorted = wasm => {
  const alphabet = Array.from({ length: 92 }, (_, i) => String.fromCharCode(35 + i)).filter(c => !"$'<\\`".includes(c));
  const count = Array(256).fill(0);
  for (const byte of wasm) count[byte]++;
  const values = [...count.keys()].sort((a, b) => count[b] - count[a] || a - b);
  const stretches = count.map((_, value) => Math.floor(values.indexOf(value) / 86));
  const next = [0, 0, 0];
  const written = stretches.map(stretch => ["", " ", "!"][stretch] + alphabet[next[stretch]++]);
  const text = Array.from(wasm, byte => written[byte]).join("");
  return `const text = "${text}";
    const order = Uint16Array.from("${stretches.join("")}", (stretch, value) => 256 * stretch + value).sort();
    globalThis.bytes = new Uint8Array(text.length);
    let length = 0, first = 0;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code < 34) first = 86 * (code - 31);
      else {
        bytes[length++] = order[first + code - 35 - (code > 36) - (code > 39) - (code > 60) - (code > 92) - (code > 96)];
        first = 0;
      }
    }
    bytes = bytes.subarray(0, length);`;
};

const minifiers = app => {
  const require = createRequire(app.path("x.js"));
  return {
    esbuild: code => require("esbuild").transformSync(code, { minify: true, charset: "ascii" }).code,
    "esbuild, UTF-8": code => require("esbuild").transformSync(code, { minify: true, charset: "utf8" }).code,
    terser: async code => (await require("terser").minify(code)).code,
    swc: code => require("@swc/core").minifySync(code, { compress: true, mangle: true, module: false }).code,
  };
};

/** The bytes of a script when a browser reads it in this charset. */
const bytesIn = (code, charset) => {
  try {
    new Function(new TextDecoder(charset).decode(Buffer.from(code)))();
    return globalThis.bytes;
  } finally {
    delete globalThis.bytes;
  }
};

const CHARSETS = ["utf-8", "windows-1252", "shift_jis", "koi8-r"];

const survives = (code, wasm) =>
  CHARSETS.every(charset => {
    try {
      return wasm.equals(bytesIn(code, charset));
    } catch {
      return false;
    }
  });

const brotli = code => {
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: code.length };
  return brotliCompressSync(code, { params }).length;
};

export const inlining = [
  {
    group: "Package",
    tool: "Inlining",
    app: "inlining",
    how: "smallest that survives minifiers and charsets",
    async run({ app }) {
      const wasm = readFileSync(app.path("node_modules/sd2-client/dist/sd2_client.wasm"));
      const table = [];
      for (const [way, script] of Object.entries(ways(wasm))) {
        const row = { way, gzip: 0, brotli: 0, survives: true };
        for (const minify of Object.values(minifiers(app))) {
          const code = await minify(script);
          // The worst minifier counts.
          row.gzip = Math.max(row.gzip, gzipSync(code, { level: 9 }).length);
          row.brotli = Math.max(row.brotli, brotli(code));
          row.survives &&= survives(code, wasm);
        }
        table.push(row);
      }
      console.table(table);
      const ours = table.find(({ way }) => way === OURS);
      assert.ok(ours.survives);
      for (const other of table.filter(row => row !== ours && row.survives)) {
        assert.ok(ours.brotli < other.brotli && ours.gzip < 1.01 * other.gzip, `${other.way} is smaller.`);
      }
      return { figure: `${ours.brotli} bytes brotli`, table };
    },
  },
];
