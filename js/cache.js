// What the platform's `fetch` takes.

let cache;
/** Whether `fetch` takes `cache: "no-store"`: workerd throws at older compatibility dates. */
export const acceptsCache = () => {
  try {
    cache ??= !!new Request("http://localhost", { cache: "no-store" });
  } catch {
    cache = false;
  }
  return cache;
};
