// What a video costs, in every way it can be made. It needs no network and no key; its state is in the address.

import { affordable, estimateCredits, longestDuration } from "sd2-client";
import { address, write } from "../address.js";
import { copy } from "../copy.js";
import { byId, html } from "../element.js";
import { say } from "../text.js";
import { Batch } from "./batch.js";
import { Chart } from "./chart.js";
import {
  DURATIONS,
  fromAddress,
  isSame,
  LINES,
  MODELS,
  REFERENCES,
  toAddress,
  totalOf,
  UPSCALES,
} from "./configuration.js";

const form = byId("calculator");
const budget = byId("budget");
const DEFAULT_BUDGET = "1000";
let configuration;
let others;

const chart = new Chart(byId("chart"), byId("chart-readout"), chosen => choose(chosen));
new Batch();

/** Shows what the address says; `around` has the `connection` and the request's `form`. */
export const enter = (state, around) => {
  others = around;
  budget.value = /^\d{1,9}$/.test(state.get("credits")) ? state.get("credits") : DEFAULT_BUDGET;
  const available = around.connection.balance?.availableCredits;
  byId("budget-balance").hidden = available === undefined;
  if (available !== undefined) byId("budget-balance").textContent = say("budget.balance", { n: available });
  show(fromAddress(state));
};

const state = () => {
  const parameters = toAddress(configuration);
  if (budget.value !== DEFAULT_BUDGET) parameters.set("credits", budget.value);
  return parameters;
};

const choose = chosen => {
  show(chosen);
  write("calculate", state());
};

const show = chosen => {
  configuration = chosen;
  const { elements } = form;
  elements.model.value = chosen.model;
  elements.upscale.value = chosen.upscaleResolution ?? "none";
  elements.reference.value = chosen.videoReference ? "with" : "without";
  elements.duration.value = parseInt(chosen.duration);
  const price = estimateCredits({ ...chosen, upscaleResolution: chosen.upscaleResolution ?? undefined });
  const seconds = say("seconds", { n: price.durationSeconds });
  elements.duration.setAttribute("aria-valuetext", seconds);
  byId("calculator-duration-value").textContent = seconds;
  byId("calculator-total").textContent = say("plain", { n: price.total });
  const parts = [say("formula.base", { seconds: price.durationSeconds, rate: price.base / price.durationSeconds })];
  if (price.videoReference) parts.push(say("formula.reference", { n: price.videoReference }));
  if (price.upscale)
    parts.push(say("formula.upscale", { n: price.upscale, name: chosen.upscaleResolution.toUpperCase() }));
  byId("calculator-formula").textContent = parts.join(" ");
  chart.show(chosen);
  showTable();
  showBudget();
};

/** The header of the tables: the reference clip over the models over the upscales. */
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
      ...REFERENCES.map(clip => {
        const text = say(`chart.panel.${clip ? "with" : "without"}`);
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

const showTable = () => {
  const rows = DURATIONS.map(duration =>
    html(
      "tr",
      {},
      html("th", { scope: "row", class: "corner" }, say("seconds", { n: parseInt(duration) })),
      ...LINES.map(line => {
        const isChosen = duration === configuration.duration && isSame(line, configuration);
        return html(
          "td",
          { class: `figure${isChosen ? " chosen" : ""}` },
          say("plain", { n: totalOf(line, duration) }),
        );
      }),
    ),
  );
  const table = byId("price-table");
  table.replaceChildren(table.caption, head(say("table.length")), html("tbody", {}, ...rows));
};

const showBudget = () => {
  const credits = Math.max(0, Math.floor(Number(budget.value) || 0));
  const seconds = parseInt(configuration.duration);
  const counts = affordable(credits, { duration: configuration.duration });
  const row = (title, cell) =>
    html(
      "tr",
      {},
      html("th", { scope: "row", class: "corner" }, title),
      ...LINES.map(line => html("td", { class: `figure${isSame(line, configuration) ? " chosen" : ""}` }, cell(line))),
    );
  const longest = line => {
    const duration = longestDuration(credits, { ...line, upscaleResolution: line.upscaleResolution ?? undefined });
    return duration ? say("budget.seconds", { n: parseInt(duration) }) : say("none");
  };
  const table = byId("budget-table");
  table.caption.textContent = say("budget.caption", { n: credits });
  table.replaceChildren(
    table.caption,
    head(""),
    html(
      "tbody",
      {},
      row(say("budget.videos", { n: seconds }), line =>
        say("plain", { n: counts.find(row => isSame(row, line)).count }),
      ),
      row(say("budget.longest"), longest),
    ),
  );
};

form.addEventListener("input", () => {
  const { model, upscale, reference, duration } = form.elements;
  choose({
    model: model.value,
    duration: `${duration.value}s`,
    upscaleResolution: upscale.value === "none" ? null : upscale.value,
    videoReference: reference.value === "with",
  });
});
form.addEventListener("submit", event => event.preventDefault());
budget.addEventListener("input", () => choose(configuration));
byId("budget-balance").addEventListener("click", () => {
  budget.value = others.connection.balance?.availableCredits ?? budget.value;
  choose(configuration);
});
byId("calculator-link").addEventListener("click", event => {
  copy(event.target, new URL(address("calculate", state()), location.href).href);
});
byId("calculator-use").addEventListener("click", () => {
  others.form.configure({ ...configuration, upscaleResolution: configuration.upscaleResolution ?? undefined });
  location.hash = "#create";
});
