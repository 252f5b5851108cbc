// The line of a job that has not been sent.

import { say } from "../text.js";
import { nameOf, View } from "./view.js";

export class Row extends View {
  constructor(job, events) {
    super("row-template", job, events);
    this.part(".row-title").textContent = nameOf(job);
    const { prompt } = job.request.inputs;
    this.part(".row-prompt").textContent = prompt ?? "";
    this.part(".row-prompt").dir = "auto";
    this.show();
  }

  show() {
    this.element.dataset.state = this.job.state;
    this.showRemoved();
    if (this.job.isRemoved) return;
    this.offer("again", this.job.state === "unsent", say("again.send"));
    this.offer("remove", true);
  }

  end() {}
}
