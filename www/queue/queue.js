// The videos of this browser: decides when each is sent and where it is shown.

import { estimateCredits } from "sd2-client";
import { byId } from "../element.js";
import { isLeaving, staying } from "../leaving.js";
import { find, say } from "../text.js";
import { showRunning } from "../views.js";
import { Card } from "./card.js";
import { exportCsv, exportJson } from "./export.js";
import * as history from "./history.js";
import { hold } from "./holds.js";
import { Job } from "./job.js";
import { moving } from "./move.js";
import { notify } from "./notify.js";
import { posterOf } from "./poster.js";
import { Row } from "./row.js";
import { Stage } from "./stage.js";
import { Tile } from "./tile.js";
import { nameOf } from "./view.js";

/** The most tasks of an account that run at once. */
const SLOTS = 3;
/** How long a removal can be undone. */
const UNDO_MS = 10_000;
/** The most tiles of the history before "Show all". */
const SHOWN = 48;
/** In longer lists, only the visible lines are rendered. */
const MANY = 30;

const KINDS = { card: Card, row: Row, tile: Tile };
const LISTS = { card: byId("jobs"), row: byId("rows"), tile: byId("history") };

export class Queue {
  #jobs = [];
  #views = new Map();
  #stage;
  #events;
  #showsAll = false;
  /** The jobs that one press removed, and that one undo restores. */
  #cancelled = [];
  /** For each job that is made for a comparison, the model to compare it with. */
  #pairs = new Map();
  #isDrawing = false;

