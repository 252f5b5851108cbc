// The request on the screen, which outlives a reload of this tab.

const DRAFT = "sd2-page-draft";

/** Restores the draft of an earlier page, and saves it when this page goes. */
export const keepDraft = form => {
  try {
    const request = JSON.parse(sessionStorage.getItem(DRAFT));
    if (request) form.fill(request);
  } catch {
    // No storage, or not written by this page: the form stays empty.
  }
  addEventListener("pagehide", () => {
    try {
      sessionStorage.setItem(DRAFT, JSON.stringify(form.request));
    } catch {
      // No storage, no draft.
    }
  });
};
