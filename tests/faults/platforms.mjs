// Runs cells in Node, in Chromium (over HTTP/1.1 and HTTP/2) and in workerd.
import { pathToFileURL } from "node:url";
import { startChromium } from "../support/chromium.mjs";
import { write } from "../support/project.mjs";
import { bundle, startWorker } from "../support/workerd.mjs";
import { attempt } from "./cell.mjs";

const source = from => `import { confirmCallback, generateAll, Sd2Client, Sd2Error } from "${from}"; ${attempt}`;

/** Chromium over HTTP/2, with streamed creates. */
export const HTTP2 = "Chromium with HTTP/2 and streamCreates";

/** Each returns a function that runs a cell, the number of parallel cells, and the address of the service if it differs. */
export const platforms = {
  async Node() {
    const { attempt } = await import(
      pathToFileURL(write("faults/node.mjs", `${source("sd2-client")} export { attempt };`))
    );
    return { attempt, atOnce: 32 };
  },

  Chromium: async ({ sandbox }) => chromium(await startChromium(), sandbox),

  /** With streams, which need HTTP/2. */
  async [HTTP2]({ secure }) {
    const { attempt, atOnce } = chromium(await startChromium("--ignore-certificate-errors"), secure);
    return {
      attempt: (spec, isFresh) => attempt({ ...spec, streamCreates: true }, isFresh),
      atOnce,
      baseUrl: secure.baseUrl,
    };
  },

  async workerd() {
    const worker = `${source("sd2-client")}
      export default { fetch: async (request) => Response.json(await attempt(await request.json())) };`;
    const miniflare = startWorker(await bundle(write("faults/worker.js", worker)), "2026-04-01");
    return {
      async attempt(spec) {
        const response = await miniflare.dispatchFetch("http://worker/", {
          method: "POST",
          body: JSON.stringify(spec),
        });
        if (!response.ok) throw new Error(await response.text());
        return response.json();
      },
      atOnce: 16,
    };
  },
};

const chromium = (browser, { url }) => {
  const open = async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${url}/`);
    return page;
  };
  const idle = [];
  return {
    // A page with its own context has its own connections. Other pages are reused.
    async attempt(spec, isFresh) {
      const page = (isFresh ? undefined : idle.pop()) ?? (await open());
      const told = await page.evaluate(spec => globalThis.attempt(spec), spec);
      if (isFresh) await page.context().close();
      else idle.push(page);
      return told;
    },
    atOnce: 8,
  };
};

/** The folder that the sandbox serves to Chromium. */
export const page = write(
  "faults/page/index.html",
  `<!doctype html><link rel="icon" href="data:,"><script type="module">${source("/package/index.js")} Object.assign(globalThis, { attempt, Sd2Client });</script>`,
).replace(/index\.html$/, "");
