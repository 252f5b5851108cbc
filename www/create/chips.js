// Chips under the prompt: whole ideas while it is empty, camera terms afterwards.

import { byId, html } from "../element.js";
import { find } from "../text.js";

const prompt = byId("prompt");
let shown;

/** Shows the chips that suit the prompt. */
export const showChips = () => {
  const isEmpty = !prompt.value.trim();
  if (isEmpty === shown) return;
  shown = isEmpty;
  const chips = isEmpty
    ? Object.entries(find("ideas")).map(([name, idea]) => chip(name, () => idea))
    : find("terms").map(term => chip(term, () => `${prompt.value.trimEnd().replace(/[.,;]$/, "")}, ${term}`));
  byId("chips").replaceChildren(...chips);
};

const chip = (name, text) => {
  const put = () => {
    prompt.value = text();
    prompt.dispatchEvent(new Event("input", { bubbles: true }));
    // The chips have changed.
    prompt.focus();
  };
  return html("button", { type: "button", class: "chip", onclick: put }, name);
};
