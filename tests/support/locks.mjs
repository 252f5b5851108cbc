// Web Locks, as far as the library needs them: exclusive ones, of one page.

/** Makes a LockManager. `delay()` is waited for before each request. */
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

/** Puts a LockManager in the navigator's place while work is done. */
export const withLocks = async (locks, work) => {
  const { navigator } = globalThis;
  Object.defineProperty(globalThis, "navigator", { value: { locks }, configurable: true });
  try {
    return await work();
  } finally {
    Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true });
  }
};
