// What the video on the screen costs, and what each choice would.

import { estimateCredits } from "sd2-client";
import { number } from "./text.js";

const find = (id) => document.getElementById(id);

/** Shows the price of a configuration; `available` are the credits that the account has, if that is known. */
export const showPrice = (configuration, available) => {
  const price = estimateCredits(configuration);
  find("price-total").textContent = number.format(price.total);
  const parts = [`${price.durationSeconds} s × ${price.base / price.durationSeconds}`];
  if (price.videoReference) parts.push(`clip reference +${number.format(price.videoReference)}`);
  if (price.upscale) parts.push(`${configuration.upscaleResolution.toUpperCase()} +${number.format(price.upscale)}`);
  if (available !== undefined) {
    const left = available - price.total;
    parts.push(left < 0 ? `${number.format(-left)} more than you have` : `leaves ${number.format(left)}`);
  }
  find("price-parts").replaceChildren(...parts.map(part));
  find("price").classList.toggle("over", available !== undefined && price.total > available);
};

const part = (text) => {
  const span = document.createElement("span");
  span.textContent = text;
  return span;
};

/** Writes under each model and upscale what it costs for a second. */
export const showRates = () => {
  for (const place of document.querySelectorAll("[data-price]")) {
    const name = place.dataset.price;
    const isModel = name.startsWith("sd2");
    const { creditsPerSecond, upscale, durationSeconds } = estimateCredits(
      isModel ? { model: name } : { model: "sd2", upscaleResolution: name === "none" ? undefined : name },
    );
    if (name === "none") place.textContent = "original";
    else place.textContent = isModel ? `${creditsPerSecond} a second` : `+${upscale / durationSeconds} a second`;
  }
};
