// Something to try each mode with. The files are those that the sandbox serves beside this page.

import { SAMPLE_PROMPT } from "./text.js";

const file = (name) => new URL(`/samples/${name}`, location.origin).href;

const FILES = {
  text: {},
  image: { image: [file("portrait.jpg")] },
  keyframe: { keyframe: [file("first.jpg"), file("last.jpg")] },
  reference: { images: [file("portrait.jpg")], videos: [file("motion.mp4")], audios: [file("audio.mp3")] },
};

/** What to fill in for a mode. */
export const sample = (mode) => ({ prompt: SAMPLE_PROMPT[mode], ...FILES[mode] });
