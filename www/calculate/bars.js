// All configurations at the chosen duration, cheapest first. Each is a button.

import { html } from "../element.js";
import { say } from "../text.js";
import { isSame, LINES, totalOf, wordsOf } from "./configuration.js";

/** All prices are proportional to the duration, so the order is the same for each duration. */
const RANKED = LINES.toSorted((a, b) => totalOf(a, "5s") - totalOf(b, "5s"));
const DEAREST = RANKED.at(-1);

export class Bars {
  #rows;

  /** Calls `chosen(line)` when a line is pressed. */
  constructor(root, chosen) {
    this.#rows = RANKED.map(line => {
      const bar = html("span", { class: "bar-fill" });
      const credits = html("strong", { class: "bar-credits" });
      const { model, upscale, reference } = wordsOf(line);
      const name = say("bars.name", { model, upscale, reference });
      const button = html(
        "button",
        { type: "button", class: `bar-row ${line.model}`, onclick: () => chosen(line) },
        html("span", { class: "bar-name" }, name),
        credits,
        html("span", { class: "bar-track" }, bar),
      );
      return { line, button, bar, credits };
    });
    root.append(...this.#rows.map(({ button }) => html("li", {}, button)));
  }

  /** Shows the prices at the duration of a configuration, and marks its line. */
  show(configuration) {
    const { duration } = configuration;
    const most = totalOf(DEAREST, duration);
    for (const { line, button, bar, credits } of this.#rows) {
      const total = totalOf(line, duration);
      credits.textContent = say("plain", { n: total });
      bar.style.width = `${(100 * total) / most}%`;
      button.setAttribute("aria-pressed", String(isSame(line, configuration)));
    }
  }
}
