// One video, from the click to the last response, across reloads.

import { cancelTask } from "sd2-client";
import { reasonOf } from "../errors/errors.js";
import { remember } from "./estimate.js";
import * as history from "./history.js";

/** The states in which this page does something for the job. The service's own states are added to them. */
const BUSY = ["busy", "sending", "resuming"];
/** The states in which nothing was sent or is being sent. */
const UNSENT = ["held", "queued", "unsent"];

export class Job {
  /**
   * `held` (it can still be taken back), `queued` (this page's slots are taken), `sending`, `busy` (the account's slots are taken
   * elsewhere), `resuming`, the service's states, and at the end `COMPLETED`, `FAILED`, `refused` (not made), `unknown` (perhaps
   * made), `lost` (made, but not followed), `stopped` (made, no longer followed), `unsent` (certainly not made), `away` (made, and there is
   * no connection yet).
   */
  state;
  /** Why it ended without a video: `{ code, message, status }`. */
  error;
  isRunning = false;
  /** Whether it had ended before this page was loaded. Its video is then loaded on demand. */
  isOld = false;
  /** Whether the user has just removed it and can still undo that. */
  isRemoved = false;
  /** Its position in a gateway's queue, from 1, while it waits there. */
  place;
  client;
  record;
  #changed;
  #controller;
  #createdAt;
  #isCancelled;

  /**
   * `record`: `{ id, number, request, mode, price, baseUrl, startedAt, state, taskId?, task?, took?, poster?, isOpen? }`. `changed(job)` is
   * called at each step.
   */
  constructor(record, changed) {
    this.record = record;
    this.#changed = changed;
    this.state = record.state;
    this.error = record.error;
    if (record.took) remember(record.request, record.took);
  }

  /** Restores a job of an earlier page. A create that was in flight may have arrived, so it is never sent again unasked. */
  static restored(record, changed) {
    const job = new Job(record, changed);
    job.isOld = ["COMPLETED", "FAILED", "refused"].includes(record.state);
    if (record.state === "COMPLETED" ? record.task : job.isOld) return job;
    if (record.taskId) job.state = "away";
    else job.state = UNSENT.includes(record.state) ? "unsent" : "unknown";
    Object.assign(job, { isOld: false, error: undefined });
    job.save();
    return job;
  }

  get number() {
    return this.record.number;
  }

  get request() {
    return this.record.request;
  }

  get taskId() {
    return this.record.taskId;
  }

  /** The completed task. */
  get task() {
    return this.state === "COMPLETED" ? this.record.task : undefined;
  }

  get isUnsent() {
    return UNSENT.includes(this.state);
  }

  /** The credits that it will spend and that a balance of this time does not include. */
  pending(askedAt) {
    const isComing = this.isRunning || this.state === "held" || this.state === "queued";
    if (!isComing || this.isRemoved) return 0;
    return !this.taskId || this.#createdAt > askedAt ? this.record.price : 0;
  }

  /** How long it has been running, or took. */
  get elapsed() {
    const { task, took, startedAt } = this.record;
    if (task) return took ?? task.completeTime - task.createTime;
    return Date.now() - (this.#createdAt ?? startedAt);
  }

  /** Holds it before it is sent; returns a function that restores its earlier state. */
  hold(client) {
    const { error, state } = this;
    this.client = client;
    this.error = undefined;
    this.#become("held");
    return () => {
      this.error = error;
      this.#become(state);
    };
  }

  /** Queues it for one of the account's slots, and forgets the task of an earlier try. */
  wait(client) {
    this.client = client;
    Object.assign(this.record, { taskId: undefined, task: undefined });
    this.#become("queued");
  }

  /** Keeps it unsent until the user decides. */
  withhold() {
    this.#become("unsent");
  }

  /** Creates the task, unless there is one, and follows it. */
  async run(client) {
    this.client = client;
    this.isRunning = true;
    this.error = undefined;
    this.#controller = new AbortController();
    const { signal } = this.#controller;
    const onUpdate = ({ task }) => {
      // The account has no room yet.
      if (!task) return this.#become("busy");
      // The last state belongs to the end of the wait, which also has the video.
      if (task.status === "COMPLETED" || task.status === "FAILED") return;
      this.place = task.queue?.position;
      this.#become(task.status);
    };
    try {
      if (this.taskId) {
        this.#become("resuming");
        this.record.task = await client.waitForTask(this.taskId, { signal, onUpdate, progressIntervalMs: 0 });
      } else {
        this.record.startedAt = Date.now();
        // Record the create before it is sent.
        await this.#become("sending");
        signal.throwIfAborted();
        const onCreated = taskId => this.#created(taskId);
        this.record.task = await client.generate(this.request, { signal, onUpdate, onCreated, progressIntervalMs: 0 });
      }
      this.#completed();
    } catch (error) {
      if (this.#isCancelled || error?.task?.code === "cancelled") this.#cancelled();
      else if (signal.aborted) this.#end(this.taskId ? "stopped" : "unknown");
      else this.#end(this.#failed(error), error);
    }
  }

  /** Stops following it. If it is in a gateway's queue, it is cancelled, unless its turn has come meanwhile. */
  async stop() {
    if (this.place) {
      this.#isCancelled = await cancelTask(this.client, this.taskId).then(
        () => true,
        () => false,
      );
      if (!this.#isCancelled) return;
    }
    this.#controller?.abort();
  }

  /** Called when the service refused a create, because other clients use the account's slots. The client tries again. */
  setBusy() {
    if (this.state === "sending") this.#become("busy");
  }

  /** Updates the task from the service, because the URL of its video may have changed. */
  renew(task) {
    this.record.task = task;
    this.save();
  }

  save() {
    return history.put({ ...this.record, state: this.state, error: plain(this.error) });
  }

  forget() {
    history.remove(this.record.id);
  }

  #created(taskId) {
    this.record.taskId = taskId;
    this.#createdAt = Date.now();
    this.#become("PENDING");
  }

  #completed() {
    // The end of a task created elsewhere or before a reload was not observed.
    if (this.#createdAt) {
      this.record.took = Date.now() - this.#createdAt;
      remember(this.request, this.record.took);
    }
    this.#end("COMPLETED");
  }

  /** Ends a job that a gateway cancelled before it was sent. */
  #cancelled() {
    this.record.taskId = undefined;
    this.#end("unsent");
  }

  #failed(error) {
    if (error?.code === "task_failed") return "FAILED";
    if (this.taskId) return "lost";
    return error?.code === "outcome_unknown" ? "unknown" : "refused";
  }

  #end(state, error) {
    this.isRunning = false;
    this.#isCancelled = false;
    this.place = undefined;
    this.error = error;
    this.#become(state);
  }

  #become(state) {
    const isSame = this.state === state;
    this.state = state;
    const saved = isSame && BUSY.includes(state) ? undefined : this.save();
    this.#changed(this);
    return saved;
  }
}

/** An error in a form that can be stored. */
const plain = error =>
  error && {
    code: error.code,
    message: String(error.message ?? error),
    status: error.status,
    reason: error.reason ?? reasonOf(error),
  };
