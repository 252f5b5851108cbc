// Where a client keeps its running tasks: texts under keys.

/** Web Locks, where there are some: pages of one browser share these and their storage. */
const lock = async (key, work, options = {}) => globalThis.navigator?.locks?.request(key, options, work);

/** As long as the program runs: for tests, and for clients that come and go. */
export const memoryStore = () => Object.assign(new Map(), { lock });

/** In the browser, which writes it to disk late. Another prefix for each account, if a page has several. */
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

/** In the browser; what is written is on disk. Another name for each account, if a page has several. */
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
        // Somebody wants to delete it.
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
