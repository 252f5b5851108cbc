// Puts a text where it can be pasted.

import { say } from "./text.js";

const SAID_MS = 1500;

/** Copies a text, and lets the button say so for a moment; where copying is forbidden, it is offered to be copied by hand. */
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
