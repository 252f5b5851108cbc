// The jobs of one account: reads rows, asks Rust what to do, writes the decision, then acts on it.
import { misuse } from "../error.js";
import { createCore } from "./core.js";
import { Files } from "./files.js";
import { newId } from "./ids.js";
import { isKey } from "./options.js";
import { ask, CREATE_TASK, CREDITS, QUERY_TASK } from "./service.js";
import { streamOf } from "./stream.js";
import { within } from "../within.js";

const MINUTE = 60_000;
const HOUR = 3_600_000;
/** How long a job is kept after its end. Until then its key is known and its task is found. */
const KEPT = 90 * 24 * HOUR;
/** The same as FURTHEST in gateway/src/engine.rs. */
const FURTHEST = 360_000;
/** The most tasks of an account that run at once. */
const SLOTS = 3;
/** The most jobs that are read at once. */
const BATCH = 50;
/** The most ended jobs in a snapshot. */
const SNAPSHOT = 100;
/** The number of completed jobs from which the engine learns how long tasks take. */
const LESSONS = 50;
/** The most open streams of one user. Each tab has one. */
const STREAMS = 10;
/** While there are listeners, the pause between reads of other processes' changes. */
const WATCH = 1_000;
/** Such a read reaches back this much further, because clocks differ. */
const OVERLAP = 10_000;
/** The most attempts of an accept that competes with others of the same user. */
const TRIES = 20;
/** How long an outcome is kept in memory while the ledger is unavailable, and the longest pause between attempts to write it. */
const WRITE_TIMEOUT = 600_000;
const PAUSE = 5_000;
const PROBE = 30_000;
/** The most time that `apiKey` may take. */
const KEY_TIMEOUT = 10_000;
/** While an attempt is in progress, the shortest pause before the next `tick`. The end of the attempt calls `tick` anyway. */
const SECOND = 1_000;
/** The pause before an attempt that threw an exception is repeated. It doubles each time, up to the longest. */
const FIRST_REST = 1_000;
const LONGEST_REST = 30_000;
/** The ids of attempts that are not about a job. */
const CIRCUIT = "circuit";
const FILES = "files";
/** A job's id. With other strings, a database might fail. */
const ID = /^[\w-]{1,60}$/;

export class Engine {
  #options;
  #core;
  #files;
  #run = crypto.randomUUID();
  #opening;
  #circuit;
  #ticking;
  #isCalled = false;
  #isStopped = false;
  #next = Infinity;
  /** Attempts in progress, by the job's id or another one. */
  #attempts = new Map();
  /** Pauses after attempts that threw an exception: their length and end. */
  #rests = new Map();
  #listeners = new Map();
  #watching;
  #line;
  /** When old jobs are deleted next. */
  #forgetting = 0;

