// Prices that the module has told before: a long list repeats them, and each call of the module costs more than all of this.

/** By the model, the duration, the upscale and the reference. */
const prices = new Map();

/** What a price depends on, each a plain value; undefined for a request and whatever else the module should look at. */
const readAll = configuration => {
  let model;
  let duration;
  let upscale;
  let reference;
  try {
    if (typeof configuration !== "object" || configuration.toJSON !== undefined) return;
    for (const name of Object.keys(configuration)) {
      const value = configuration[name];
      if (name === "model") model = value;
      else if (name === "duration") duration = value;
      else if (name === "upscaleResolution") upscale = value;
      else if (name === "videoReference") reference = value;
      else return;
    }
    return [model, duration, upscale, reference];
  } catch {
    // It does not let itself be read.
  }
};

export const knownPrice = configuration => {
  const all = readAll(configuration);
  return all && prices.get(all[0])?.get(all[1])?.get(all[2])?.get(all[3]);
};

/** Only what has a price is kept, so that there are few. */
export const keep = (configuration, price) => {
  const all = readAll(configuration);
  if (!all) return;
  const last = all.pop();
  let map = prices;
  for (const value of all) {
    if (!map.has(value)) map.set(value, new Map());
    map = map.get(value);
  }
  map.set(last, price);
};
