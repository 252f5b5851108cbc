// A user's project: one of apps/, copied to target/matrix/, with the packed tarball installed.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { program } from "../support/program.mjs";

export const root = fileURLToPath(new URL("../../", import.meta.url));
export const folder = join(root, "target", "matrix");
/** The tarball that would be published. */
export const tarball = process.env.TARBALL;
const here = fileURLToPath(new URL(".", import.meta.url));

const NAMES = "estimateCredits, Sd2Client, Sd2Error, validateRequest";
const MEDIA = "sd2-client/media";
/** The program that every row runs, with one entry of the package and another one for media files. */
export const programFrom = (specifier, media) =>
  `import { ${NAMES} } from "${specifier}";\n${media ? `import { probeMedia } from "${media}";\n` : ""}export ${program.trim()}\n`;

/** The same program for import and for require. */
const sources = {
  "program.js": programFrom("sd2-client", MEDIA),
  "program-slim.js": programFrom("sd2-client/slim"),
  "server.cjs": `const { ${NAMES} } = require("sd2-client");\nconst { probeMedia } = require("${MEDIA}");\n${program}
program(process.env.SD2_BASE_URL).then((told) => console.log(JSON.stringify(told)));\n`,
};

/** What a project is created from, without documentation. If it changes, the project is created again. */
const stampOf = name => {
  const dist = readdirSync(join(root, "dist")).map(file => join(root, "dist", file));
  const hash = createHash("sha256");
  for (const path of [join(here, "apps", name, "package.json"), join(root, "package.json"), ...dist])
    hash.update(readFileSync(path));
  return hash.digest("hex").slice(0, 16);
};

/** Installs a project unless it is up to date, and updates its files. */
export const openApp = async name => {
  const app = new App(join(folder, "apps", name));
  const stamp = stampOf(name);
  const stampFile = join(app.folder, "node_modules", ".matrix");
  if (!existsSync(stampFile) || readFileSync(stampFile, "utf8") !== stamp) {
    rmSync(app.folder, { recursive: true, force: true });
    app.bring(name);
    await app.run("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund", "--loglevel=error", tarball], {
      seconds: 600,
    });
    writeFileSync(stampFile, stamp);
  }
  app.bring(name);
  return app;
};

class App {
  constructor(folder) {
    this.folder = folder;
  }

  /** Copies the project's files. npm changes `package.json`, so that is copied only once. */
  bring(name) {
    for (const source of [join(here, "shared"), join(here, "apps", name)]) {
      cpSync(source, this.folder, {
        recursive: true,
        filter: path => !(path.endsWith("package.json") && existsSync(join(this.folder, "package.json"))),
      });
    }
    for (const [file, text] of Object.entries(sources)) this.write(file, text);
  }

  path(...names) {
    return join(this.folder, ...names);
  }

  read(name) {
    return readFileSync(this.path(name), "utf8");
  }

  write(name, text) {
    mkdirSync(dirname(this.path(name)), { recursive: true });
    writeFileSync(this.path(name), text);
    return this.path(name);
  }

  /** The version of an installed package. */
  version(name) {
    return JSON.parse(this.read(join("node_modules", name, "package.json"))).version;
  }

  /** Removes the output of an earlier run. */
  clean(...names) {
    for (const name of names) rmSync(this.path(name), { recursive: true, force: true });
  }

  /** Runs a script of the project and returns its output. */
  script(name, { args = [], ...options } = {}) {
    return this.run("npm", ["run", "--silent", name, ...(args.length ? ["--", ...args] : [])], options);
  }

  /** Runs a program in the project and returns its output. */
  async run(program, args, { env, cwd, seconds = 300, all = false } = {}) {
    const child = this.spawn(program, args, env, cwd);
    const timer = setTimeout(() => stop(child), seconds * 1000);
    const { code, output, errors } = await child.ended;
    clearTimeout(timer);
    if (code !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${code}:\n${tail(errors + output)}`);
    return all ? { output, errors } : output;
  }

  /** Starts a script of the project and waits until it prints its address. `stop` ends it. */
  async serve(name, args = [], env) {
    const child = this.spawn("npm", ["run", "--silent", name, ...(args.length ? ["--", ...args] : [])], env);
    const url = await new Promise((done, failed) => {
      const timer = setTimeout(
        () => failed(new Error(`${name} did not say where it listens:\n${tail(child.said())}`)),
        240_000,
      );
      const look = () => {
        const match = /https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\]):(\d+)/.exec(child.said());
        if (match) done(match[0]);
        else return false;
        clearTimeout(timer);
      };
      for (const stream of [child.stdout, child.stderr]) stream.on("data", look);
      child.ended.then(({ code }) => failed(new Error(`${name} ended with ${code}:\n${tail(child.said())}`)));
    }).catch(error => {
      stop(child);
      throw error;
    });
    return { url, said: child.said, stop: () => (stop(child), child.ended) };
  }

  spawn(program, args, env = {}, cwd = this.folder) {
    const child = spawn(program, args, {
      cwd,
      // The environment of a user's terminal, plus the address of the service.
      env: { ...clean(process.env), ...telemetryOff, ...env },
      stdio: ["ignore", "pipe", "pipe"],
      // A separate process group, so that everything that npm starts ends with it.
      detached: true,
    });
    let output = "";
    let errors = "";
    child.stdout.setEncoding("utf8").on("data", text => (output += text));
    child.stderr.setEncoding("utf8").on("data", text => (errors += text));
    child.said = () => (output + errors).replaceAll(/\x1b\[[\d;]*m/g, "");
    child.ended = new Promise(done => {
      child.on("error", error => done({ code: error.message, output, errors }));
      child.on("close", code => done({ code, output, errors }));
    });
    running.add(child);
    child.ended.then(() => running.delete(child));
    return child;
  }
}

const telemetryOff = {
  NEXT_TELEMETRY_DISABLED: "1",
  WRANGLER_SEND_METRICS: "false",
  DO_NOT_TRACK: "1",
  NO_UPDATE_NOTIFIER: "1",
};

const clean = env =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !/^(npm_|NODE_OPTIONS|NODE_TEST|INIT_CWD|CI$)/.test(name)));

const running = new Set();

const stop = child => {
  try {
    process.kill(-child.pid, "SIGTERM");
    // End programs that ignore SIGTERM.
    setTimeout(() => running.has(child) && process.kill(-child.pid, "SIGKILL"), 3000).unref();
  } catch {
    // Already ended.
  }
};
process.on("exit", () => running.forEach(stop));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => process.exit(1));

const tail = text => text.trim().split("\n").slice(-40).join("\n");
