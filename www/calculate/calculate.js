// The view with the prices of all configurations. It needs no network and no key, and its state is in the address.

import { estimateCredits } from "sd2-client";
import { address, write } from "../address.js";
import { copy } from "../copy.js";
import { byId } from "../element.js";
import { say } from "../text.js";
import { Bars } from "./bars.js";
import { Batch } from "./batch.js";
import { Chart } from "./chart.js";
import { fromAddress, toAddress } from "./configuration.js";
import { BudgetTable, PriceTable } from "./tables.js";

const form = byId("calculator");
const budget = byId("budget");
const DEFAULT_BUDGET = "1000";
let configuration;
let others;

const bars = new Bars(byId("bars"), line => choose({ ...line, duration: configuration.duration }));
const chart = new Chart(byId("chart"), byId("chart-readout"), chosen => choose(chosen));
const prices = new PriceTable();
const buys = new BudgetTable();
const batch = new Batch();

/** Shows the state from the address. `around` has the `connection`, the request's `form`, `ready`, `free` and `start`. */
export const enter = (state, around) => {
  others = around;
  batch.enter(around);
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
  byId("bars-title").textContent = say("bars.title", { seconds });
  bars.show(chosen);
  chart.show(chosen);
  prices.show(chosen);
  buys.show(chosen, Math.max(0, Math.floor(Number(budget.value) || 0)));
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
