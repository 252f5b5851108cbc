// A time limit for functions of the app, which may never settle.
/** Settles like the promise `work`, or rejects with this message if it takes longer than `limit`. */
export const within = (limit, work, message) => {
  let timer;
  const timeout = new Promise((_, fail) => {
    timer = setTimeout(() => fail(new Error(message)), limit);
  });
  return Promise.race([work, timeout]).finally(() => clearTimeout(timer));
};
