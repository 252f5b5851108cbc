// The browsers of the matrix, each started once.
import { spawnSync } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { By, error, logging } from "selenium-webdriver";
import { startSession } from "../support/webdriver.mjs";
import { CannotRun } from "./row.mjs";

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
  const { driver, end } = await startSession(name.toLowerCase(), findBrowser(name));
  return {
    version: (await driver.getCapabilities()).getBrowserVersion(),
    /** Opens a page, waits for text in `#told`, and returns it. */
    async told(url, seconds = 60) {
      await driver.get(url);
      for (const until = Date.now() + seconds * 1000; ; await sleep(30)) {
        try {
          // Not by a script, which a page's policy might forbid.
          const text = await driver.findElement(By.css("#told")).getProperty("textContent");
          if (text) return JSON.parse(text);
        } catch (reason) {
          if (!(reason instanceof error.NoSuchElementError || reason instanceof error.StaleElementReferenceError))
            throw reason;
        }
        if (Date.now() > until) {
          const log = await driver
            .manage()
            .logs()
            .get(logging.Type.BROWSER)
            .catch(() => []);
          throw new Error([`${url} told nothing in ${seconds} s.`, ...log.map(({ message }) => message)].join("\n"));
        }
      }
    },
    close: end,
  };
};
