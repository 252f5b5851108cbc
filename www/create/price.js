// What the video on the screen costs: its parts, what it leaves, and how the same costs less.

import { estimateCredits } from "sd2-client";
import { byId, html } from "../element.js";
import { say } from "../text.js";

/** Shows the price of a configuration, and what is left of a balance, if that is known. */
export const showPrice = (configuration, available) => {
  const price = estimateCredits(configuration);
  const { durationSeconds, model } = price;
  const upscale = configuration.upscaleResolution;
  byId("price-total").textContent = say("plain", { n: price.total });
  // Each line stands there always, so that nothing moves when a part is added.
  byId("price-parts").replaceChildren(
    line(say("price.base", { n: durationSeconds, model, rate: price.base / durationSeconds }), price.base),
    line(say("price.reference"), price.videoReference),
    line(upscale ? say("price.upscale", { name: upscale.toUpperCase() }) : say("price.original"), price.upscale),
    line(say("price.total"), price.total, "sum"),
  );
  const left = available - price.total;
  const balance =
    available === undefined
      ? []
      : [
          line(say("price.before"), available),
          left < 0 ? line(say("price.missing"), -left, "over") : line(say("price.after"), left),
        ];
  byId("price-balance").replaceChildren(...balance);
};

const line = (term, credits, kind) =>
  html(
    "div",
    { class: kind },
    html("dt", {}, term),
    html("dd", {}, credits ? say("plain", { n: credits }) : say("none")),
  );

/** Shows what would be cheaper; `take(change)` puts one of them into the form. */
export const showSavings = (configuration, take) => {
  const { total, durationSeconds } = estimateCredits(configuration);
  const changes = {
    fast: configuration.model !== "sd2-fast" && { model: "sd2-fast" },
    shorter: durationSeconds > 4 && { duration: "4s" },
    plain: configuration.upscaleResolution && { upscaleResolution: undefined },
  };
  const items = Object.entries(changes).map(([name, change]) => {
    const title = html("span", {}, say(`savings.${name}`));
    if (!change) return html("li", { class: "saving" }, title, html("span", { class: "saved" }, say("savings.chosen")));
    const { total: less } = estimateCredits({ ...configuration, ...change });
    const saved = html("span", { class: "saved" }, say("savings.less", { n: total - less }));
    const attributes = { type: "button", class: "saving", "data-saving": name, onclick: () => take(change) };
    return html("li", {}, html("button", attributes, title, html("strong", {}, say("plain", { n: less })), saved));
  });
  byId("savings").replaceChildren(...items);
};

/** Writes under each model and upscale what a second of it costs. */
export const showRates = () => {
  for (const place of document.querySelectorAll("[data-rate]")) {
    const name = place.dataset.rate;
    const isModel = name.startsWith("sd2");
    const price = estimateCredits(isModel ? { model: name } : { model: "sd2", upscaleResolution: name });
    const credits = (isModel ? price.base : price.upscale) / price.durationSeconds;
    place.textContent = say(isModel ? "rate.model" : "rate.upscale", { n: credits });
  }
};
