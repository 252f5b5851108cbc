// The videos of this visit, newest first.

import { Job } from "./job.js";
import { MODES, count } from "./text.js";

/** As many tasks of an account run at once; the client keeps the others waiting, in order. */
const SLOTS = 3;

export class Jobs {
  #all = [];
  #list = document.getElementById("jobs");
  #events;

  /** `events` as of a job. */
  constructor(events) {
    this.#events = events;
  }

  /** Begins a video, and brings its card into view. */
  start(request, mode, price, client) {
    const { duration, resolution, upscaleResolution } = request.inputs;
    const details = [
      ["From", MODES[mode]],
      ["Model", request.model],
      ["Length", `${parseInt(duration)} s`],
      ...(resolution ? [["Shape", resolution.replace("x", " × ")]] : []),
      ...(upscaleResolution ? [["Upscale", upscaleResolution.toUpperCase()]] : []),
      ["Price", `${price} credits`],
    ];
    const job = new Job(`Video ${this.#all.length + 1}`, details, request, client, {
      ...this.#events,
      changed: (changed) => {
        this.#show();
        this.#events.changed(changed);
      },
    });
    const isQueued = this.#running(client).length >= SLOTS;
    this.#all.push(job);
    document.getElementById("empty").hidden = true;
    this.#list.prepend(job.element);
    job.run(request, isQueued);
    this.#show();
    const motion = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
    job.element.scrollIntoView({ block: "nearest", behavior: motion });
  }

  /** What a client does, where it concerns a card: the slots are taken, though not by this page. */
  logged({ type, code }, client) {
    if (type !== "retry" || code !== "concurrency_limit") return;
    for (const job of this.#running(client)) job.setBusy();
  }

  #running(client) {
    return this.#all.filter((job) => job.isRunning && job.client === client);
  }

  #show() {
    for (const client of new Set(this.#all.map((job) => job.client))) {
      this.#running(client).forEach((job, index) => job.setQueued(index >= SLOTS));
    }
    const running = this.#all.filter((job) => job.isRunning).length;
    document.getElementById("slots").textContent = running ? `${count(Math.min(running, SLOTS), "slot")} of ${SLOTS} in use` : "";
  }
}
