// Pages that report the result of their program.
import { browser } from "./browser.mjs";
import { serveFiles } from "./files.mjs";
import { checkReport } from "./row.mjs";

/** Opens a page of a server and returns its report. */
export const reportAt = async (url, api, { name = "Chromium", query = "" } = {}) =>
  (await browser(name)).told(`${url}?api=${encodeURIComponent(api)}${query}`);

/** Serves a folder, opens its page and returns its report. */
export const reportIn = async (folder, api, { name, headers, path = "", query } = {}) => {
  const files = await serveFiles(folder, headers);
  try {
    return await reportAt(`${files.url}/${path}`, api, { name, query });
  } finally {
    files.close();
  }
};

/** The same for a page that runs the program. Checks its report. */
export const checkPage = async (...page) => checkReport(await reportIn(...page));
