// Copies text to the clipboard.

import { say } from "./text.js";

const SAID_MS = 1500;

/** Copies a text, which the button confirms for a moment. If copying is forbidden, the text is shown for copying by hand. */
export const copy = async (button, text, said = say("copied")) => {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    prompt(say("copy"), text);
    return;
  }
  const name = button.textContent;
  if (name === said) return;
  button.textContent = said;
  setTimeout(() => (button.textContent = name), SAID_MS);
};
