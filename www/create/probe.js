// What this browser can tell of a file by its address: a picture of it, its size or its length.

import { say } from "../text.js";

const PROBES = {
  image: (url) =>
    new Promise((resolve, reject) => {
      const element = new Image();
      element.alt = "";
      element.onload = () =>
        resolve({ element, facts: { width: element.naturalWidth, height: element.naturalHeight } });
      element.onerror = reject;
      element.src = url;
    }),
  video: (url) => clip("video", url),
  audio: (url) => clip("audio", url),
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

/** Resolves to `{ element, facts, words }`, the words being the facts as one reads them; rejects when the file cannot be loaded here. */
export const probe = async (kind, url) => {
  const { element, facts } = await PROBES[kind](url);
  return { element, facts, words: describe(facts) };
};

const describe = ({ width, height, durationSeconds }) =>
  width ? say("pixels", { width: String(width), height: String(height) }) : say("seconds", { n: Math.round(durationSeconds * 10) / 10 });
