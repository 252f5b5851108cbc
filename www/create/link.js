// A request in an address: `#create?prompt=…&model=sd2`. Whoever opens it finds it in the form; nothing is sent by that.

/** How the fields of a request are called in the address. The webhook is left out: it may be a secret. */
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

/** The request of an address, or nothing where it has none. What the form does not know stays as it is there. */
export const fromState = state => {
  if (!state.has("model")) return undefined;
  const inputs = {};
  for (const [field, name] of Object.entries(TEXTS)) if (state.has(name)) inputs[field] = state.get(name);
  for (const [field, name] of Object.entries(LISTS)) if (state.has(name)) inputs[field] = state.getAll(name);
  return { model: state.get("model"), inputs };
};
