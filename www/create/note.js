// The line under a field: its hint or its issues. Its space is reserved, so that nothing moves.

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
    // A screen reader reads a live region after each change, so change it only if necessary.
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

/** The message for an issue. The page's own message is preferred, because the library's messages name API fields. */
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
