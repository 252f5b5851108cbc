// The price of the request: its parts, the balance after it, and ways to save.

import { estimateCredits } from "sd2-client";
import { byId, html } from "../element.js";
import { say } from "../text.js";

const SHORT = "4s";

/** Shows the price of a configuration and the balance after it, if known. `queued` credits are already reserved. */
export const showPrice = (configuration, balance, queued) => {
  const price = estimateCredits(configuration);
  const { durationSeconds, model, total } = price;
  const upscale = configuration.upscaleResolution;
  byId("price-total").textContent = say("plain", { n: total });
  byId("price-parts").replaceChildren(
    ...[
      line(say("price.base", { n: durationSeconds, model, rate: price.base / durationSeconds }), price.base),
      price.videoReference ? line(say("price.reference"), price.videoReference) : "",
      upscale ? line(say("price.upscale", { name: upscale.toUpperCase() }), price.upscale) : "",
      line(say("price.total"), total, "sum"),
    ],
  );
  const left = balance - queued - total;
  const lines =
    balance === undefined
      ? []
      : [
          line(say("price.before"), balance),
          queued ? line(say("price.queued"), -queued) : "",
          left < 0 ? line(say("price.missing"), -left, "over") : line(say("price.after"), left),
        ];
  byId("price-balance").replaceChildren(...lines);
  byId("price-after").textContent =
    balance === undefined ? "" : say(left < 0 ? "price.short" : "price.line", { n: Math.abs(left) });
  byId("price").classList.toggle("over", left < 0);
};

const line = (term, credits, kind) =>
  html("div", { class: kind }, html("dt", {}, term), html("dd", {}, say("plain", { n: credits })));

/** Shows cheaper configurations that fit into the `free` credits, if known. `take(change)` applies one. */
export const showSavings = (configuration, free, take) => {
  const { total, durationSeconds } = estimateCredits(configuration);
  const changes = {
    fast: configuration.model !== "sd2-fast" && { model: "sd2-fast" },
    shorter: durationSeconds > parseInt(SHORT) && { duration: SHORT },
    plain: configuration.upscaleResolution && { upscaleResolution: undefined },
  };
  const items = Object.entries(changes).flatMap(([name, change]) => {
    if (!change) return [];
    const { total: less } = estimateCredits({ ...configuration, ...change });
    if (less > free) return [];
    const attributes = { type: "button", class: "saving", "data-saving": name, onclick: () => take(change) };
    const saved = html("span", { class: "saved" }, say("savings.less", { n: total - less }));
    const title = html("span", {}, say(`savings.${name}`, { n: parseInt(SHORT) }));
    return html("li", {}, html("button", attributes, title, html("strong", {}, say("plain", { n: less })), saved));
  });
  const list = byId("savings");
  const textOf = items => Array.from(items, item => item.textContent).join();
  // Keep the buttons, because a button that is replaced while it is pressed does nothing.
  if (textOf(items) !== textOf(list.children)) list.replaceChildren(...items);
  byId("savings-group").hidden = items.length === 0;
};

/** Shows the price per second for each model and upscale. */
export const showRates = () => {
  for (const place of document.querySelectorAll("[data-rate]")) {
    const name = place.dataset.rate;
    const isModel = name.startsWith("sd2");
    const price = estimateCredits(isModel ? { model: name } : { model: "sd2", upscaleResolution: name });
    const credits = (isModel ? price.base : price.upscale) / price.durationSeconds;
    place.textContent = say(isModel ? "rate.model" : "rate.upscale", { n: credits });
  }
};
