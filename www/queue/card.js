// The card of a job that runs or needs a decision: state, progress, error, actions.

import { failure } from "../errors/errors.js";
import { html } from "../element.js";
import { clock, find, say } from "../text.js";
import { expect } from "./estimate.js";
import { onTick } from "./tick.js";
import { askedOf, nameOf, promptOf, View } from "./view.js";

/** The action of the `again` button by state. It follows the existing task or creates one. */
const AGAIN = { refused: "retry", FAILED: "retry", unknown: "anyway", lost: "wait", stopped: "wait", away: "wait" };

export class Card extends View {
  #state;
  #connect;
  #endTick;

  /** `events`: `stop`, `again`, `reuse`, `remove`, `undo`, each with the job; and `connect()`. */
  constructor(job, events) {
    super("card-template", job, events);
    this.#connect = events.connect;
    const { prompt } = job.request.inputs;
    this.part(".job-title").textContent = nameOf(job);
    if (prompt) this.part(".prompt-slot").append(...promptOf(prompt));
    this.part("progress").setAttribute("aria-label", say("job.progress", { name: nameOf(job) }));
    this.part(".job-asked").textContent = [askedOf(job), say("credits", { n: job.record.price })].join(" · ");
    this.show();
  }

  /** Shows the job as it is now. */
  show() {
    const { job } = this;
    this.showRemoved();
    const state = [job.state, job.place].join(" ");
    if (job.isRemoved || state === this.#state) return;
    this.#state = state;
    this.element.firstElementChild.dataset.state = job.state;
    // A state that the service has and this page does not know is shown as it is.
    this.part(".job-status").textContent = job.place
      ? say("job.place", { n: job.place })
      : (find(`state.${job.state}`) ?? String(job.state));
    this.part(".job-progress").hidden = !job.isRunning;
    this.offer("stop", job.isRunning, say(job.place ? "job.cancel" : "job.stop"));
    this.offer("again", !job.isRunning, find(`again.${AGAIN[job.state]}`));
    this.offer("reuse", !job.isRunning);
    this.offer("remove", !job.isRunning);
    this.#showEnd();
    this.#endTick?.();
    if (job.isRunning) this.#endTick = onTick(() => this.#tick());
    this.#tick();
  }

  /** Called when it is removed from the page. */
  end() {
    this.#endTick?.();
  }

  #showEnd() {
    const { error, isRunning, state } = this.job;
    const note = isRunning ? undefined : find(`note.${state}`);
    const said = error ? failure(error, this.#connect) : note && html("p", { class: "job-note" }, note);
    this.part(".failure-slot").replaceChildren(...(said ? [said] : []));
  }

  #tick() {
    const { job } = this;
    const progress = this.part("progress");
    const expected = job.taskId && expect(job.request);
    const left = expected - job.elapsed;
    // Without an estimate the bar stays indeterminate.
    if (expected) progress.value = Math.min(0.97, job.elapsed / expected);
    else progress.removeAttribute("value");
    const n = Math.max(1, Math.ceil(left / 1000));
    this.part(".job-estimate").textContent = expected ? (left > 0 ? say("job.left", { n }) : say("job.late")) : "";
    this.part(".job-elapsed").textContent = clock(job.elapsed);
  }
}
