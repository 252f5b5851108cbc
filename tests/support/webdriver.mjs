// Chromium, Firefox and WebKitGTK, driven by WebDriver. Tests that need only Chromium use chromium.mjs.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Builder } from "selenium-webdriver";

const find = (variable, ...names) => {
  if (process.env[variable]) return process.env[variable];
  const places = process.env.PATH.split(delimiter).flatMap(folder => names.map(name => join(folder, name)));
  return [...places, ...names].find(existsSync);
};

const PLACES = {
  chromium: () => ({
    browser: find("CHROMIUM", "chromium", "chromium-browser", "google-chrome"),
    driver: find("CHROMEDRIVER", "chromedriver"),
  }),
  firefox: () => ({
    browser: find("FIREFOX", "firefox-esr", "firefox"),
    driver: find("GECKODRIVER", "geckodriver"),
  }),
  webkitgtk: () => ({
    browser: find(
      "MINIBROWSER",
      "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
      "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.0/MiniBrowser",
      "/usr/lib/aarch64-linux-gnu/webkit2gtk-4.1/MiniBrowser",
    ),
    driver: find("WEBKITDRIVER", "WebKitWebDriver"),
  }),
};

/**
 * Where a browser and its driver are. CHROMIUM, CHROMEDRIVER, FIREFOX, GECKODRIVER, MINIBROWSER and WEBKITDRIVER say it, if they are not in
 * PATH.
 */
export const placeOf = name => PLACES[name]();

/** What a session of each browser asks for. */
const CAPABILITIES = {
  chromium: browser => ({
    browserName: "chrome",
    "goog:chromeOptions": {
      binary: browser,
      // Chromium's sandbox does not start as root, which is usual in containers.
      args: [
        ...["--headless=new", "--disable-gpu", "--window-size=1280,900"],
        ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      ],
    },
    "goog:loggingPrefs": { browser: "ALL" },
  }),
  firefox: browser => ({
    browserName: "firefox",
    "moz:firefoxOptions": {
      binary: browser,
      args: ["-headless", "--width=1280", "--height=900"],
      // The demo page plays muted videos; without this, Firefox asks for permission.
      prefs: { "media.autoplay.default": 0 },
    },
  }),
  webkitgtk: browser => ({
    browserName: "MiniBrowser",
    "webkitgtk:browserOptions": { binary: browser, args: ["--automation"] },
  }),
};

/** With its default port for BiDi, only one geckodriver could run at a time. */
const DRIVER_FLAGS = { firefox: ["--websocket-port=0"] };

/**
 * Starts a browser through its driver, and resolves to a WebDriver of selenium and a function that ends both. `place` has the paths, as
 * `cargo xtask browser NAME` prints them.
 */
export const startSession = async (name, { browser, driver: path, through = [] }) => {
  const port = await freePort();
  const [program, ...args] = [...through, path, `--port=${port}`, ...(DRIVER_FLAGS[name] ?? [])];
  // A separate process group, because xvfb-run does not end what it starts.
  const child = spawn(program, args, { stdio: "ignore", detached: true });
  const kill = () => {
    try {
      process.kill(-child.pid);
    } catch {
      // Already ended.
    }
  };
  process.on("exit", kill);
  const builder = new Builder().usingServer(`http://127.0.0.1:${port}`).withCapabilities(CAPABILITIES[name](browser));
  const driver = await onceListening(() => builder.build());
  await driver.manage().setTimeouts({ script: 60_000, pageLoad: 60_000 });
  const end = async () => {
    await driver.quit().catch(() => {});
    process.off("exit", kill);
    kill();
  };
  return { driver, end };
};

/** Repeats an action until the driver accepts connections, for ten seconds at most. */
const onceListening = async action => {
  for (let tries = 0; ; tries++) {
    try {
      return await action();
    } catch (error) {
      if (tries === 100 || !/ECONNREFUSED/.test(String(error))) throw error;
      await sleep(100);
    }
  }
};

const freePort = () =>
  new Promise(done => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
