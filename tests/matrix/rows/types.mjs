// TypeScript: the oldest supported and the current version, with each kind of module resolution.
import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { root } from "../app.mjs";

const RESOLUTIONS = {
  node16: { module: "node16", moduleResolution: "node16" },
  nodenext: { module: "nodenext", moduleResolution: "nodenext" },
  bundler: { module: "esnext", moduleResolution: "bundler" },
};
const STRICT = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  // Also checks the declarations of the package.
  skipLibCheck: false,
  noEmit: true,
  target: "es2022",
  lib: ["es2022", "dom"],
  types: [],
};

const row = (script, name, how) => ({
  group: "Types",
  tool: "TypeScript",
  app: "types",
  package: name,
  how,
  // tests/package/entries/types.test.mjs does the same with the current version.
  quick: script === "oldest",
  async run({ app }) {
    cpSync(join(root, "tests", "types"), app.path("programs"), { recursive: true });
    const entries = [
      "sd2-client",
      "sd2-client/inline",
      "sd2-client/workerd",
      "sd2-client/edge-light",
      "sd2-client/slim",
    ];
    const uses = entries.map(
      (entry, i) => `import { Sd2Client as C${i} } from "${entry}";\nnew C${i}({ apiKey: "a" });\n`,
    );
    uses.push(
      `import module from "sd2-client/sd2_client.wasm";\nimport { init } from "sd2-client/slim";\nawait init(module);\n`,
    );
    app.write("programs/entries.ts", uses.join(""));
    const files = ["right.ts", "wrong.ts", "entries.ts"];
    if (how !== "bundler") {
      const common = `import { Sd2Client } from "sd2-client";\nimport slim = require("sd2-client/slim");\nnew Sd2Client({ apiKey: "a" });\nvoid slim.init();\n`;
      app.write("programs/common.cts", common);
      files.push("common.cts");
    }
    // It uses platform APIs that the library of the oldest compiler lacks.
    if (script === "current") files.push("platform.ts");
    app.write("programs/tsconfig.json", JSON.stringify({ compilerOptions: { ...STRICT, ...RESOLUTIONS[how] }, files }));
    assert.equal(await app.script(script, { args: ["--project", "programs"] }), "");
  },
});

export const types = [
  ["oldest", "typescript-oldest"],
  ["current", "typescript"],
].flatMap(([script, name]) => Object.keys(RESOLUTIONS).map(how => row(script, name, how)));
