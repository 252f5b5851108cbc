// A headless Chromium for a file of tests.
import { after } from "node:test";
import { chromium } from "playwright-core";

/** Starts the browser that `npm test` found, with these command-line flags. Closes it after the file's tests. */
export const startChromium = async (...flags) => {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    // As root, as in most containers, Chromium does not start with its sandbox.
    args: [...(process.getuid?.() === 0 ? ["--no-sandbox"] : []), "--disable-gpu", ...flags],
  });
  after(() => browser.close());
  return browser;
};

/** Opens a page, and resolves to the `result` with which its script calls `tell(result)`. Rejects if the script fails. */
export const resultOf = async (browser, url, prepare = () => {}) => {
  const page = await browser.newPage();
  let timer;
  try {
    const problems = [];
    page.on("console", message => message.type() === "error" && problems.push(message.text()));
    await prepare(page);
    // Not `waitForFunction`, because it evaluates text, which a page's policy may forbid.
    let tell;
    const told = new Promise((done, failed) => {
      tell = done;
      const fail = what => failed(new Error(`${what}\n${problems.join("\n")}`));
      page.on("pageerror", error => fail(error.stack));
      timer = setTimeout(() => fail("The page did not call tell() in 30 s."), 30_000);
    });
    told.catch(() => {});
    await page.exposeFunction("tell", tell);
    await page.goto(url);
    return await told;
  } finally {
    clearTimeout(timer);
    await page.close();
  }
};

/** Waits until an async function of a page resolves to a truthy value. (`waitForFunction` takes the promise for one.) */
export const until = async (page, predicate, argument) => {
  while (!(await page.evaluate(predicate, argument))) await page.waitForTimeout(50);
};
