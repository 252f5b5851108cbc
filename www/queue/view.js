// The base of cards, lines and tiles: element, buttons, and the undo line of a removed job.

import { byId, html } from "../element.js";
import { say } from "../text.js";

export const nameOf = job => say("job.name", { number: job.number });

/** The settings of the request in one line. */
export const askedOf = ({ record }) => {
  const { request, mode } = record;
  const { duration, resolution, upscaleResolution } = request.inputs;
  const aspect = document.querySelector(`[name=resolution][value="${CSS.escape(resolution ?? "")}"] ~ .face .name`);
  return [
    mode && say(`mode.${mode}`),
    request.model,
    duration && say("job.seconds", { n: parseInt(duration) }),
    aspect?.textContent,
    upscaleResolution?.toUpperCase(),
  ]
    .filter(Boolean)
    .join(" · ");
};

export class View {
  job;
  element;
  #content;

  /** `actions` maps each `data-action` of the template to a function of the job. */
  constructor(template, job, actions) {
    this.job = job;
    this.element = byId(template).content.firstElementChild.cloneNode(true);
    this.element.dataset.number = job.number;
    this.#content = [...this.element.childNodes];
    this.element.addEventListener("click", ({ target }) => {
      const action = target.closest("[data-action]")?.dataset.action;
      if (action) actions[action](job);
    });
  }

  part(selector) {
    return this.element.querySelector(selector);
  }

  /** Moves the focus to it. */
  focus() {
    (this.part("article, [data-action=undo]") ?? this.element).focus({ preventScroll: true });
  }

  /** Shows or hides a button. A hidden button must not take the focus with it. */
  offer(action, isShown, text) {
    const button = this.part(`[data-action=${action}]`);
    if (!button) return;
    if (text) button.textContent = text;
    if (!isShown && button === document.activeElement) this.focus();
    button.hidden = !isShown;
    button.setAttribute("aria-label", `${button.textContent}: ${nameOf(this.job)}`);
  }

  /** Shows, in its place, that it was removed and that this can be undone. */
  showRemoved() {
    const { isRemoved } = this.job;
    if (this.element.classList.contains("is-removed") === isRemoved) return;
    this.element.classList.toggle("is-removed", isRemoved);
    if (isRemoved) {
      const line = byId("removed-template").content.firstElementChild.cloneNode(true);
      line.firstElementChild.textContent = say("job.removed", { name: nameOf(this.job) });
      this.element.replaceChildren(line);
    } else {
      this.element.replaceChildren(...this.#content);
    }
    this.focus();
  }
}

/** A prompt, cut after a few lines, with a button that shows the rest. */
export const promptOf = text => {
  const prompt = html("p", { class: "prompt-text", dir: "auto" }, text);
  const button = html(
    "button",
    { type: "button", class: "link", "aria-expanded": "false", hidden: true },
    say("stage.more"),
  );
  button.addEventListener("click", () => {
    const isOpen = prompt.classList.toggle("open");
    button.setAttribute("aria-expanded", String(isOpen));
    button.textContent = say(isOpen ? "stage.less" : "stage.more");
  });
  new ResizeObserver(() => {
    if (!prompt.classList.contains("open")) button.hidden = prompt.scrollHeight <= prompt.clientHeight + 1;
  }).observe(prompt);
  return [prompt, button];
};
