// Estimates how long a video takes from those that this browser has made.

const KEPT = 9;
const seen = new Map();

const keyOf = ({ model, inputs }) => [model, inputs.upscaleResolution, Boolean(inputs.videoUrls?.length)].join();
const secondsOf = ({ inputs }) => parseInt(inputs.duration ?? "5s");

/** Remembers how long a video took per second, because longer videos take longer. */
export const remember = (request, took) => {
  if (!(took > 0)) return;
  const key = keyOf(request);
  seen.set(key, [...(seen.get(key) ?? []), took / secondsOf(request)].slice(-KEPT));
};

/** The expected duration in milliseconds: the median of earlier ones, or `undefined` without any. */
export const expect = request => {
  const rates = seen.get(keyOf(request))?.toSorted((a, b) => a - b);
  return rates && rates[Math.floor(rates.length / 2)] * secondsOf(request);
};
