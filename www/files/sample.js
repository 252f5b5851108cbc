// Samples for each mode, with the files that the sandbox serves beside this page.

import { say } from "../text.js";

const file = name => new URL(`/samples/${name}`, location.origin).href;

const FILES = {
  image: { urls: [file("portrait.jpg")] },
  keyframe: { urls: [file("first.jpg"), file("last.jpg")] },
  reference: { urls: [file("portrait.jpg")], videoUrls: [file("motion.mp4")], audioUrls: [file("audio.mp3")] },
};

/** The sample of a mode. */
export const sample = mode => ({ prompt: say(`sample.${mode}`), ...FILES[mode] });
