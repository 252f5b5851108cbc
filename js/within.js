// A time limit for what may never settle: a store, functions of the app.

/** Resolves to what the promise resolves to, or after `span` to what `late` returns. */
export const within = (promise, span, late) => {
  let timer;
  const end = new Promise(done => (timer = setTimeout(() => done(late?.()), span)));
  return Promise.race([promise, end]).finally(() => clearTimeout(timer));
};
