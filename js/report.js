// Calls the caller's functions. Their errors never end a call.

/** Calls a function of the caller, if there is one. Reports what it throws or rejects with. */
export const tell = (listener, ...what) => {
  try {
    listener?.(...what)?.then?.(undefined, report);
  } catch (error) {
    report(error);
  }
};

/** Shows an error as the platform shows an uncaught one. */
export const report = error => {
  try {
    // In Deno, reportError would end the program.
    (globalThis.Deno ? console.error : (globalThis.reportError ?? console.error))(error);
  } catch {
    // Reporting failed, too.
  }
};