  /**
   * `events`: `announce(text)`, `changed(job)` when the balance may differ, `queued()` when the queue differs, `reuse(request)`,
   * `connect()`, `baseUrl()`, and `client(credits)`: the client, unless that many credits cannot be spent.
   */
  constructor(events) {
    this.#events = events;
    this.#stage = new Stage({
      renew: job => this.#renew(job),
      changed: job => job.save(),
      reuse: job => events.reuse(job.request),
      remove: job => this.#remove(job),
      counterpart: (job, model) => this.#counterpart(job, model),
      compare: (job, model, there) => this.#compare(job, model, there),
    });
    byId("older").addEventListener("click", () => {
      this.#showsAll = true;
      this.#draw();
    });
    byId("send-all").addEventListener("click", () => this.#sendAll());
    byId("discard-all").addEventListener("click", () =>
      this.#takeAway(this.#jobs.filter(job => job.state === "unsent")),
    );
    byId("cancel-all").addEventListener("click", () =>
      this.#takeAway(this.#jobs.filter(job => job.state === "queued")),
    );
    byId("undo-all").addEventListener("click", () => this.#bringBack(this.#cancelled));
    byId("export-json").addEventListener("click", () => exportJson(this.#jobs));
    byId("export-csv").addEventListener("click", () => exportCsv(this.#jobs));
    byId("find").addEventListener("submit", event => {
      event.preventDefault();
      this.#find(byId("find-id").value.trim());
    });
    addEventListener("beforeunload", event => {
      if (this.#jobs.some(job => !job.isRemoved && ["held", "queued", "sending"].includes(job.state)))
        event.preventDefault();
    });
    addEventListener("online", () => this.#send());
    addEventListener("pageshow", () => this.#send());
    addEventListener("pagehide", () =>
      history.removeAtLast(
        [...this.#jobs, ...this.#cancelled].filter(job => job.isRemoved).map(({ record }) => record.id),
      ),
    );
  }

  /** Holds videos for a moment, then makes them. An order is `{ request, mode, price, baseUrl }`. */
  start(orders, client) {
    const jobs = orders.map(order => {
      const number = 1 + Math.max(0, ...this.#jobs.map(job => job.number));
      const id = `${Date.now()}-${Math.random()}`;
      return this.#add(new Job({ ...order, id, number, startedAt: Date.now() }, changed => this.#changed(changed)));
    });
    this.#hold(jobs, client, job => this.#drop(job));
    return jobs;
  }

  /** Loads the jobs of earlier pages. */
  async restore() {
    const { records, unread } = await history.load();
    for (const record of records) this.#add(Job.restored(record, changed => this.#changed(changed)));
    byId("unread").hidden = unread === 0;
    byId("unread").textContent = unread ? say("unread", { n: unread }) : "";
    this.#draw();
    this.#showNewest();
  }

  /** Whether a job of an earlier page waits for its connection. */
  get isWaiting() {
    return this.#jobs.some(job => job.state === "away");
  }

  /** The number of running videos. */
  get running() {
    return this.#jobs.filter(job => job.isRunning).length;
  }

  /** The credits that jobs at a base URL will spend and that a balance of a certain time does not include. */
  pending(baseUrl, askedAt) {
    return this.#jobs.reduce((sum, job) => sum + (job.record.baseUrl === baseUrl ? job.pending(askedAt) : 0), 0);
  }

  /** Follows the tasks that an earlier page left running at this base URL. */
  resume(client, baseUrl) {
    for (const job of this.#jobs) if (job.state === "away" && job.record.baseUrl === baseUrl) job.run(client);
  }

  /** Handles a log event of a client. A 429 means that other clients use the account's slots. */
  logged({ type, code }, client) {
    if (type !== "retry" || code !== "concurrency_limit") return;
    for (const job of this.#jobs) if (job.client === client) job.setBusy();
  }

  #add(job) {
    this.#jobs.push(job);
    return job;
  }

  /** Holds jobs for a moment, then queues them. `undo(job)` takes one back. */
  #hold(jobs, client, undo) {
    const backs = new Map(jobs.map(job => [job, job.hold(client)]));
    const close = hold(jobs, {
      send: () => {
        for (const job of jobs) {
          if (job.state !== "held") continue;
          // It must not be sent unasked when the page is online again.
          if (navigator.onLine) job.wait(client);
          else job.withhold();
        }
        this.#send();
      },
      undo: () => {
        for (const job of jobs) undo(job, backs.get(job));
        this.#events.announce(say("cancelled", { n: jobs.length }));
        this.#draw();
      },
    });
    for (const job of jobs) job.closeHold = () => jobs.every(({ state }) => state !== "held") && close();
  }

  /** Sends queued jobs while there are free slots and a connection. */
  #send() {
    if (!navigator.onLine) return;
    // The user may decide to stay.
    if (isLeaving()) return void staying().then(() => this.#send());
    const waiting = this.#jobs.filter(job => job.state === "queued" && !job.isRemoved);
    for (const job of waiting) {
      const running = this.#jobs.filter(({ isRunning, record }) => isRunning && record.baseUrl === job.record.baseUrl);
      if (running.length < SLOTS) job.run(job.client);
    }
  }

  #changed(job) {
    const isOver = !job.isRunning && job.client && !job.isUnsent;
    // While it moves up in a gateway's queue, its credits stay held.
    if (isOver || (job.state === "PENDING" && !job.place)) this.#events.changed(job);
    if (isOver) {
      notify(job);
      if (job.task) this.#finished(job);
      this.#send();
    }
    if (isOver || job.state === "held") this.#announce(job);
    this.#draw();
  }

  #announce(job) {
    const state = find(`state.${job.state}`) ?? String(job.state);
    this.#events.announce(say("job.announced", { name: nameOf(job), state }));
  }

  #finished(job) {
    const pair = this.#pairs.get(job);
    this.#pairs.delete(job);
    if (pair?.task && this.#stage.jobs.length < 2) this.#stage.show(pair, job);
    else if (!this.#stage.isBusy) this.#stage.show(job);
    this.#takePoster(job);
  }

  async #takePoster(job) {
    const poster = await posterOf(job.task.output[0].url);
    if (!poster || !job.task) return;
    job.record.poster = poster;
    job.save();
    this.#views.get(job)?.show();
  }

  /** Renders once after several changes. */
  #draw() {
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    queueMicrotask(() => {
      this.#isDrawing = false;
      this.#events.queued();
      moving(() => this.#arrange());
    });
  }

  /** Puts each job into its list: cards for running jobs and decisions, lines for queued ones, tiles for the history. */
  #arrange() {
    const newestFirst = this.#jobs.toReversed();
    const places = { card: [], row: [], tile: [] };
    for (const job of newestFirst) places[placeOf(job)].push(job);
    const ended = places.tile.length;
    if (!this.#showsAll) places.tile = places.tile.slice(0, SHOWN);
    const shown = new Set(Object.values(places).flat());
    const focused = document.activeElement;
    for (const [job, view] of this.#views) {
      if (shown.has(job) && view instanceof KINDS[placeOf(job)]) continue;
      const hadFocus = view.element.contains(focused);
      view.end();
      view.element.remove();
      this.#views.delete(job);
      if (hadFocus) job.hadFocus = true;
    }
    for (const [place, jobs] of Object.entries(places)) {
      const list = LISTS[place];
      jobs.forEach((job, index) => {
        const view = this.#view(job, place);
        if (list.children[index] !== view.element) list.insertBefore(view.element, list.children[index] ?? null);
        if (job.hadFocus) view.focus();
        job.hadFocus = false;
      });
    }
    this.#showStage();
    this.#showHeads(places, ended);
  }

  #view(job, place) {
    const known = this.#views.get(job);
    if (known) {
      if (place !== "tile") known.show();
      return known;
    }
    const view = new KINDS[place](job, {
      connect: this.#events.connect,
      stop: () => this.#stop(job),
      again: () => this.#again(job),
      reuse: () => this.#events.reuse(job.request),
      remove: () => this.#remove(job),
      undo: () => this.#bringBack([job]),
      show: () => this.#show(job),
      compare: () => this.#stage.jobs[0] && this.#stageTwo(this.#stage.jobs[0], job),
    });
    this.#views.set(job, view);
    return view;
  }

  #showStage() {
    const isThere = this.#stage.jobs.length > 0;
    for (const [job, view] of this.#views) {
      if (view instanceof Tile) view.stage(this.#stage.jobs.includes(job), isThere);
    }
    const isBusy = this.#jobs.some(job => job.isRunning || job.state === "held" || job.state === "queued");
    this.#stage.say(say(isBusy ? "first" : "empty"));
    if (isThere) this.#stage.refresh();
  }

  #showHeads({ row, tile }, ended) {
    const { running } = this;
    byId("running-head").hidden = running === 0;
    byId("slots").textContent = say("slots", { n: running, slots: SLOTS });
    showRunning(running);

    byId("rows").classList.toggle("many", row.length > MANY);
    const unsent = row.filter(job => job.state === "unsent" && !job.isRemoved);
    const queued = row.filter(job => job.state === "queued" && !job.isRemoved);
    byId("waiting-head").hidden = row.length === 0 && this.#cancelled.length === 0;
    const waiting = say("waiting", { n: row.filter(job => !job.isRemoved).length });
    const gone = this.#cancelled.length;
    byId("waiting-title").textContent = gone
      ? say("cancelled", { n: gone })
      : unsent.length
        ? say("unsent", { n: unsent.length })
        : waiting;
    const price = unsent.reduce((sum, { record }) => sum + record.price, 0);
    byId("send-all").textContent = say("sendAll", { credits: say("credits", { n: price }) });
    byId("send-all").hidden = byId("discard-all").hidden = unsent.length === 0;
    byId("cancel-all").hidden = queued.length < 2;
    byId("undo-all").hidden = gone === 0;

    byId("older").hidden = ended <= tile.length;
    byId("older").textContent = say("older", { n: ended });
  }

  #showNewest() {
    const newest = this.#jobs.findLast(job => job.task && !job.isRemoved);
    if (newest) this.#stage.show(newest);
    else this.#stage.show();
    this.#showStage();
  }

  #show(job) {
    if (!job.task) {
      this.#events.reuse(job.request);
      return;
    }
    // Opened by the user: load it.
    job.isOld = false;
    this.#stage.show(job);
    this.#showStage();
    byId("frame").scrollIntoView({ block: "nearest" });
    this.#stage.focus();
  }

  async #stop(job) {
    await job.stop();
    if (!job.isUnsent) return;
    // The gateway released its credits and its slot.
    this.#events.changed(job);
    this.#send();
  }

  #again(job) {
    const isThere = job.taskId && job.state !== "FAILED";
    // A task is followed where it was made, and costs nothing more.
    if (isThere && job.record.baseUrl !== this.#events.baseUrl()) return this.#events.connect();
    const client = this.#events.client(isThere ? 0 : job.record.price);
    if (!client) return;
    if (isThere) job.run(client);
    else this.#holdAgain([job], client);
    this.#draw();
  }

  #holdAgain(jobs, client) {
    for (const job of jobs) job.record.baseUrl = this.#events.baseUrl();
    this.#hold(jobs, client, (_, back) => back());
  }

  #sendAll() {
    const jobs = this.#jobs.filter(job => job.state === "unsent" && !job.isRemoved);
    const client = this.#events.client(jobs.reduce((sum, { record }) => sum + record.price, 0));
    if (client) this.#holdAgain(jobs, client);
  }

  /** Removes a job. For some time, its place shows the removal and can undo it. */
  #remove(job) {
    const removal = this.#takeOut(job);
    if (this.#stage.jobs.includes(job)) this.#showNewest();
    this.#views.get(job)?.show();
    this.#draw();
    this.#later(
      () => job.removal === removal && this.#forget([job]),
      () => this.#views.get(job)?.element.contains(document.activeElement),
    );
  }

  /** Removes many jobs at once. */
  #takeAway(jobs) {
    this.#forget(this.#cancelled);
    this.#cancelled = jobs;
    for (const job of jobs) {
      this.#takeOut(job);
      this.#leave(job);
    }
    this.#draw();
    byId("undo-all").hidden = false;
    byId("undo-all").focus();
    this.#later(
      () => this.#cancelled === jobs && this.#forget(jobs),
      () => document.activeElement === byId("undo-all"),
    );
  }

  /** Removes a job from the queue. `removal` remembers its place for an undo. */
  #takeOut(job) {
    job.isRemoved = true;
    job.removal = { wasQueued: job.state === "queued" };
    if (job.state === "held" || job.state === "queued") job.withhold();
    job.closeHold?.();
    return job.removal;
  }

  #bringBack(jobs) {
    for (const job of jobs) {
      const { wasQueued } = job.removal;
      Object.assign(job, { isRemoved: false, removal: undefined });
      if (wasQueued) job.wait(job.client);
      if (!this.#jobs.includes(job)) this.#add(job);
      this.#views.get(job)?.show();
    }
    this.#jobs.sort((a, b) => a.number - b.number);
    if (jobs === this.#cancelled) this.#cancelled = [];
    if (this.#stage.jobs.length === 0) this.#showNewest();
    this.#send();
    this.#draw();
  }

  /** Runs `then` after the undo time, unless the focus is still on the undo button. */
  #later(then, isHeld) {
    setTimeout(() => (isHeld() ? this.#later(then, isHeld) : then()), UNDO_MS);
  }

  /** Makes removals final. */
  #forget(jobs) {
    for (const job of jobs) {
      if (!job.isRemoved) continue;
      this.#drop(job);
    }
    if (jobs === this.#cancelled) this.#cancelled = [];
    this.#draw();
  }

  #drop(job) {
    this.#leave(job);
    job.forget();
  }

  #leave(job) {
    const index = this.#jobs.indexOf(job);
    if (index >= 0) this.#jobs.splice(index, 1);
  }

  /** Queries the URL of a video again. Resolves to whether it changed, or to undefined if this cannot be queried now. */
  async #renew(job) {
    if (job.record.baseUrl !== this.#events.baseUrl()) return undefined;
    try {
      const task = await this.#events.client(0).queryTask(job.taskId);
      const isNew = task.output?.[0].url !== job.task.output[0].url;
      if (task.status === "COMPLETED" && isNew) job.renew(task);
      return isNew && task.status === "COMPLETED";
    } catch {
      return false;
    }
  }

  #counterpart(job, model) {
    const same = request => JSON.stringify({ ...request, model: "" });
    const wanted = same(job.request);
    return this.#jobs.findLast(
      other => other.task && !other.isRemoved && other.request.model === model && same(other.request) === wanted,
    );
  }

  #compare(job, model, there) {
    if (there) return this.#stageTwo(job, there);
    const request = { ...job.request, model };
    const { total } = estimateCredits(request);
    const client = this.#events.client(total);
    if (!client) return;
    const order = { request, mode: job.record.mode, price: total, baseUrl: this.#events.baseUrl() };
    const [other] = this.start([order], client);
    this.#pairs.set(other, job);
  }

  #stageTwo(one, other) {
    for (const job of [one, other]) job.isOld = false;
    this.#stage.show(one, other);
    this.#showStage();
    this.#stage.focus();
  }

  async #find(taskId) {
    const note = byId("find-note");
    if (!taskId) return byId("find-id").focus();
    const known = this.#jobs.find(job => job.taskId === taskId);
    if (known) {
      note.textContent = say("find.there");
      if (known.task) this.#show(known);
      else this.#views.get(known)?.focus();
      return;
    }
    const client = this.#events.client(0);
    if (!client) return;
    note.textContent = say("find.asking");
    try {
      const task = await client.queryTask(taskId);
      note.textContent = "";
      this.#take(task, client);
    } catch (error) {
      const { failure } = await import("../errors/errors.js");
      note.replaceChildren(failure(error, this.#events.connect));
    }
  }

  /** Adds a task that was made elsewhere to the history, or follows it. */
  #take(task, client) {
    const record = {
      id: `${Date.now()}-${Math.random()}`,
      number: 1 + Math.max(0, ...this.#jobs.map(job => job.number)),
      request: { model: task.model, inputs: {} },
      price: task.creditsUsed,
      baseUrl: this.#events.baseUrl(),
      startedAt: task.createTime,
      taskId: task.taskId,
      state: task.status,
    };
    if (task.status === "COMPLETED") record.task = task;
    if (task.status === "FAILED") record.error = { code: "task_failed", message: task.error };
    const job = this.#add(new Job(record, changed => this.#changed(changed)));
    job.save();
    if (task.status === "COMPLETED") {
      this.#takePoster(job);
      this.#show(job);
    } else if (task.status !== "FAILED") {
      job.run(client);
    }
    this.#draw();
  }
}

const placeOf = job => {
  if (job.isUnsent) return "row";
  return job.task || job.isOld ? "tile" : "card";
};
