// The request on the screen, which outlives a reload of this tab.

const DRAFT = "sd2-page-draft";

/** Puts back what an earlier page left, and leaves what is there when this one goes. */
export const keepDraft = form => {
  try {
    const request = JSON.parse(sessionStorage.getItem(DRAFT));
    if (request) form.fill(request);
  } catch {
    // No storage here, or not what this page wrote: the form stays as it is.
  }
  addEventListener("pagehide", () => {
    try {
      sessionStorage.setItem(DRAFT, JSON.stringify(form.request));
    } catch {
      // No storage, no draft.
    }
  });
};
