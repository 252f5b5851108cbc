// Web Locks, as far as the library uses them: exclusive locks within one page.

/** A LockManager. Each request first waits for `delay()`. */
export const makeLocks = (delay = async () => {}) => {
  const ends = new Map();
  return {
    /** The names of the locks that are held. */
    held: () => [...ends.keys()],
    async request(name, { ifAvailable }, work) {
      await delay();
      if (ifAvailable && ends.has(name)) return work(null);
      while (ends.has(name)) await ends.get(name);
      const end = (async () => work({ name }))();
      ends.set(name, end);
      try {
        return await end;
      } finally {
        ends.delete(name);
      }
    },
  };
};

/** Replaces `navigator.locks` by a LockManager while `work` runs. */
export const withLocks = async (locks, work) => {
  const { navigator } = globalThis;
  Object.defineProperty(globalThis, "navigator", { value: { locks }, configurable: true });
  try {
    return await work();
  } finally {
    Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true });
  }
};
