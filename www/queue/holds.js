// The jobs about to be sent, above the Create button: each can be undone for three seconds.

import { byId, html } from "../element.js";
import { say } from "../text.js";
import { nameOf } from "./view.js";

/** How long a video can be taken back before it is sent. */
const HOLD_MS = 3000;
const STEP_MS = 1000;

/**
 * Holds jobs that were created together: calls `send()` when the time is over or on "Send now", `undo()` on "Undo". Returns a
 * function that ends the hold without either.
 */
export const hold = (jobs, { send, undo }) => {
  const credits = say("credits", { n: jobs.reduce((sum, job) => sum + job.record.price, 0) });
  const text = say("hold.text", { n: jobs.length, name: nameOf(jobs[0]), credits });
  const left = html("span", { class: "hold-left" });
  const name = jobs.length > 1 ? text : nameOf(jobs[0]);
  const until = Date.now() + HOLD_MS;
  const show = () => {
    const n = Math.max(1, Math.ceil((until - Date.now()) / STEP_MS));
    left.textContent = say("hold.left", { n });
  };
  const end = (then, next = byId("create-video")) => {
    clearInterval(ticker);
    clearTimeout(timer);
    const isHere = element.contains(document.activeElement);
    element.remove();
    if (isHere) next.focus({ preventScroll: true });
    then();
  };
  const button = (word, then) =>
    html(
      "button",
      { type: "button", class: "quiet", "aria-label": `${word}: ${name}`, onclick: () => end(then) },
      word,
    );
  const element = html(
    "li",
    { class: "hold" },
    html("span", {}, html("span", { class: "hold-name" }, text), " ", left),
    html("span", { class: "actions" }, button(say("hold.undo"), undo), button(say("hold.now"), send)),
  );
  const ticker = setInterval(show, STEP_MS);
  // The key that is about to press "Undo" must not press the Create button.
  const timer = setTimeout(() => end(send, byId("holds")), HOLD_MS);
  show();
  byId("holds").append(element);
  return () => element.isConnected && end(() => {});
};
