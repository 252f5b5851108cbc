// The stores of the package: each keeps strings under keys.

/** Web Locks, if the platform has them. Pages of one browser share them, as they share their storage. */
const lock = async (key, work, options = {}) => globalThis.navigator?.locks?.request(key, options, work);

/** Keeps its items as long as the program runs: for tests, and for programs with several clients. */
export const memoryStore = () => Object.assign(new Map(), { lock });

/** Keeps its items in the browser, which may write them to disk later. A page with several accounts needs a prefix for each. */
export const localStorageStore = (prefix = "") => ({
  lock,
  get: key => localStorage.getItem(prefix + key),
  set: (key, value) => localStorage.setItem(prefix + key, value),
  delete: key => localStorage.removeItem(prefix + key),
  keys: () =>
    Object.keys(localStorage)
      .filter(key => key.startsWith(prefix))
      .map(key => key.slice(prefix.length)),
});

/** Keeps its items in the browser, and waits until they are on disk. A page with several accounts needs a name for each. */
export const indexedDbStore = (name = "sd2-client") => {
  let opened;

  const open = () =>
    new Promise((done, fail) => {
      const request = indexedDB.open(name);
      request.onupgradeneeded = () => request.result.createObjectStore("items");
      request.onerror = () => fail(request.error);
      request.onsuccess = () => {
        const database = request.result;
        const forget = () => {
          opened = undefined;
        };
        database.onclose = forget;
        // Another page deletes the database.
        database.onversionchange = () => {
          database.close();
          forget();
        };
        done(database);
      };
    });

  const run = async (mode, ask) => {
    opened ??= open();
    let database;
    try {
      database = await opened;
    } catch (error) {
      opened = undefined;
      throw error;
    }
    return new Promise((done, fail) => {
      const transaction = database.transaction("items", mode, { durability: "strict" });
      const request = ask(transaction.objectStore("items"));
      transaction.oncomplete = () => done(request.result);
      transaction.onabort = () => fail(transaction.error);
    });
  };

  return {
    lock,
    get: key => run("readonly", items => items.get(key)),
    set: (key, value) => run("readwrite", items => items.put(value, key)),
    delete: key => run("readwrite", items => items.delete(key)),
    keys: () => run("readonly", items => items.getAllKeys()),
  };
};
