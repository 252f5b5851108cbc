// What a user's function throws ends here.

/** Calls a user's function, if there is one; whatever it throws or rejects with is reported, and goes no further. */
export const tell = (listener, ...what) => {
  try {
    listener?.(...what)?.then?.(undefined, report);
  } catch (error) {
    report(error);
  }
};

/** Shows what a user's function threw, as the platform shows what nobody caught. */
export const report = error => {
  try {
    // In Deno, reportError would end the program.
    (globalThis.Deno ? console.error : (globalThis.reportError ?? console.error))(error);
  } catch {
    // There is nobody left to tell.
  }
};