  /**
   * `options` has `account`, `ledger`, `apiKey()`, `service` with `baseUrl` and `fetch`, `generation`, `onError(error)`, and perhaps
   * `callbackUrl(id)`, `onEnd(job)` and, for uploads, `eraseFile(file)`. `onDue(at)` gets the time of the next necessary `tick`. If there is
   * `onWake()`, the engine calls it instead of its own `tick` when there may be something to do.
   */
  constructor(options) {
    this.#options = options;
    this.#core = createCore({
      run: this.#run,
      isShared: options.ledger.isShared,
      hasCallbacks: !!options.callbackUrl,
      tells: !!options.onEnd,
    });
    this.#files = new Files(options.ledger, options.account, this.#core);
  }

  /** Prepares the ledger. If it is a restored backup, queued jobs become unknown. */
  open() {
    this.#opening ??= this.#open().catch(error => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }

  async #open() {
    const { ledger, account, generation } = this.#options;
    await ledger.open();
    await this.#readCircuit();
    if (generation !== undefined) {
      const name = `generation:${account}`;
      const before = await ledger.get(name);
      // `before` may be null, because the first generation may be set after a restore.
      if (before !== String(generation)) {
        for (const job of await ledger.queued(account)) await this.#commit(this.#decide("doubt", job), job);
        await ledger.set(name, String(generation));
      }
    }
    for (const lesson of await ledger.learned({ account, limit: LESSONS })) this.#core("learn", lesson);
  }

  /** Accepts or refuses a request: `{ status, body, retryAfter? }`. */
  async create({ user, key, hash, request, price, budget, limits }) {
    await this.open();
    const { ledger, account } = this.#options;
    for (let tries = 0; tries < TRIES; tries++) {
      const known = await ledger.find({ account, user, key });
      if (known) return repeated(known, hash);
      const now = Date.now();
      const { since } = this.#core("window", { budget });
      const standing = await ledger.standing({ account, user, since, minute: now - MINUTE });
      const { refusal } = this.#core("admit", { price, budget, limits, standing });
      if (refusal) return refusal;
      const job = {
        ...EMPTY,
        id: newId("gw_"),
        account,
        user,
        // If two accepts saw the same standing, only one of them gets this number.
        number: standing.number + 1,
        key,
        hash,
        request: JSON.stringify(request),
        price,
        most: limits.running,
        accepted: now,
        touched: now,
      };
      if (await ledger.insert(job)) {
        this.#changed(job, true);
        return { status: 200, body: { taskId: job.id } };
      }
    }
    return {
      status: 503,
      body: { code: "server_error", message: "You sent too many requests at once. Try again." },
      retryAfter: 1,
    };
  }

  /** The user's task, or null if there is no such task of this user. */
  async query(user, id) {
    await this.open();
    const job = await this.#find(user, id);
    return job && this.#show(job);
  }

  /** The rest of the user's budget, in the form of a balance. */
  async balance(user, budget) {
    await this.open();
    const { ledger, account } = this.#options;
    const { since } = this.#core("window", { budget });
    const standing = await ledger.standing({ account, user, since, minute: Date.now() });
    return this.#core("balance", { budget, standing });
  }

  /** Removes a job from the queue. Returns its task, `false` if it is too late, or null if there is no such task of this user. */
  async cancel(user, id) {
    await this.open();
    for (;;) {
      const job = await this.#find(user, id);
      if (!job || job.state === "cancelled") return job && this.#show(job);
      const plan = this.#core("cancel", { job });
      if (!plan.job) return false;
      if (await this.#commit(plan, job)) return this.#show({ ...job, ...plan.job });
    }
  }

  /** The user's tasks that have not ended, and those that ended in the last hour. */
  async snapshot(user) {
    await this.open();
    const { ledger, account } = this.#options;
    const jobs = await ledger.recent({ account, user, since: Date.now() - HOUR, limit: SNAPSHOT });
    return Promise.all(jobs.map(job => this.#show(job)));
  }

  /** The user's tasks and their changes as `text/event-stream`, or undefined if the user has too many open streams. */
  async stream(user) {
    await this.open();
    return this.hasRoom(user) ? streamOf(this, user) : undefined;
  }

  /** Whether the user may have one more stream. */
  hasRoom(user) {
    return !(this.#listeners.get(user)?.size >= STREAMS);
  }

  /**
   * Handles a callback for a job. Returns `false` if the service should call again. The body is only a hint, so the engine asks the
   * service.
   */
  async callBack(id, body) {
    await this.open();
    const { ledger, account } = this.#options;
    const taskId = body?.taskId;
    if (typeof taskId !== "string" || !taskId || taskId.length > 200 || /\p{Cs}/u.test(taskId)) return true;
    const job = await ledger.find({ id });
    if (job?.account !== account) return true;
    if (!["sending", "running", "unknown"].includes(job.state)) return true;
    if (job.taskId !== null && job.taskId !== taskId) return true;
    // It is the task of another job. (This job may have got it meanwhile.)
    const owner = await ledger.find({ account, taskId });
    if (owner && owner.id !== id) return true;
    const answer = await this.#ask(QUERY_TASK, { taskId, limit: PROBE });
    if (!this.#core("confirms", { taskId, answer })) return false;
    await this.#keep(id, current => this.#decide("calledBack", current, { taskId, answer }));
    this.#wake();
    return true;
  }

  /** Responds to a request that was accepted before, as `create` does, or returns undefined. */
  async repeat({ user, key, hash }) {
    await this.open();
    const { ledger, account } = this.#options;
    const known = await ledger.find({ account, user, key });
    return known ? repeated(known, hash) : undefined;
  }

  /** Calls the method of Files with this name. */
  async file(order, details) {
    await this.open();
    return this.#files[order](details);
  }

  /** Begins no further work until `resume`. What is in progress continues. */
  stop() {
    this.#isStopped = true;
  }

  resume() {
    this.#isStopped = false;
  }

  /** Does what is due, and sends what may be sent. Resolves to the time of the next necessary call. Work that it started continues. */
  async tick() {
    if (this.#isStopped) return Infinity;
    this.#isCalled = true;
    this.#ticking ??= this.#tick();
    return this.#ticking;
  }

  async #tick() {
    try {
      await this.open();
      while (this.#isCalled && !this.#isStopped) {
        this.#isCalled = false;
        await this.#pass();
      }
    } finally {
      // Without a pause after the loop, in which a call would be lost.
      this.#ticking = undefined;
    }
    this.#options.onDue?.(this.#next);
    return this.#next;
  }

  async #pass() {
    const { ledger, account } = this.#options;
    await this.#readCircuit();
    await this.#forget();
    await this.#wakeJobs();
    const wait = await this.#dispatch();
    const due = (await ledger.next(account)) ?? Infinity;
    const sweep = await this.#sweep();
    const now = Date.now();
    const soonest = Math.min(due > now ? due : this.#overdue(due, now), wait, sweep);
    // Other processes may write changes for listeners. If the clock is set back, a pause must not become longer than a minute.
    const isWaiting = (this.#listeners.size && ledger.isShared) || this.#attempts.size;
    this.#next = isWaiting ? Math.min(soonest, now + MINUTE) : soonest;
  }

  /** When to look again at what is overdue. It may be in progress or at rest, so the engine would otherwise look all the time. */
  #overdue(due, now) {
    if (this.#attempts.size) return now + SECOND;
    const ends = [...this.#rests.values()].map(({ end }) => end).filter(end => end > now);
    return ends.length ? Math.min(...ends, now + LONGEST_REST) : due;
  }

  /** Resolves when no work is in progress. */
  async settle() {
    while (this.#ticking || this.#attempts.size) {
      await this.#ticking?.catch(() => {});
      await Promise.all(this.#attempts.values());
    }
  }

  /** Calls the listener with each changed task of the user. Returns a function that ends this. */
  listen(user, listener) {
    const listeners = this.#listeners.get(user) ?? new Set();
    this.#listeners.set(user, listeners.add(listener));
    this.#watch();
    return () => {
      listeners.delete(listener);
      if (!listeners.size && this.#listeners.get(user) === listeners) this.#listeners.delete(user);
      if (!this.#listeners.size) {
        clearTimeout(this.#watching);
        this.#watching = undefined;
      }
    };
  }

  /** Whether there are listeners. */
  get isHeard() {
    return this.#listeners.size > 0;
  }

  async #wakeJobs() {
    const { ledger, account } = this.#options;
    const run = ledger.isShared ? null : this.#run;
    for (;;) {
      const now = Date.now();
      const due = await ledger.due({ account, now, latest: now + FURTHEST, run, limit: BATCH });
      let count = 0;
      for (const job of due) {
        if (this.#isStopped) return;
        if (this.#isTaken(job.id)) continue;
        const plan = this.#decide("wake", job);
        if (!plan.job && !plan.effect) continue;
        if (await this.#commit(plan, job, true)) {
          this.#begin(job.id, plan.effect, plan.job ? { ...job, ...plan.job, version: job.version + 1 } : job);
          count++;
        }
      }
      if (!count) return;
    }
  }

  /** Deletes jobs that ended long ago. */
  async #forget() {
    const now = Date.now();
    if (now < this.#forgetting) return;
    this.#forgetting = now + HOUR;
    for (const [id, { end }] of this.#rests) if (end < now) this.#rests.delete(id);
    const { ledger, account } = this.#options;
    await ledger.forget?.({ account, before: now - KEPT });
  }

  /** Starts to delete expired files. Resolves to the time of the next necessary call. */
  async #sweep() {
    const { eraseFile } = this.#options;
    if (!eraseFile) return Infinity;
    const next = await this.#files.next();
    if (next > Date.now() || this.#isStopped) return next;
    // A slow store must not delay jobs.
    if (!this.#isTaken(FILES)) this.#track(FILES, () => this.#files.sweep(eraseFile));
    return this.#attempts.has(FILES) ? Infinity : this.#rests.get(FILES).end;
  }

  /** Sends the queued jobs whose turn it is. Resolves to the time of the next necessary call. */
  async #dispatch() {
    const { ledger, account } = this.#options;
    for (let lost = 0; lost < TRIES; ) {
      const decision = this.#core("dispatch", {
        circuit: this.#circuit,
        ...(await ledger.queue(account)),
        slots: SLOTS,
      });
      if (this.#isStopped) return Infinity;
      if (decision === "probe") {
        this.#probe();
        return this.#attempts.has(CIRCUIT) ? Infinity : this.#rests.get(CIRCUIT).end;
      }
      if (decision === "idle") return Infinity;
      if (decision.wait) return Date.now() + decision.wait;
      const job = await ledger.find({ id: decision.take });
      if (!job) return Infinity;
      // Do what may fail before the job counts as sent.
      const sending = await this.#prepare(job);
      if (this.#isStopped) return Infinity;
      const plan = this.#decide("begin", job);
      if (plan.effect && (await this.#commit(plan, job, true))) {
        this.#begin(job.id, plan.effect, { ...job, ...plan.job, version: job.version + 1 }, sending);
      } else {
        lost++;
        await this.#readCircuit();
      }
    }
    return Date.now() + MINUTE / 60;
  }

  /** The body and the key of a create. */
  async #prepare({ id, request }) {
    const { callbackUrl, apiKey } = this.#options;
    const fields = JSON.parse(request);
    if (callbackUrl) fields.callBackUrl = await callbackUrl(id);
    return { body: JSON.stringify(fields), key: await keyOf(apiKey) };
  }

  /** Runs the effect of a plan that has been written. */
  #begin(id, effect, job, sending) {
    if (!effect) return;
    const work = async () => {
      if (effect === "tell") return this.#tell(job);
      const { create, query } = effect;
      const answer = create
        ? await ask(this.#options.service, sending.key, CREATE_TASK, { body: sending.body, limit: create })
        : await this.#ask(QUERY_TASK, { taskId: job.taskId, limit: query });
      await this.#keep(id, current => this.#decide("came", current, { answer, isCreate: !!create }), job);
    };
    this.#track(id, work);
  }

  #track(id, work) {
    const attempt = work()
      .then(
        () => this.#rests.delete(id),
        error => {
          this.#rest(id);
          this.#options.onError(error);
        },
      )
      .finally(() => {
        // The same job may have been sent again meanwhile.
        if (this.#attempts.get(id) === attempt) this.#attempts.delete(id);
        this.#wake();
      });
    this.#attempts.set(id, attempt);
  }

  /** Delays the next attempt. What made this one fail may still be so, and nothing else would slow the engine down. */
  #rest(id) {
    const length = Math.min(2 * (this.#rests.get(id)?.length ?? FIRST_REST / 2), LONGEST_REST);
    this.#rests.set(id, { length, end: Date.now() + length });
  }

  /** Whether an attempt is in progress, or failed just now. */
  #isTaken(id) {
    const rest = (this.#rests.get(id)?.end ?? 0) - Date.now();
    // A longer rest was noted before the clock was set back.
    return this.#attempts.has(id) || (rest > 0 && rest <= LONGEST_REST);
  }

  #probe() {
    if (this.#isTaken(CIRCUIT)) return;
    this.#track(CIRCUIT, async () => {
      const answer = await this.#ask(CREDITS, { limit: PROBE });
      await this.#readCircuit();
      await this.#writeCircuit(this.#core("probed", { circuit: this.#circuit, answer }).circuit);
    });
  }

  async #tell(job) {
    await this.#options.onEnd(toPublic(job, await this.#show(job)));
    await this.#keep(job.id, current => this.#core("told", { job: current }), job);
  }

  async #ask(endpoint, details) {
    return ask(this.#options.service, await keyOf(this.#options.apiKey), endpoint, details);
  }

  /** Writes the outcome of an attempt. Tries again if another writer changed the job, or while the ledger is unavailable. */
  async #keep(id, decide, job) {
    const { ledger } = this.#options;
    const end = Date.now() + WRITE_TIMEOUT;
    for (let pause = 100; ; pause = Math.min(2 * pause, PAUSE)) {
      try {
        job ??= await ledger.find({ id });
        if (!job) return;
        await this.#readCircuit();
        const plan = decide(job);
        if (!plan.job && !plan.circuit) return;
        if (await this.#commit(plan, job)) return;
        job = undefined;
      } catch (error) {
        if (Date.now() > end) throw error;
        job = undefined;
        await new Promise(done => setTimeout(done, pause));
      }
    }
  }

  #decide(order, job, details) {
    return this.#core(order, { job, circuit: this.#circuit, ...details });
  }

  /** Writes a plan, the circuit first, so that a crash in between leaves it too strict. Resolves to whether the job was written. */
  async #commit(plan, job, isClaim) {
    const { ledger } = this.#options;
    if (plan.circuit) await this.#writeCircuit(plan.circuit);
    if (!plan.job) return true;
    const next = { ...job, ...plan.job, touched: Date.now() };
    if (!(await ledger.update(next, isClaim))) return false;
    this.#changed(next, job.state === "queued" || next.state === "queued");
    return true;
  }

  async #readCircuit() {
    const { ledger, account } = this.#options;
    if (this.#circuit && !ledger.isShared) return;
    this.#circuit = JSON.parse((await ledger.get(`circuit:${account}`)) ?? "{}");
  }

  async #writeCircuit(circuit) {
    const { ledger, account } = this.#options;
    await ledger.set(`circuit:${account}`, JSON.stringify(circuit));
    this.#circuit = circuit;
  }

  async #find(user, id) {
    const { ledger, account } = this.#options;
    const job = typeof id === "string" && ID.test(id) ? await ledger.find({ id }) : null;
    return job?.account === account && job.user === user ? job : null;
  }

  async #show(job) {
    const position = job.state === "queued" ? (await this.#places()).get(job.id) : undefined;
    return this.#core("show", { job, position });
  }

  /** The positions of all queued jobs. */
  async #places() {
    if (this.#line && Date.now() - this.#line.at < 1_000) return this.#line.places;
    const { ledger, account } = this.#options;
    const [line, { heads }] = await Promise.all([ledger.line(account), ledger.queue(account)]);
    const running = Object.fromEntries(heads.map(({ user, running }) => [user, running]));
    const places = this.#core("positions", { queue: line.map(({ user }) => user), running });
    this.#line = { at: Date.now(), places: new Map(line.map(({ id }, index) => [id, places[index]])) };
    return this.#line.places;
  }

  #changed(job, movesQueue) {
    if (movesQueue) this.#line = undefined;
    const listeners = this.#listeners.get(job.user);
    if (listeners) this.#publish(job, listeners);
    if (movesQueue) for (const [user, others] of this.#listeners) this.#publishQueue(user, others);
  }

  async #publish(job, listeners) {
    try {
      const task = await this.#show(job);
      for (const listener of listeners) listener(task, job.version);
    } catch {
      // The next change or a poll reports it.
    }
  }

  /** Publishes the user's positions in the queue after a change by others. */
  async #publishQueue(user, listeners) {
    try {
      for (const task of await this.snapshot(user)) {
        if (task.queue) for (const listener of listeners) listener(task);
      }
    } catch {
      // The next change or a poll reports them.
    }
  }

  /** Publishes changes that other processes have written. */
  #watch(since = Date.now()) {
    const { ledger, account } = this.#options;
    if (!ledger.isShared || this.#watching) return;
    this.#watching = setTimeout(async () => {
      const now = Date.now();
      try {
        for (const job of await ledger.changed({ account, since: since - OVERLAP })) {
          const listeners = this.#listeners.get(job.user);
          if (listeners) await this.#publish(job, listeners);
        }
        since = now;
      } catch {
        // The ledger is unavailable. The next read includes these changes.
      }
      this.#watching = undefined;
      if (this.#listeners.size) this.#watch(since);
    }, WATCH);
    this.#watching?.unref?.();
  }

  /** Called when there may be something to do. */
  #wake() {
    const { onWake } = this.#options;
    if (onWake) return onWake();
    this.tick().catch(error => this.#options.onError(error));
  }
}

const EMPTY = {
  state: "queued",
  run: null,
  taskId: null,
  call: null,
  due: null,
  sent: null,
  ended: null,
  cost: null,
  result: null,
  version: 1,
};

const repeated = (known, hash) =>
  known.hash === hash
    ? { status: 200, body: { taskId: known.id } }
    : {
        status: 409,
        body: { code: "conflict", message: "This Idempotency-Key was used for another request. Use a new one." },
      };

const keyOf = async apiKey => {
  const key = await within(apiKey(), KEY_TIMEOUT, async () => {
    throw new Error("apiKey took longer than ten seconds.");
  });
  if (!isKey(key)) throw misuse("apiKey must return the account's API key, in visible ASCII characters.");
  return key;
};

/** The job that `onEnd` gets. */
const toPublic = ({ id, account, user, request, price, cost, accepted, ended }, task) => ({
  id,
  account,
  user,
  request: JSON.parse(request),
  price,
  credits: cost ?? 0,
  task,
  acceptedAt: accepted,
  endedAt: ended,
});
