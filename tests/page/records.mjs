// What earlier visits left in a browser.

/** A picture of one pixel. */
const POSTER = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7";

/** A video as the page keeps it: completed, unless `change` says otherwise. */
export const record = (sandbox, { number, prompt = "A cat", model = "sd2", url, ...change }) => {
  const taskId = `task_${number}`;
  const address = url ?? `${sandbox.url}/videos/${taskId}-1280x720.mp4`;
  return JSON.stringify({
    id: `record-${number}`,
    number,
    request: { model, inputs: { prompt, duration: "5s", resolution: "1280x720" } },
    mode: "text",
    price: 200,
    baseUrl: sandbox.baseUrl,
    startedAt: 1_700_000_000_000 + number,
    state: "COMPLETED",
    taskId,
    poster: POSTER,
    task: {
      taskId,
      model,
      status: "COMPLETED",
      creditsUsed: 200,
      output: [{ url: address, width: 1280, height: 720 }],
      error: null,
      createTime: 1_700_000_000_000,
      completeTime: 1_700_000_020_000,
    },
    ...change,
  });
};

/** Puts texts into the page's storage; it runs in the page. */
export const give = records =>
  new Promise((resolve, reject) => {
    if (records.length) localStorage.setItem("sd2-page-kept", "yes");
    const request = indexedDB.open("sd2-page");
    request.onupgradeneeded = () => request.result.createObjectStore("items");
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const transaction = request.result.transaction("items", "readwrite");
      records.forEach((text, index) => transaction.objectStore("items").put(text, `record-${index + 1}`));
      transaction.oncomplete = () => {
        request.result.close();
        resolve();
      };
    };
  });
