// Something to try each mode with. The files are those that the sandbox serves beside this page.

import { say } from "../text.js";

const file = name => new URL(`/samples/${name}`, location.origin).href;

const FILES = {
  image: { urls: [file("portrait.jpg")] },
  keyframe: { urls: [file("first.jpg"), file("last.jpg")] },
  reference: { urls: [file("portrait.jpg")], videoUrls: [file("motion.mp4")], audioUrls: [file("audio.mp3")] },
};

/** What to fill in for a mode. */
export const sample = mode => ({ prompt: say(`sample.${mode}`), ...FILES[mode] });
