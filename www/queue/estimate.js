// How long a video takes, as far as this browser has seen it.

const KEPT = 9;
const seen = new Map();

const keyOf = ({ model, inputs }) => [model, inputs.upscaleResolution, Boolean(inputs.videoUrls?.length)].join();
const secondsOf = ({ inputs }) => parseInt(inputs.duration ?? "5s");

/** Remembers how long one took, for each second of it: longer ones take longer. */
export const remember = (request, took) => {
  if (!(took > 0)) return;
  const key = keyOf(request);
  seen.set(key, [...(seen.get(key) ?? []), took / secondsOf(request)].slice(-KEPT));
};

/** How long such a video takes, in milliseconds: the median of what was seen; or nothing, where none was. */
export const expect = request => {
  const rates = seen.get(keyOf(request))?.toSorted((a, b) => a - b);
  return rates && rates[Math.floor(rates.length / 2)] * secondsOf(request);
};
