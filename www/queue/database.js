// A store in IndexedDB: one item for each name.

const ITEMS = "items";

/** `{ get(key), set(key, value), delete(key), keys() }`, each resolving when it is done. */
export const indexedDbStore = name => {
  let opened;
  const open = () => {
    opened ??= new Promise((resolve, reject) => {
      const request = indexedDB.open(name);
      request.onupgradeneeded = () => request.result.createObjectStore(ITEMS);
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    opened.catch(() => (opened = undefined));
    return opened;
  };
  const run = async (mode, work) => {
    const transaction = (await open()).transaction(ITEMS, mode);
    const request = work(transaction.objectStore(ITEMS));
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    });
  };
  return {
    get: key => run("readonly", items => items.get(key)),
    set: (key, value) => run("readwrite", items => items.put(value, key)),
    delete: key => run("readwrite", items => items.delete(key)),
    keys: () => run("readonly", items => items.getAllKeys()),
  };
};
