// Drives browsers with the WebDriver protocol, of which three calls are enough.
import { spawn, spawnSync } from "node:child_process";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { CannotRun } from "./row.mjs";

/** The capabilities and the driver of each browser. */
const BROWSERS = {
  Chromium: ({ browser }) => ({
    "goog:chromeOptions": {
      binary: browser,
      // Chromium's sandbox does not start as root, which is usual in containers.
      args: ["--headless=new", "--disable-gpu", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])],
    },
    "goog:loggingPrefs": { browser: "ALL" },
  }),
  Firefox: ({ browser }) => ({ "moz:firefoxOptions": { binary: browser, args: ["-headless"] } }),
  WebKitGTK: ({ browser }) => ({ "webkitgtk:browserOptions": { binary: browser, args: ["--automation"] } }),
};

const found = new Map();

/** The paths of a browser and its driver. `cargo xtask browser` installs them if possible. */
export const findBrowser = name => {
  if (!found.has(name)) {
    const { status, stdout, stderr } = spawnSync(process.env.XTASK, ["browser", name.toLowerCase()], {
      encoding: "utf8",
    });
    found.set(name, status === 0 ? JSON.parse(stdout.trim().split("\n").at(-1)) : new CannotRun(lastLine(stderr)));
  }
  const place = found.get(name);
  if (place instanceof Error) throw place;
  return place;
};

const lastLine = text =>
  text
    .replaceAll(/\x1b\[[\d;]*m/g, "")
    .trim()
    .split("\n")
    .at(-1);

const started = new Map();

/** A browser, which is started at the first call. */
export const browser = name => {
  if (!started.has(name)) started.set(name, start(name));
  return started.get(name);
};

/** Ends every browser that was started. */
export const closeBrowsers = async () => {
  for (const session of started.values()) await (await session.catch(() => undefined))?.close();
  started.clear();
};

const start = async name => {
  const place = findBrowser(name);
  const port = await freePort();
  const [program, ...args] = [...place.through, place.driver, `--port=${port}`];
  const child = spawn(program, args, { stdio: "ignore", detached: true });
  const end = () => {
    try {
      process.kill(-child.pid);
    } catch {
      // Already ended.
    }
  };
  process.on("exit", end);
  const call = async (method, path, body) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      method,
      headers: { "content-type": "application/json" },
      body: body && JSON.stringify(body),
    });
    const { value } = await response.json();
    if (!response.ok) throw Object.assign(new Error(`${value.error}: ${value.message}`), { code: value.error });
    return value;
  };
  for (let tries = 0; ; tries++) {
    try {
      await call("GET", "/status");
      break;
    } catch (error) {
      if (tries === 100) throw error;
      await sleep(100);
    }
  }
  const { sessionId, capabilities } = await call("POST", "/session", {
    capabilities: { alwaysMatch: BROWSERS[name](place) },
  });
  const session = `/session/${sessionId}`;
  return {
    version: capabilities.browserVersion,
    /** Opens a page, waits for text in `#told`, and returns it. */
    async told(url, seconds = 60) {
      await call("POST", `${session}/url`, { url });
      for (const until = Date.now() + seconds * 1000; ; await sleep(30)) {
        try {
          const element = await call("POST", `${session}/element`, { using: "css selector", value: "#told" });
          const text = await call("GET", `${session}/element/${Object.values(element)[0]}/property/textContent`);
          if (text) return JSON.parse(text);
        } catch (error) {
          if (!["no such element", "stale element reference"].includes(error.code)) throw error;
        }
        if (Date.now() > until) {
          const log = await call("POST", `${session}/se/log`, { type: "browser" }).catch(() => []);
          throw new Error([`${url} told nothing in ${seconds} s.`, ...log.map(({ message }) => message)].join("\n"));
        }
      }
    },
    async close() {
      await call("DELETE", session).catch(() => {});
      end();
    },
  };
};

const freePort = () =>
  new Promise(done => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
