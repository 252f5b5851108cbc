// The request on the screen, which outlives a reload of this tab.

const DRAFT = "sd2-page-draft";

/** Restores the draft of an earlier page, and saves it when this page goes. */
export const keepDraft = form => {
  try {
    const request = JSON.parse(sessionStorage.getItem(DRAFT));
    if (request) form.fill(request);
  } catch {
    // There is no storage, or another program wrote the entry. The form stays empty.
  }
  addEventListener("pagehide", () => {
    try {
      sessionStorage.setItem(DRAFT, JSON.stringify(form.request));
    } catch {
      // Without storage, there is no draft.
    }
  });
};
