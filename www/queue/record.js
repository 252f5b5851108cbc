// Where the jobs that outlive this page lie in the browser's storage.

/** What the name of each begins with. */
export const RECORD = "sd2-page-job ";

/** What is in the storage; without one (a private window, a policy) nothing outlives the page. */
export const storage = () => {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
};

export const keys = () => Object.keys(storage() ?? {}).filter(key => key.startsWith(RECORD));

/** Whether there is any job, of whatever page. */
export const hasAny = () => keys().length > 0;
