// The line under a field: its hint, or what is wrong with it. Its room is reserved, so that nothing moves.

import { html } from "../element.js";
import { find, say } from "../text.js";

export class Note {
  #slot;
  #hint;
  #shown;

  constructor(slot, hint = "") {
    this.#slot = slot;
    this.#hint = hint;
    this.show([]);
  }

  /** The text while there is no issue. */
  setHint(hint) {
    this.#hint = hint;
    if (this.#shown?.startsWith("hint")) this.show([]);
  }

  /** Shows the issues, or the hint; `accept` gets the suggestion that was pressed. */
  show(issues, accept) {
    // A live region speaks at each change, so there must be none where nothing changed.
    const content = issues.length ? JSON.stringify(issues) : `hint ${this.#hint}`;
    if (content === this.#shown) return;
    this.#shown = content;
    if (issues.length) {
      this.#slot.replaceChildren(...issues.map(issue => line(issue, accept)));
    } else {
      this.#slot.replaceChildren(html("span", { class: "hint" }, this.#hint));
    }
  }
}

/** The words for an issue: the page's own where it has some, because the library's name API fields. */
export const wordsOf = ({ code, message }) => find(`issue.${code}`) ?? message;

const line = (issue, accept) => {
  const { severity, suggestion } = issue;
  const kind = html("span", { class: "visually-hidden" }, say(`severity.${severity}`), " ");
  const paragraph = html("p", { class: `issue ${severity}` }, kind, wordsOf(issue));
  if (suggestion !== undefined && accept) {
    const button = { type: "button", class: "suggestion", onclick: () => accept(suggestion) };
    paragraph.append(" ", html("button", button, say("suggestion", { suggestion })));
  }
  return paragraph;
};
