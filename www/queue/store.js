// The jobs that outlive this page: their requests and the ids of their tasks, in the browser's storage. Never a key.

import { keys, RECORD, storage } from "./record.js";

const OWNER = "sd2-page-owner";

/** Each page holds a lock of this name for as long as it lives, so that no page takes the jobs of another. */
const owner = `${OWNER} ${Date.now()} ${Math.random()}`;
navigator.locks?.request(owner, () => new Promise(() => {})).catch(() => {});

/** Keeps a job as it is now. */
export const put = record => {
  try {
    storage()?.setItem(RECORD + record.id, JSON.stringify({ ...record, owner }));
  } catch {
    // A full storage must not end a job.
  }
};

export const remove = id => storage()?.removeItem(RECORD + id);

/** The jobs that no living page has, oldest first: from now on they are this page's. */
export const adopt = async () => {
  const { held = [] } = (await navigator.locks?.query().catch(() => undefined)) ?? {};
  const alive = new Set(held.map(lock => lock.name));
  alive.delete(previousOwner());
  const found = [];
  for (const key of keys()) {
    try {
      const record = JSON.parse(localStorage.getItem(key));
      if (!alive.has(record.owner)) found.push(record);
    } catch {
      localStorage.removeItem(key);
    }
  }
  found.sort((a, b) => a.startedAt - b.startedAt);
  for (const record of found) put(record);
  return found;
};

/** The page that was here before a reload is gone, even if its lock is not yet. */
const previousOwner = () => {
  try {
    const previous = sessionStorage.getItem(OWNER);
    sessionStorage.setItem(OWNER, owner);
    return performance.getEntriesByType("navigation")[0]?.type === "reload" ? previous : null;
  } catch {
    return null;
  }
};
