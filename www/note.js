// The line under a field: its hint, or what is wrong with it. Its room is reserved, so that nothing moves.

export class Note {
  #slot;
  #hint;
  #shown;

  constructor(slot, hint = "") {
    this.#slot = slot;
    this.#hint = hint;
    this.show([]);
  }

  /** What stands there while there is no issue. */
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
      this.#slot.replaceChildren(...issues.map((issue) => line(issue, accept)));
    } else {
      const hint = document.createElement("span");
      hint.className = "hint";
      hint.textContent = this.#hint;
      this.#slot.replaceChildren(hint);
    }
  }
}

const line = ({ severity, message, suggestion }, accept) => {
  const paragraph = document.createElement("p");
  paragraph.className = `issue ${severity}`;
  const kind = document.createElement("span");
  kind.className = "visually-hidden";
  kind.textContent = severity === "error" ? "Error: " : "Warning: ";
  paragraph.append(kind, message);
  if (suggestion !== undefined && accept) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "suggestion";
    button.textContent = `Use ${suggestion}`;
    button.addEventListener("click", () => accept(suggestion));
    paragraph.append(" ", button);
  }
  return paragraph;
};
