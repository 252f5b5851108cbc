// Keeps each video with its request and task in the package's IndexedDB store. Never a key.

import { indexedDbStore } from "sd2-client";

const store = indexedDbStore("sd2-page");
const OWNER = "sd2-page-owner";
const KEPT = "sd2-page-kept";
const REMOVED = "sd2-page-removed";
/** Prefix of the records in localStorage, where an earlier version of this page kept them. */
const EARLIER = "sd2-page-job ";
/** The timeout of the store, so that a store that hangs does not delay a video. */
const TIMEOUT_MS = 2000;

/** Each page holds a lock of this name for as long as it lives, so that no page takes the running videos of another. */
const owner = `${OWNER} ${Date.now()} ${Math.random()}`;
navigator.locks?.request(owner, () => new Promise(() => {})).catch(() => {});

/** Resolves when a record is written, or when the storage fails, which must not end a video. */
export const put = record => {
  try {
    // Tells the next page to load the queue at its start.
    localStorage.setItem(KEPT, "yes");
  } catch {
    // No storage here: nothing outlives a page.
  }
  const written = store.set(record.id, JSON.stringify({ ...record, owner })).catch(() => {});
  return Promise.race([written, new Promise(done => setTimeout(done, TIMEOUT_MS))]);
};

export const remove = id => store.delete(id).catch(() => {});

/** Removes records as the page goes. It does not live to see IndexedDB do that, so the next page makes sure. */
export const removeAtLast = ids => {
  if (!ids.length) return;
  try {
    localStorage.setItem(REMOVED, JSON.stringify(ids));
  } catch {
    // Without storage nothing outlives the page.
  }
  for (const id of ids) remove(id);
};

/** The ids of the records that an earlier page removed as it went. */
const removedAtLast = () => {
  try {
    const ids = JSON.parse(localStorage.getItem(REMOVED)) ?? [];
    localStorage.removeItem(REMOVED);
    return ids.filter(id => typeof id === "string");
  } catch {
    return [];
  }
};

/** The `records` that are finished or belong to no living page, oldest first, and the number of unreadable ones, which are kept. */
export const load = async () => {
  const { held = [] } = (await navigator.locks?.query().catch(() => undefined)) ?? {};
  const alive = new Set(held.map(lock => lock.name));
  alive.delete(previousOwner());
  const records = [];
  let unread = 0;
  const take = text => {
    try {
      const record = JSON.parse(text);
      if (!record.id || !record.request?.inputs) throw new Error("This is no record.");
      if (record.state === "COMPLETED" || !alive.has(record.owner)) records.push(record);
      return record;
    } catch {
      unread++;
      return undefined;
    }
  };
  try {
    await Promise.all(removedAtLast().map(remove));
    for (const text of await Promise.all((await store.keys()).map(key => store.get(key)))) take(text);
    for (const key of earlier()) {
      const record = take(localStorage.getItem(key));
      if (record) put(record).then(() => localStorage.removeItem(key));
    }
  } catch {
    // No storage here (a private window, a policy): nothing outlives a page.
  }
  records.sort((a, b) => a.startedAt - b.startedAt);
  return { records, unread };
};

const earlier = () => {
  try {
    return Object.keys(localStorage).filter(key => key.startsWith(EARLIER));
  } catch {
    return [];
  }
};

/** The page before a reload is gone, even if its lock still exists. */
const previousOwner = () => {
  try {
    const previous = sessionStorage.getItem(OWNER);
    sessionStorage.setItem(OWNER, owner);
    return performance.getEntriesByType("navigation")[0]?.type === "reload" ? previous : null;
  } catch {
    return null;
  }
};
