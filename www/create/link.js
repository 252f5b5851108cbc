// A request in an address: `#create?prompt=…&model=sd2`. Opening it fills the form and sends nothing.

/** The names of the request's fields in the address. The webhook is left out, because it may be a secret. */
const TEXTS = {
  prompt: "prompt",
  duration: "duration",
  resolution: "aspect",
  upscaleResolution: "upscale",
  videoInputMode: "mode",
};
const LISTS = { urls: "image", videoUrls: "video", audioUrls: "sound" };

export const toState = ({ model, inputs }) => {
  const state = new URLSearchParams({ model });
  for (const [field, name] of Object.entries(TEXTS)) if (inputs[field]) state.set(name, inputs[field]);
  for (const [field, name] of Object.entries(LISTS)) {
    for (const url of inputs[field] ?? []) state.append(name, url);
  }
  return state;
};

/** The request in an address, or `undefined`. The form ignores unknown values. */
export const fromState = state => {
  if (!state.has("model")) return undefined;
  const inputs = {};
  for (const [field, name] of Object.entries(TEXTS)) if (state.has(name)) inputs[field] = state.get(name);
  for (const [field, name] of Object.entries(LISTS)) if (state.has(name)) inputs[field] = state.getAll(name);
  return { model: state.get("model"), inputs };
};
