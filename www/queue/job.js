// One video in the making, from the click to the last answer, over reloads.

import { isLeaving } from "../leaving.js";
import * as store from "./store.js";

/** The states in which this page does something for the job. The service's own states are added to them. */
const BUSY = ["queued", "busy", "sending", "resuming"];
/** The states that are over for good: a reload need not bring them back. */
const OVER = ["FAILED", "refused"];
/** About half of a video is made after so long. */
const USUAL_MS = 54_000;

export class Job {
  /**
   * `queued`, `busy` (the account's slots are taken elsewhere), `sending`, `resuming`, the service's states, and at
   * the end `COMPLETED`, `FAILED`, `refused` (not made), `unknown` (perhaps made), `lost` (made, but not followed),
   * `stopped` (made, and nobody waits), `unsent` (certainly not made), `away` (made, and there is no connection yet).
   */
  state;
  #progress = 0;
  /** The completed task. */
  task;
  /** Why it ended without one. */
  error;
  isRunning = false;
  /** Whether it was completed when an earlier page saw it last: then nobody waits for its video to begin. */
  isOld = false;
  client;
  #record;
  #changed;
  #controller;
  #generates = false;

  /** `record`: `{ id, number, request, mode, price, baseUrl, startedAt, taskId?, state }`. `changed(job)` at each step. */
  constructor(record, changed) {
    this.#record = record;
    this.#changed = changed;
    this.state = record.state;
  }

  /** A job as a page left it. What was on its way may have arrived, and is never sent again by itself. */
  static restored(record, changed) {
    const state = record.taskId
      ? "away"
      : record.state === "queued" || record.state === "unsent"
        ? "unsent"
        : "unknown";
    const job = new Job({ ...record, state }, changed);
    job.isOld = record.state === "COMPLETED";
    return job;
  }

  get number() {
    return this.#record.number;
  }

  get request() {
    return this.#record.request;
  }

  get mode() {
    return this.#record.mode;
  }

  get price() {
    return this.#record.price;
  }

  get baseUrl() {
    return this.#record.baseUrl;
  }

  get taskId() {
    return this.#record.taskId;
  }

  get elapsed() {
    return (this.task?.completeTime ?? Date.now()) - (this.task?.createTime ?? this.#record.startedAt);
  }

  /** The client's estimate, from 0 to 1. It asks rarely: in between, a made task goes on by its age. */
  get progress() {
    return this.taskId && this.isRunning
      ? Math.max(this.#progress, this.elapsed / (this.elapsed + USUAL_MS))
      : this.#progress;
  }

  /** Whether it holds or waits for one of the client's slots. */
  get takesSlot() {
    return this.isRunning && this.#generates;
  }

  /** Makes the task, unless there is one, and follows it. `isQueued`: whether the client has no free slot for it. */
  async run(client, isQueued) {
    this.client = client;
    this.isRunning = true;
    this.error = undefined;
    this.#progress = 0;
    // A task that failed is over: trying again makes another.
    if (this.state === "FAILED") this.#record.taskId = undefined;
    this.#generates = !this.taskId;
    this.#controller = new AbortController();
    const { signal } = this.#controller;
    const onUpdate = ({ task, progress }) => {
      // The account has no room yet.
      if (!task) return this.#become("busy");
      this.#progress = progress;
      // The last state belongs to the end of the wait, which also has the video.
      if (task.status !== "COMPLETED" && task.status !== "FAILED") this.#become(task.status);
    };
    try {
      if (this.taskId) {
        this.#become("resuming");
        this.task = await client.waitForTask(this.taskId, { signal, onUpdate });
      } else {
        this.#record.startedAt = Date.now();
        this.#become(isQueued ? "queued" : "sending");
        this.task = await client.generate(this.request, {
          signal,
          onUpdate,
          onCreated: taskId => this.#created(taskId),
        });
      }
      this.#end("COMPLETED");
    } catch (error) {
      if (signal.aborted) this.#end(this.#stopped);
      else this.#end(this.#failed(error), error);
    }
  }

  stop() {
    this.#controller?.abort();
  }

  /** Takes it out of the storage. */
  forget() {
    store.remove(this.#record.id);
  }

  /** Before the task is made: whether it waits for a slot, or is on its way. */
  setQueued(isQueued) {
    if (this.state === "queued" && !isQueued && !isLeaving()) this.#become("sending");
  }

  /** The service refused for now, because the account's slots are taken elsewhere; the client asks again. */
  setBusy() {
    if (this.state === "sending") this.#become("busy");
  }

  get #stopped() {
    if (this.taskId) return "stopped";
    return this.state === "queued" ? "unsent" : "unknown";
  }

  #created(taskId) {
    this.#record.taskId = taskId;
    this.#become("PENDING");
  }

  #failed(error) {
    this.error = error;
    if (error?.code === "task_failed") return "FAILED";
    if (this.taskId) return "lost";
    return error?.code === "outcome_unknown" ? "unknown" : "refused";
  }

  #end(state) {
    this.isRunning = false;
    this.#generates = false;
    if (state === "COMPLETED") this.#progress = 1;
    this.#become(state);
  }

  #become(state) {
    this.state = state;
    this.#record.state = BUSY.includes(state) && this.taskId ? "PENDING" : state;
    if (OVER.includes(state)) this.forget();
    else store.put(this.#record);
    this.#changed(this);
  }
}
