// Probes a file: its facts come from its bytes, its picture from the browser.

import { validateRequest } from "sd2-client";
import { probeMedia } from "sd2-client/media";
import { say } from "../text.js";

const PICTURES = {
  image: url =>
    new Promise((resolve, reject) => {
      const element = new Image();
      element.alt = "";
      element.onload = () =>
        resolve({ element, facts: { width: element.naturalWidth, height: element.naturalHeight } });
      element.onerror = reject;
      element.src = url;
    }),
  video: url => clip("video", url),
  audio: url => clip("audio", url),
};

const clip = (kind, url) =>
  new Promise((resolve, reject) => {
    const element = document.createElement(kind);
    element.preload = "metadata";
    element.muted = true;
    element.onloadedmetadata = () => {
      // A sound has no picture. A clip gets one by going to it.
      if (kind === "video") element.currentTime = Math.min(1, element.duration / 2);
      resolve({ element: kind === "video" ? element : null, facts: { durationSeconds: element.duration } });
    };
    element.onerror = reject;
    element.src = url;
  });

/**
 * Resolves to `{ element, facts, words }`, where `words` describe the facts. The facts come from the bytes if possible, because a browser
 * reports a size for an SVG and no end for a live recording. Rejects if neither the bytes nor a picture can be loaded.
 */
export const probe = async (kind, url) => {
  const [picture, media] = await Promise.allSettled([PICTURES[kind](url), probeMedia(url)]);
  if (media.reason?.code === "media_unsupported" || !(media.value ?? picture.value)) throw media.reason;
  const facts = media.value ?? picture.value.facts;
  return { element: picture.value?.element, facts, words: describe(facts) };
};

/** Resolves to the facts of a local file, their `words`, the validator's issues, and a picture with its object URL, `preview`. */
export const look = async (kind, file) => {
  const facts = await probeMedia(file);
  // A placeholder, because the file has no URL yet.
  const url = "https://example.com/";
  const inputs = {
    videoInputMode: "reference",
    resolution: "1280x720",
    [{ image: "urls", video: "videoUrls", audio: "audioUrls" }[kind]]: [url],
  };
  const preview = URL.createObjectURL(file);
  const picture = await PICTURES[kind](preview).catch(() => undefined);
  return {
    preview,
    facts,
    element: picture?.element,
    words: describe(facts),
    issues: validateRequest({ model: "sd2", inputs }, { media: { [url]: facts } }).issues,
  };
};

const describe = ({ width, height, durationSeconds }) =>
  durationSeconds
    ? say("seconds", { n: Math.round(durationSeconds * 10) / 10 })
    : say("file.pixels", { width: String(width), height: String(height) });
