// A job in the history: a small picture and a line.

import { find, say } from "../text.js";
import { nameOf, View } from "./view.js";

export class Tile extends View {
  #isStaged = false;
  #canCompare = false;

  constructor(job, events) {
    super("tile-template", job, events);
    const { inputs, model } = job.request;
    this.part(".tile-title").textContent = nameOf(job);
    this.part(".tile-facts").textContent = [
      model,
      inputs.duration && say("job.seconds", { n: parseInt(inputs.duration) }),
    ]
      .filter(Boolean)
      .join(" · ");
    this.part(".poster-text").textContent = inputs.prompt ?? say("job.untitled", { id: job.taskId });
    this.part(".poster-text").dir = "auto";
    this.show();
  }

  show() {
    const { job } = this;
    this.element.dataset.state = job.state;
    this.showRemoved();
    if (job.isRemoved) return;
    const image = this.part("img");
    if (job.record.poster && image.hidden) {
      image.src = job.record.poster;
      image.hidden = false;
    }
    const failed = job.state === "COMPLETED" ? "" : find(`state.${job.state}`);
    if (failed) this.part(".poster-text").textContent = failed;
    const button = this.part(".poster");
    button.setAttribute("aria-label", say("stage.show", { name: nameOf(job) }));
    if (this.#isStaged) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
    this.offer("compare", this.#canCompare && !failed);
    this.offer("remove", true);
  }

  /** Shows whether it is on the stage and whether it can be compared. */
  stage(isStaged, canCompare) {
    this.#isStaged = isStaged;
    this.#canCompare = canCompare && !isStaged;
    this.show();
  }

  end() {}
}
