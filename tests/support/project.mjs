// The project in target/installed/: `npm test` installs the packed tarball there, and nothing else.
import { test } from "node:test";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export const root = fileURLToPath(new URL("../../", import.meta.url));
export const project = join(root, "target", "installed");
export const dist = join(project, "node_modules", "sd2-client", "dist");

if (!existsSync(dist)) throw new Error("The package is not installed in target/installed/. `npm test` does it.");

const require = createRequire(join(project, "x.js"));

/** The URL of a module that the project imports. */
export const resolve = specifier => pathToFileURL(require.resolve(specifier)).href;

/** Imports the installed package. `copy` imports another instance. */
export const load = (specifier = "sd2-client", copy = "") => import(`${resolve(specifier)}${copy && `?${copy}`}`);

/** The entries with prices. They must agree. */
export const PRICE_ENTRIES = ["sd2-client", "sd2-client/offline", "sd2-client/prices"];

/** The entries with a validator. They must agree. */
export const VALIDATOR_ENTRIES = ["sd2-client", "sd2-client/offline"];

/** Defines a test for each entry with a validator. It gets the exports of the entry. */
export const eachValidator = (title, run) => {
  for (const entry of VALIDATOR_ENTRIES) test(`${entry}: ${title}`, async () => run(await load(entry), entry));
};

/** The WebAssembly that the package exports. */
export const wasmBytes = () => readFileSync(require.resolve("sd2-client/sd2_client.wasm"));

/** Writes a file of the project, and returns its path. */
export const write = (name, text) => {
  const path = join(project, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
};

/** Runs a program in the project; resolves to `{ code, output }`. Ends it after two minutes. */
export const run = (program, args, env = {}) =>
  new Promise(done => {
    const child = spawn(program, args, {
      cwd: project,
      env: { ...process.env, ...env, NODE_TEST_CONTEXT: undefined, NODE_OPTIONS: undefined },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 120_000,
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", text => (output += text));
    child.on("close", code => done({ code, output }));
  });

/** Runs a script in the project, in a new process. Rejects if it fails. */
export const runScript = async (name, text, { flags = [], env } = {}) => {
  const { code, output } = await run(process.execPath, [...flags, write(name, text)], env);
  if (code !== 0) throw new Error(`${name} ended with ${code}:\n${output}`);
  return output.trim();
};
