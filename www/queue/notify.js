// A notification when a video is ready while the page is hidden, if the user asked for it.

import { byId } from "../element.js";
import { find, say } from "../text.js";
import { nameOf } from "./view.js";

const WANTED = "sd2-page-notify";
const box = byId("notify");

const isAllowed = () => globalThis.Notification?.permission === "granted";
try {
  box.checked = localStorage.getItem(WANTED) === "yes" && isAllowed();
} catch {
  // Without storage, notifications are off until the user asks for them.
}
box.addEventListener("change", async () => {
  if (box.checked && !isAllowed()) await globalThis.Notification?.requestPermission();
  if (box.checked && !isAllowed()) {
    box.checked = false;
    byId("announcer").textContent = say("notify.denied");
  }
  try {
    localStorage.setItem(WANTED, box.checked ? "yes" : "no");
  } catch {
    // Without storage, the choice ends with the page.
  }
});

/** Notifies the user that a job has ended. */
export const notify = job => {
  if (!box.checked || !isAllowed() || !document.hidden) return;
  const name = nameOf(job);
  const title = job.task
    ? say("notify.done", { name })
    : say("notify.failed", { name, state: find(`state.${job.state}`) });
  const shown = new Notification(title, { body: job.request.inputs.prompt ?? "", tag: job.record.id });
  shown.addEventListener("click", () => {
    focus();
    shown.close();
  });
};
