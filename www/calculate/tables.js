// Tables of all configurations. They are built once; a choice only updates their cells.

import { affordable, longestDuration } from "sd2-client";
import { byId, html } from "../element.js";
import { say } from "../text.js";
import { DURATIONS, isSame, LINES, MODELS, REFERENCES, totalOf, UPSCALES } from "./configuration.js";

/** The header of the tables: a line for the reference video, one for the models and one for the upscales. */
const head = corner => {
  const upscales = UPSCALES.length;
  const name = upscale => say(`short.${upscale ?? "none"}`);
  return html(
    "thead",
    {},
    html(
      "tr",
      {},
      html(corner ? "th" : "td", { scope: corner ? "col" : null, rowspan: 3, class: "corner" }, corner),
      ...REFERENCES.map(video => {
        const text = say(`chart.panel.${video ? "with" : "without"}`);
        return html("th", { scope: "colgroup", colspan: MODELS.length * upscales }, text);
      }),
    ),
    html(
      "tr",
      {},
      ...REFERENCES.flatMap(() => MODELS.map(model => html("th", { scope: "colgroup", colspan: upscales }, model))),
    ),
    html("tr", {}, ...LINES.map(line => html("th", { scope: "col", class: "figure" }, name(line.upscaleResolution)))),
  );
};

/** A row with a cell for each line of the chart, and these cells. */
const row = title => {
  const cells = LINES.map(() => html("td", { class: "figure" }));
  const header = html("th", { scope: "row", class: "corner" }, title);
  return { header, cells, element: html("tr", {}, header, ...cells) };
};

const fill = (cells, textOf, isChosen) => {
  cells.forEach((cell, index) => {
    const text = textOf(LINES[index]);
    if (cell.textContent !== text) cell.textContent = text;
    cell.classList.toggle("chosen", isChosen(LINES[index]));
  });
};

export class PriceTable {
  #rows = DURATIONS.map(duration => ({ duration, ...row(say("seconds", { n: parseInt(duration) })) }));

  constructor() {
    byId("price-table").append(
      head(say("table.duration")),
      html("tbody", {}, ...this.#rows.map(({ element }) => element)),
    );
  }

  show(configuration) {
    for (const { duration, cells } of this.#rows) {
      const isChosen = line => duration === configuration.duration && isSame(line, configuration);
      fill(cells, line => say("plain", { n: totalOf(line, duration) }), isChosen);
    }
  }
}

export class BudgetTable {
  #videos = row("");
  #longest = row(say("budget.longest"));

  constructor() {
    byId("budget-table").append(head(""), html("tbody", {}, this.#videos.element, this.#longest.element));
  }

  show(configuration, credits) {
    const { duration } = configuration;
    const counts = affordable(credits, { duration });
    byId("budget-table").caption.textContent = say("budget.caption", { n: credits });
    this.#videos.header.textContent = say("budget.videos", { n: parseInt(duration) });
    const isChosen = line => isSame(line, configuration);
    fill(this.#videos.cells, line => say("plain", { n: counts.find(row => isSame(row, line)).count }), isChosen);
    fill(this.#longest.cells, line => longest(credits, line), isChosen);
  }
}

const longest = (credits, line) => {
  const found = longestDuration(credits, { ...line, upscaleResolution: line.upscaleResolution ?? undefined });
  return found ? say("budget.seconds", { n: parseInt(found) }) : say("none");
};
