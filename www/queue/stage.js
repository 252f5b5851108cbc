// Shows the newest video large, or two videos side by side.

import { estimateCredits } from "sd2-client";
import { toState } from "../create/link.js";
import { address } from "../address.js";
import { copy } from "../copy.js";
import { byId, html } from "../element.js";
import { clock, say } from "../text.js";
import { Player } from "./player.js";
import { save } from "./save.js";
import { askedOf, nameOf, promptOf } from "./view.js";

const MODELS = ["sd2", "sd2-fast"];

export class Stage {
  /** The jobs that are shown: none, one, or two. */
  jobs = [];
  #frame = byId("frame");
  #empty = byId("empty");
  #about = byId("about");
  #players = new Map();
  #events;
  #written;

  /** `events`: `renew(job)`, `changed(job)`, `reuse(job)`, `remove(job)`, `compare(job)`, `counterpart(job)`. */
  constructor(events) {
    this.#events = events;
  }

  /** Whether a new video must not replace the current one, because two are compared or one plays with sound. */
  get isBusy() {
    return this.jobs.length > 1 || [...this.#players.values()].some(player => player.isHeard);
  }

  /** The text in the empty frame. */
  say(text) {
    this.#empty.textContent = text;
  }

  /** Shows these jobs. */
  show(...jobs) {
    const isSame = jobs.length === this.jobs.length && jobs.every((job, index) => job === this.jobs[index]);
    if (!isSame) {
      this.jobs = jobs;
      this.#players = new Map(jobs.map(job => [job, new Player(job, this.#events)]));
      const players = [...this.#players.values()].map(player => player.element);
      this.#frame.replaceChildren(...(jobs.length ? players : [this.#empty]));
      this.#frame.classList.toggle("two", jobs.length > 1);
    }
    this.refresh();
  }

  /** Updates the description below the frame. */
  refresh() {
    // Rebuilding it would lose the focus and close its details.
    const content = JSON.stringify(this.jobs.map(job => [job.number, job.record.isOpen, job.task, this.#other(job)]));
    if (content === this.#written) return;
    this.#written = content;
    this.#about.hidden = this.jobs.length === 0;
    this.#about.classList.toggle("two", this.jobs.length > 1);
    this.#about.replaceChildren(...this.jobs.map(job => this.#describe(job)));
  }

  /** Moves the focus to the description. */
  focus() {
    this.#about.querySelector("h3")?.focus({ preventScroll: true });
  }

  #describe(job) {
    const { record, task, taskId } = job;
    const { prompt } = job.request.inputs;
    const credits = say("credits", { n: task.creditsUsed });
    const time = clock(job.elapsed);
    const made = task.completeTime ? say("job.made", { time, credits }) : say("job.found", { credits });
    const [{ url, width, height }] = task.output;
    const link = { href: url, target: "_blank", rel: "noopener" };
    return html(
      "div",
      { class: "about-video", "data-number": job.number },
      html("h3", { class: "about-title", tabindex: -1 }, nameOf(job)),
      html("p", { class: "about-made" }, made),
      html("div", { class: "prompt-slot" }, ...(prompt ? promptOf(prompt) : [])),
      html("p", { class: "about-asked" }, askedOf(job)),
      this.#actions(job, url),
      html(
        "details",
        { class: "more" },
        html("summary", {}, say("details")),
        html("p", {}, html("code", {}, taskId)),
        html("p", {}, `${width} × ${height}`),
        html("p", {}, html("a", { ...link, class: "address" }, url)),
        record.task.output
          .slice(1)
          .map(other => html("p", {}, html("a", { ...link, href: other.url, class: "address" }, other.url)))[0],
      ),
    );
  }

  #actions(job, url) {
    const name = nameOf(job);
    const button = (text, onclick, label) =>
      html("button", { type: "button", class: "quiet", onclick, "aria-label": label ?? `${text}: ${name}` }, text);
    const open = () =>
      html(
        "a",
        {
          class: "quiet strong",
          href: url,
          target: "_blank",
          rel: "noopener",
          "aria-label": `${say("stage.open")}: ${name}`,
        },
        say("stage.open"),
      );
    const saves = button(say("stage.save"), ({ target }) => this.#save(job, target, open));
    saves.classList.add("strong");
    const share = button(say("stage.share"), ({ target }) =>
      copy(target, new URL(address("create", toState(job.request)), location.href).href),
    );
    return html(
      "div",
      { class: "actions" },
      job.record.isOpen ? open() : saves,
      button(say("stage.reuse"), () => this.#events.reuse(job)),
      this.#compare(job),
      share,
      button(say("stage.remove"), () => this.#events.remove(job)),
    );
  }

  /** The other model, and the number of the same video with that model, if there is one. */
  #other(job) {
    const model = MODELS.find(other => other !== job.request.model);
    return { model, number: this.#events.counterpart(job, model)?.number };
  }

  /** The button for the same video with the other model. If there is none yet, the button shows the price of making it. */
  #compare(job) {
    if (this.jobs.length > 1 || !job.request.inputs.duration) return null;
    const { model, number } = this.#other(job);
    const there = number && this.#events.counterpart(job, model);
    const credits = say("credits", { n: estimateCredits({ ...job.request, model }).total });
    const text = there ? say("stage.compare", { model }) : say("stage.paid", { model, credits });
    const compare = () => this.#events.compare(job, model, there);
    return html("button", { type: "button", class: "quiet", onclick: compare }, text);
  }

  async #save(job, button, open) {
    const player = this.#players.get(job);
    const [{ url }] = job.task.output;
    button.textContent = say("stage.saving");
    try {
      if (await save(url, `${job.taskId}.mp4`)) {
        button.textContent = say("stage.save");
        return;
      }
      job.record.isOpen = true;
      this.#events.changed(job);
      const link = open();
      button.replaceWith(link);
      link.focus();
      byId("announcer").textContent = say("stage.unsaved");
      player.element.querySelector(".player-note").hidden = false;
      player.element.querySelector(".player-note").textContent = say("stage.unsaved");
    } catch {
      button.textContent = say("stage.save");
      player.renew();
    }
  }
}
