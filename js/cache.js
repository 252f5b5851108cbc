// Which options the `fetch` of the platform accepts.

let cache;
/** Whether `fetch` accepts `cache: "no-store"`: workerd throws at older compatibility dates. */
export const acceptsCache = () => {
  try {
    cache ??= !!new Request("http://localhost", { cache: "no-store" });
  } catch {
    cache = false;
  }
  return cache;
};
