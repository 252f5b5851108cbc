// Time, as far as a test must not wait for it. These functions run in the page.

/** Lets a second go by, in which a press of the button would count as the half of a double click. */
export const later = () => {
  const { now } = Date;
  Date.now = () => now() + 1_000;
};

/** What can be taken back before it is sent stays so. */
export const neverSends = () => {
  const { setTimeout } = window;
  window.setTimeout = (run, ms, ...rest) => (ms === 3_000 ? 0 : setTimeout(run, ms, ...rest));
};
