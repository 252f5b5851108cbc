// One video in the making: its card from the first moment to the last.

import { failure } from "./failure.js";
import { STATUS, clock, number } from "./text.js";

const isCalm = matchMedia("(prefers-reduced-motion: reduce)");

export class Job {
  element = document.getElementById("job-template").content.firstElementChild.cloneNode(true);
  client;
  isRunning = true;
  #name;
  #events;
  #taskId;
  #status;
  #startedAt = Date.now();
  #ticker;
  #controller = new AbortController();

  /** `events`: `announce(text)`, `changed(job)` at each step that may change the balance, `openConnection()`. */
  constructor(name, details, request, client, events) {
    this.client = client;
    this.#name = name;
    this.#events = events;
    this.#part(".job-title").textContent = name;
    this.#part(".job-prompt").textContent = request.inputs.prompt ?? "";
    this.#part(".job-prompt").hidden = !request.inputs.prompt;
    this.#part("progress").setAttribute("aria-label", `Estimated progress of ${name}`);
    this.#part(".stop").setAttribute("aria-label", `Stop waiting for ${name}`);
    this.#part(".stop").addEventListener("click", () => this.#controller.abort());
    for (const [term, description] of details) this.#fact(term, description);
  }

  /** Sends the request and follows the task. `isQueued`: whether the client has no free slot for it. */
  async run(request, isQueued) {
    this.setQueued(isQueued);
    this.#tick();
    this.#ticker = setInterval(() => this.#tick(), 1000);
    try {
      const task = await this.client.generate(request, {
        signal: this.#controller.signal,
        onCreated: (taskId) => this.#created(taskId),
        onUpdate: (update) => this.#updated(update),
      });
      this.#completed(task);
    } catch (error) {
      if (this.#controller.signal.aborted) this.#stopped();
      else this.#failed(error);
    }
    this.isRunning = false;
    clearInterval(this.#ticker);
    this.#part(".job-progress").hidden = true;
    // The button that goes may have had the focus.
    if (this.#part(".job-actions").contains(document.activeElement)) this.element.firstElementChild.focus();
    this.#part(".job-actions").hidden = true;
    this.#fact("Time", clock(Date.now() - this.#startedAt));
    this.#events.changed(this);
  }

  /** Before the task is made: whether it waits for a slot, or is on its way. */
  setQueued(isQueued) {
    if (!this.isRunning || this.#taskId || this.#status === "busy") return;
    this.#setStatus(isQueued ? "queued" : "sending");
  }

  /** The service refused for now, because the account's slots are taken elsewhere; the client asks again. */
  setBusy() {
    if (this.#status === "sending") this.#setStatus("busy");
  }

  #part(selector) {
    return this.element.querySelector(selector);
  }

  #created(taskId) {
    this.#taskId = taskId;
    this.#fact("Task", taskId, "mono");
    this.#setStatus("PENDING");
    this.#events.changed(this);
  }

  #updated({ task, progress }) {
    this.#setStatus(task.status);
    this.#part("progress").value = progress;
    this.#part(".job-estimate").textContent = `about ${Math.round(progress * 100)} %`;
  }

  #completed(task) {
    this.#setStatus("COMPLETED");
    this.#fact("Used", `${number.format(task.creditsUsed)} credits`);
    this.#part(".job-media").replaceChildren(...task.output.map((output, index) => video(output, index, task, this.#name)));
  }

  #stopped() {
    const wasQueued = this.#status === "queued";
    this.#setStatus("stopped");
    const note = document.createElement("p");
    note.className = "job-note";
    if (this.#taskId) note.textContent = "This page no longer waits. The task goes on at the service and is paid when it completes; its id is below.";
    else if (wasQueued) note.textContent = "Nothing was sent, and nothing was charged.";
    else note.textContent = "The request was on its way: the service may have made a task of it. Check the balance before you create it again.";
    this.#part(".failure-slot").replaceChildren(note);
  }

  #failed(error) {
    const known = { task_failed: "FAILED", outcome_unknown: "unknown" };
    this.#setStatus(known[error?.code] ?? (this.#taskId ? "lost" : "refused"));
    this.#part(".failure-slot").replaceChildren(failure(error, this.#events.openConnection));
  }

  #setStatus(status) {
    if (status === this.#status) return;
    this.#status = status;
    this.element.firstElementChild.dataset.status = status;
    // A state that the service has and this page does not know is shown as it is.
    const text = STATUS[status] ?? String(status);
    this.#part(".job-status").textContent = text;
    this.#events.announce(`${this.#name}: ${text.toLowerCase()}`);
  }

  #fact(term, description, className = "") {
    const dt = document.createElement("dt");
    const dd = document.createElement("dd");
    dt.textContent = term;
    dd.textContent = description;
    dd.className = className;
    const group = document.createElement("div");
    group.append(dt, dd);
    this.#part(".facts").append(group);
  }

  #tick() {
    this.#part(".job-elapsed").textContent = clock(Date.now() - this.#startedAt);
  }
}

/** The video with its address and a link to save it. */
const video = ({ url, width, height }, index, task, name) => {
  const figure = document.createElement("figure");
  const player = document.createElement("video");
  Object.assign(player, { controls: true, playsInline: true, preload: "auto", src: url, width, height });
  player.setAttribute("aria-label", name);
  // Without sound, as a browser allows it, and only for who has nothing against motion.
  player.muted = true;
  player.autoplay = !isCalm.matches;
  const caption = document.createElement("figcaption");
  const address = document.createElement("a");
  Object.assign(address, { href: url, textContent: url, target: "_blank", rel: "noopener", className: "address" });
  const save = document.createElement("a");
  Object.assign(save, { href: url, textContent: "Save video", target: "_blank", rel: "noopener", className: "save" });
  save.download = `${task.taskId}${index ? `-${index + 1}` : ""}.mp4`;
  caption.append(address, save);
  figure.append(player, caption);
  return figure;
};
