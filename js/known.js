// Caches prices, because long lists repeat configurations and a call of the module costs more than a lookup.

/** By model, duration, upscale and reference. */
const prices = new Map();

/** The four values on which a price depends; undefined for requests, and for values that only the module can judge. */
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
    // A getter or a proxy threw.
  }
};

export const knownPrice = configuration => {
  const all = readAll(configuration);
  return all && prices.get(all[0])?.get(all[1])?.get(all[2])?.get(all[3]);
};

/** Call this only with valid configurations: there are few, so the cache stays small. */
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
