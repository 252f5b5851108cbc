// Saves a video as a file. A link to another site cannot do that (a browser opens it instead), so the page fetches it.

import { html } from "../element.js";

/** Resolves to whether the video was saved, or `false` if this page may not read it. Rejects with the status of a refusal. */
export const save = async (url, name) => {
  let blob;
  try {
    const response = await fetch(url, { credentials: "omit" });
    if (!response.ok) throw response.status;
    blob = await response.blob();
  } catch (error) {
    if (typeof error === "number") throw error;
    return false;
  }
  download(blob, name);
  return true;
};

/** Lets the browser save a blob. */
export const download = (blob, name) => {
  const url = URL.createObjectURL(blob);
  html("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
};
