// What one sees of a job, from the first moment to the last.

import { failure } from "../errors/errors.js";
import { byId, html } from "../element.js";
import { clock, find, say } from "../text.js";

const isCalm = matchMedia("(prefers-reduced-motion: reduce)");

/** What the button for going on does, by the state: it waits for the task that there is, or makes one. */
const AGAIN = {
  unsent: "send",
  refused: "retry",
  FAILED: "retry",
  unknown: "anyway",
  lost: "wait",
  stopped: "wait",
  away: "wait",
};

export class Card {
  element = byId("job-template").content.firstElementChild.cloneNode(true);
  #job;
  #name;
  #state;
  #events;
  #ticker;

  /** `events`: `again(job)`, `reuse(job)`, `remove(job)`, `connect()`, `announce(text)`. */
  constructor(job, events) {
    this.#job = job;
    this.#events = events;
    this.#name = say("job.name", { number: job.number });
    this.#part(".job-title").textContent = this.#name;
    this.#part(".job-prompt").textContent = job.request.inputs.prompt ?? "";
    this.#part(".job-prompt").hidden = !job.request.inputs.prompt;
    this.#part("progress").setAttribute("aria-label", say("job.progress", { name: this.#name }));
    const actions = {
      stop: () => job.stop(),
      again: () => events.again(job),
      reuse: () => events.reuse(job),
      remove: () => events.remove(job),
    };
    for (const [name, action] of Object.entries(actions)) this.#button(name).addEventListener("click", action);
    this.show();
  }

  /** Shows the job as it is now. */
  show() {
    const job = this.#job;
    this.#showProgress();
    if (job.state === this.#state) return;
    const isNew = this.#state === undefined;
    this.#state = job.state;
    this.#article.dataset.state = job.state;
    // A state that the service has and this page does not know is shown as it is.
    const state = find(`state.${job.state}`) ?? String(job.state);
    this.#part(".job-status").textContent = state;
    if (!isNew || job.isRunning) this.#events.announce(say("job.announced", { name: this.#name, state }));
    this.#part(".job-progress").hidden = !job.isRunning;
    this.#showButtons();
    this.#showEnd();
    this.#showFacts();
    clearInterval(this.#ticker);
    this.#tick();
    if (job.isRunning) this.#ticker = setInterval(() => this.#tick(), 1000);
  }

  /** Goes to the card. */
  focus() {
    this.#article.focus({ preventScroll: true });
  }

  get #article() {
    return this.element.firstElementChild;
  }

  #part(selector) {
    return this.element.querySelector(selector);
  }

  #button(action) {
    return this.#part(`[data-action=${action}]`);
  }

  #showButtons() {
    const { isRunning, state } = this.#job;
    const again = isRunning ? undefined : AGAIN[state];
    if (again) this.#button("again").textContent = say(`again.${again}`);
    const shown = { stop: isRunning, again: Boolean(again), reuse: !isRunning, remove: !isRunning };
    for (const [action, isShown] of Object.entries(shown)) {
      const button = this.#button(action);
      // A button that goes must not take the focus with it.
      if (!isShown && button === document.activeElement) this.focus();
      button.hidden = !isShown;
      if (isShown) button.setAttribute("aria-label", `${button.textContent}: ${this.#name}`);
    }
  }

  #showEnd() {
    const { task, error, isRunning, isOld, state } = this.#job;
    const note = isRunning ? undefined : find(`note.${state}`);
    const said = error ? failure(error, this.#events.connect) : note && html("p", { class: "job-note" }, note);
    this.#part(".failure-slot").replaceChildren(...(said ? [said] : []));
    const videos = task ? task.output.map((output, index) => video(output, index, task, this.#name, isOld)) : [];
    this.#part(".job-media").replaceChildren(...videos);
  }

  #showFacts() {
    const { request, mode, price, taskId, task, isRunning, elapsed } = this.#job;
    const { duration, resolution, upscaleResolution } = request.inputs;
    const asked = [
      say(`mode.${mode}`),
      request.model,
      duration && say("job.seconds", { n: parseInt(duration) }),
      resolution?.replace("x", " × "),
      upscaleResolution?.toUpperCase(),
      say("credits", { n: price }),
    ];
    const made =
      task && !isRunning
        ? say("job.made", { time: clock(elapsed), credits: say("credits", { n: task.creditsUsed }) })
        : "";
    this.#part(".job-asked").textContent = asked.filter(Boolean).join(" · ");
    this.#part(".job-task").replaceChildren(...(taskId ? [html("code", {}, taskId), " ", made] : []));
  }

  #showProgress() {
    const { progress } = this.#job;
    this.#part("progress").value = progress;
    this.#part(".job-estimate").textContent = progress ? say("job.estimate", { n: Math.round(progress * 100) }) : "";
  }

  #tick() {
    this.#showProgress();
    this.#part(".job-elapsed").textContent = clock(this.#job.elapsed);
  }
}

/** The video with its address and a link to save it. */
const video = ({ url, width, height }, index, task, name, isOld) => {
  const preload = isOld ? "metadata" : "auto";
  const player = html("video", {
    controls: true,
    playsinline: true,
    preload,
    src: url,
    width,
    height,
    "aria-label": name,
  });
  // Without sound, as a browser allows it, and only for who has nothing against motion.
  player.muted = true;
  player.autoplay = !isCalm.matches && !isOld;
  const link = { href: url, target: "_blank", rel: "noopener" };
  const file = `${task.taskId}${index ? `-${index + 1}` : ""}.mp4`;
  return html(
    "figure",
    {},
    player,
    html(
      "figcaption",
      {},
      html("a", { ...link, class: "address" }, url),
      html("a", { ...link, class: "save", download: file }, say("job.save")),
    ),
  );
};
