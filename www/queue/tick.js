// One clock for all running jobs. It stops while the page is hidden or offline, and while nothing runs.

const TICK_MS = 1000;
const listeners = new Set();
let timer;

const update = () => {
  const runs = listeners.size > 0 && !document.hidden && navigator.onLine;
  if (runs && !timer) timer = setInterval(() => listeners.forEach(listener => listener()), TICK_MS);
  if (!runs) timer = void clearInterval(timer);
};
document.addEventListener("visibilitychange", update);
for (const event of ["online", "offline"]) addEventListener(event, update);

/** Calls the listener each second; returns a function that ends that. */
export const onTick = listener => {
  listeners.add(listener);
  update();
  return () => {
    listeners.delete(listener);
    update();
  };
};
