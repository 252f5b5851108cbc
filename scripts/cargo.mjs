// Runs `xtask` for the npm scripts, after checking the versions of Node and Rust. Written so that even an old Node can run it and
// report its version.
import { spawn, spawnSync } from "child_process";
import { existsSync, readFileSync } from "fs";
import { homedir } from "os";
import { delimiter, join } from "path";
import { fileURLToPath } from "url";

const NODE = 20;
const root = fileURLToPath(new URL("..", import.meta.url));

const stop = sentence => {
  console.error(sentence);
  process.exit(1);
};

if (Number(process.versions.node.split(".")[0]) < NODE) {
  stop(
    `Node ${NODE} or later is needed, and this is Node ${process.versions.node}. Install a newer one from https://nodejs.org.`,
  );
}

// A terminal that was open while rustup was installed does not have the folder in its PATH yet.
const PATH = [process.env.PATH, join(homedir(), ".cargo", "bin")].filter(Boolean).join(delimiter);
const env = Object.assign({}, process.env, { PATH });

const version = spawnSync("cargo", ["--version"], { cwd: root, env, encoding: "utf8" });
if (version.error || version.status !== 0) {
  const said = version.stderr ? ` (cargo says: ${version.stderr.trim()})` : "";
  stop(`Rust is required, but was not found${said}. Install it with rustup from https://rustup.rs, then try again.`);
}
const [wanted, found] = [
  /rust-version = "([\d.]+)"/.exec(readFileSync(join(root, "Cargo.toml"), "utf8")),
  /cargo ([\d.]+)/.exec(version.stdout),
].map(match => (match ? match[1].split(".").map(Number) : [0, 0]));
if (found[0] < wanted[0] || (found[0] === wanted[0] && found[1] < wanted[1])) {
  stop(
    `Rust ${wanted.join(".")} or later is needed, and this is ${found.join(".")}. Update it with \`rustup update stable\`.`,
  );
}

const tools = join(
  process.env.CARGO_TARGET_DIR || join(root, "target"),
  "debug",
  process.platform === "win32" ? "xtask.exe" : "xtask",
);
if (!existsSync(tools)) console.log("\x1b[1m▸ Building the project's tools (first run: about a minute)\x1b[0m");

// A separate process group, so that a signal to this script ends everything that it started.
const grouped = process.platform !== "win32";
const child = spawn("cargo", ["run", "--quiet", "--locked", "--package", "xtask", "--", ...process.argv.slice(2)], {
  cwd: root,
  env,
  stdio: "inherit",
  detached: grouped,
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    try {
      process.kill(grouped ? -child.pid : child.pid, signal);
    } catch {
      // Already ended.
    }
  });
}
child.on("error", error => stop(`cargo could not be started: ${error.message}`));
child.on("exit", (code, signal) => process.exit(signal === "SIGINT" ? 130 : signal ? 143 : code));
