// The videos of this browser, newest first, as many at once as the account allows.

import { byId } from "../element.js";
import { say } from "../text.js";
import { Card } from "./card.js";
import { Job } from "./job.js";
import * as store from "./store.js";

/** As many tasks of an account run at once; the client keeps the others waiting, in order. */
const SLOTS = 3;
/** So many finished videos come back after a reload; the service is asked for each. */
const KEPT = 12;

export class Queue {
  #jobs = [];
  #cards = new Map();
  #list = byId("jobs");
  #events;

  /** `events`: `announce(text)`, `changed(job)` where the balance may be another, `reuse(request)`, `connect()`, `client()`. */
  constructor(events) {
    this.#events = events;
  }

  /** Begins a video, and brings its card into view. */
  start({ request, mode, price, baseUrl }, client) {
    const number = 1 + Math.max(0, ...this.#jobs.map(job => job.number));
    const id = `${Date.now()}-${Math.random()}`;
    const record = { id, number, request, mode, price, baseUrl, startedAt: Date.now() };
    const job = this.#add(new Job(record, changed => this.#changed(changed)));
    this.#run(job, client);
    const behavior = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
    this.#cards.get(job).element.scrollIntoView({ block: "nearest", behavior });
  }

  /** Brings back what an earlier page left. */
  async restore() {
    const records = await store.adopt();
    const completed = records.filter(record => record.state === "COMPLETED");
    const dropped = new Set(completed.slice(0, -KEPT));
    for (const record of records) {
      if (dropped.has(record)) store.remove(record.id);
      else this.#add(Job.restored(record, changed => this.#changed(changed)));
    }
    this.#show();
  }

  /** Whether a job of an earlier page waits for its connection. */
  get isWaiting() {
    return this.#jobs.some(job => job.state === "away");
  }

  /** Goes on with what an earlier page left at this address. */
  resume(client, baseUrl) {
    for (const job of this.#jobs) {
      if (job.state === "away" && job.baseUrl === baseUrl) this.#run(job, client);
    }
  }

  /** What a client does, where it concerns a card: the slots are taken, though not by this page. */
  logged({ type, code }, client) {
    if (type !== "retry" || code !== "concurrency_limit") return;
    for (const job of this.#waiting(client)) job.setBusy();
  }

  #add(job) {
    const card = new Card(job, {
      ...this.#events,
      again: () => this.#again(job),
      reuse: () => this.#events.reuse(job.request),
      remove: () => this.#remove(job),
    });
    this.#jobs.push(job);
    this.#cards.set(job, card);
    this.#list.prepend(card.element);
    return job;
  }

  #run(job, client) {
    job.run(client, this.#waiting(client).length >= SLOTS);
    this.#show();
  }

  #again(job) {
    const client = this.#events.client();
    if (client) this.#run(job, client);
  }

  #remove(job) {
    const index = this.#jobs.indexOf(job);
    this.#jobs.splice(index, 1);
    this.#cards.get(job).element.remove();
    this.#cards.delete(job);
    job.forget();
    this.#show();
    const next = this.#cards.get(this.#jobs[index - 1] ?? this.#jobs[0]);
    if (next) next.focus();
    else byId("results-title").focus({ preventScroll: true });
  }

  #changed(job) {
    this.#cards.get(job)?.show();
    if (!job.isRunning || job.state === "PENDING") this.#events.changed(job);
    this.#show();
  }

  /** The jobs that have or want one of the client's slots, in the order in which they get it. */
  #waiting(client) {
    return this.#jobs.filter(job => job.takesSlot && job.client === client);
  }

  #show() {
    for (const client of new Set(this.#jobs.map(job => job.client))) {
      this.#waiting(client).forEach((job, index) => job.setQueued(index >= SLOTS));
    }
    const running = this.#jobs.filter(job => job.isRunning).length;
    byId("slots").textContent = running ? say("slots", { n: Math.min(running, SLOTS), slots: SLOTS }) : "";
    byId("empty").hidden = this.#jobs.length > 0;
  }
}
