// One call: carries out what the machine in src/call/machine.rs decides, and keeps the request, the answers and the listeners,
// which the machine does not need.
import { CODES, ENDPOINTS, MAY_BE_CHARGED, WORDS } from "sd2-client-words";
import { layAnswer, reasonIn, ring } from "./ask.js";
import { Attempt } from "./attempt.js";
import { Sd2Error } from "./error.js";
import { exchange, parse } from "./exchange.js";
import { answerOf, codeOf, setCause } from "./failure.js";
import { openEntry } from "./journal.js";
import { isHidden, onReturn } from "./page.js";
import { tell } from "./report.js";
import { follow } from "./signal.js";
import { broken } from "./wasm.js";

// The numbers of src/call/machine.rs.
export const CREATE_TASK = 0;
export const QUERY_TASK = 1;
export const GET_CREDITS = 2;
export const WAIT_FOR_TASK = 3;
export const GENERATE = 4;
export const AWAIT_SERVICE = 5;
export const CANCEL_TASK = 6;
const PAUSE = 2;
const DONE = 3;
const ABORTED = 4;
const CREATING = 1;
const NOT_CREATED = 2;
const CREATED = 3;
const OVER = 4;
const KEEPS_OUTPUT = 1;
const SHOWS_TASK = 2;
const HAS_PROBLEM = 4;
const IS_LATE = 8;
/** Whether a task was made. */
export const NO = 0;
export const UNKNOWN = 1;

export class Call {
  taskId = "";
  /** Whether a task was made: a number of `Made` in src/call/machine.rs. */
  made = NO;
  isAborted = false;
  /** Whether the last attempt may have sent its request; true for another call's attempt. */
  hasLeft = true;
  /** The answer to this call's last attempt. */
  answer;
  /** The address by which `ring` wakes the machine; undefined when the call has ended. */
  bell;
  /** The running calls of the same WebAssembly instance, which reject if it stops. */
  calls;
  /** The last event about the task from a gateway's stream. It replaces the response to the next poll. */
  pushed;
  /** Runs when the caller has the result. */
  onTaken;
  /** Whether the task cannot change any more, as far as the service says. */
  isOver = false;

  #client;
  #method;
  #request;
  #body;
  #listeners;
  #entry;
  /** The Idempotency-Key, by which a gateway recognizes a repeated create. */
  #key;
  #mark;
  #kept;
  #isStopping;
  #isStoppable = true;
  #isPausing;
  #reason;
  #unlisten;
  #unfollow;
  /** The last task that was reported, and the problem of the last poll. */
  #task;
  #problem;
  /** The progress that was reported last, and the timer of the next report. */
  #progress = 0;
  #ticker;
  #settle;

  /** `client` is a `Parts` of js/client.js. */
  constructor(client, method, subject, { signal, ...listeners }) {
    this.#client = client;
    this.#method = method;
    this.#listeners = listeners;
    if (method === CREATE_TASK || method === GENERATE) {
      this.#request = subject;
    } else if (subject) {
      this.taskId = subject;
    }
    if (client.gateway) this.#key = Math.random().toString(36).slice(2);
    if (client.store) this.#entry = openEntry(client);
    this.promise = new Promise((...settle) => (this.#settle = settle));
    this.#unfollow = follow(signal, reason => this.abort(reason));
  }

  /** Writes the request as JSON, once the machine has accepted it. */
  prepare() {
    this.#body = JSON.stringify(this.#request);
    if (this.#method === WAIT_FOR_TASK) this.#client.events?.join(this);
  }

  /** Whether each step is reported, not only those with news. */
  get isLogged() {
    return !!this.#client.logger;
  }

  /** Ends the call at once. An aborted call cannot know whether its create arrived. */
  abort(reason) {
    this.isAborted = true;
    this.#reason ??= [reason];
    // Deferred, because the caller of `abort` may be deep in the stack.
    queueMicrotask(() => ring(this));
  }

  /** Ends the call as soon as the machine permits it. */
  stop() {
    this.#isStopping = true;
    if (this.#isStoppable || !this.hasLeft) this.abort();
  }

  /** Ends the call because the WebAssembly stopped. */
  breakOff(cause) {
    const taskId = this.#method === QUERY_TASK ? "" : this.taskId;
    if (this.#mark === CREATING) {
      this.made = UNKNOWN;
      this.fail(broken(cause, `${WORDS[MAY_BE_CHARGED]} `, { code: "outcome_unknown" }));
    } else {
      this.fail(
        broken(cause, taskId && `The task ${taskId} goes on: wait for it with waitForTask. `, taskId && { taskId }),
      );
    }
  }

  // What src/wasm/host.rs calls.

  send(endpoint, creating) {
    const attempt = new Attempt();
    this.hasLeft = false;
    this.#exchange(endpoint, creating, attempt);
    return attempt;
  }

  lay() {
    const { status, value, retryAfter, thrown, offline } = this.answer ?? {};
    const answer = { status, value };
    // Most answers have no other fields.
    if (thrown || retryAfter) Object.assign(answer, { thrown, offline, retryAfter, date: Date.parse(retryAfter) });
    if (this.#client.events?.isPushing) answer.isPushed = true;
    return layAnswer(answer, this.taskId);
  }

  listen(endsOnReturn, isStoppable) {
    this.#unlisten?.();
    this.#unlisten = endsOnReturn ? onReturn(() => ring(this)) : undefined;
    this.#isStoppable = isStoppable;
    this.#isPausing = endsOnReturn;
    if (this.pushed) queueMicrotask(() => this.endPause());
    if (this.#isStopping) this.stop();
    return this.isAborted;
  }

  /** Ends a pause between two polls, unless the service asked for it. */
  endPause() {
    if (this.#isPausing) ring(this);
  }

  tell(step, answer) {
    const [work, endpoint, mark, made, attempt, took, span, flags, hasTask, elapsedMs, progress, next, code, what] =
      step;
    this.made = made;
    // An answer to another call's poll is parsed again, so that no two callers share an object.
    if (answer && answer !== this.answer) this.answer = answer = { ...answer, value: parse(answer.text) };
    const { logger, secret } = this.#client;
    const log = (type, ms, more) => tell(logger, { type, endpoint: ENDPOINTS[endpoint], attempt, ms, ...more });
    if (logger && took >= 0) {
      const { status } = answer ?? {};
      log("attempt", took, status === undefined ? { code: answer ? "network" : "timeout" } : { status });
    }
    if (mark) this.#keep(mark, answer);
    if (!(flags & KEEPS_OUTPUT)) answer.value.output = null;
    if (hasTask >= 0) {
      if (hasTask) {
        this.#problem = undefined;
        this.#task = answer.value;
      }
      const update = {
        task: hasTask ? answer.value : null,
        elapsedMs,
        polls: attempt,
        progress,
        ...(!hasTask && { message: statement(what, answer, secret.text) }),
      };
      this.#show(update, next, work === PAUSE && span);
    }
    if (work >= DONE) this.#finish(step, answer);
    else {
      if (flags & HAS_PROBLEM) this.#problem = [what, answer];
      if (logger && work === PAUSE)
        if (code >= 0) log("retry", span, { code: CODES[code] });
        else log("poll", span, mark === CREATED && { endpoint: ENDPOINTS[1], attempt: 0 });
    }
  }

  async #exchange(endpoint, creating, attempt) {
    const client = this.#client;
    if (creating) {
      this.#mark = CREATING;
      if (this.#entry) await this.#entry.begin(this.#request, creating);
      // Aborted during the store write: nothing was sent.
      if (attempt.isAborted) return;
    }
    this.hasLeft = true;
    const { pushed } = this;
    this.pushed = undefined;
    const body = endpoint ? undefined : this.#body;
    const answer = await (pushed ?? exchange(client, endpoint, this.taskId, body, attempt, this.#key));
    if (attempt.isAborted) return;
    this.answer = answer;
    ring(this, true);
  }

  /**
   * Reports an update, and then an estimate every `progressIntervalMs`. Its progress grows from `update.progress` to `next` over
   * `span`.
   */
  #show(update, next, span) {
    const { onUpdate, progressIntervalMs } = this.#listeners;
    if (!onUpdate) return;
    const began = Date.now();
    const show = isTick => {
      const isQuiet = isHidden();
      if (span && !isQuiet && progressIntervalMs && progressIntervalMs < 2e9) {
        this.#ticker = setTimeout(show, progressIntervalMs, true);
      }
      if (isTick && isQuiet) return;
      const passed = Date.now() - began;
      const progress = update.progress + (next - update.progress) * Math.min(passed / span || 0, 1);
      this.#progress = Math.max(this.#progress, progress);
      tell(onUpdate, { ...update, elapsedMs: update.elapsedMs + passed, progress: this.#progress });
    };
    clearTimeout(this.#ticker);
    show();
  }

  #keep(mark, answer) {
    const entry = this.#entry;
    this.#mark = mark;
    if (mark === CREATED) {
      this.taskId = answer.value.taskId;
      const stored = !!entry?.isStored;
      this.#kept = entry?.create(this.#request, this.taskId);
      if (this.#method === GENERATE) {
        this.#client.events?.join(this);
        tell(this.#listeners.onCreated, this.taskId, { stored });
      }
    } else if (mark === NOT_CREATED) {
      this.#kept = entry?.drop();
    } else if (mark === OVER) {
      this.isOver = true;
      if (entry) this.onTaken = () => entry.remove(this.taskId);
    }
  }

  async #finish([work, , , , , , , flags, , , , , code, what, advice, retryAfterMs], answer) {
    // The machine has ended, and its memory may soon belong to another call.
    this.bell = undefined;
    if (work === ABORTED) return this.fail(this.#reason[0]);
    if (this.#kept) await this.#kept;
    const { taskId } = this;
    if (code === undefined) {
      const made = { taskId, ...(this.#entry?.isStored === false && { stored: false }) };
      return this.#end()[0](this.#method === CREATE_TASK ? made : answer?.value);
    }
    const showsTask = flags & SHOWS_TASK;
    const details = { ...codeOf(code), ...(taskId && { taskId }) };
    const hide = this.#client.secret.text;
    let message = statement(what, answer, hide, taskId, showsTask);
    let about = answer;
    if (showsTask) {
      details.task = answer.value;
    } else if (flags & IS_LATE) {
      const [met, last] = (flags & HAS_PROBLEM && this.#problem) || [];
      if (met >= 0) message += ` Last attempt: ${statement(met, last, hide)}`;
      else if (this.#task) message += ` It was ${this.#task.status.slice(0, 40)} when last asked.`;
      if (this.#task) details.task = this.#task;
      about = last;
    }
    if (!showsTask && about?.status !== undefined) Object.assign(details, answerOf(about, hide, retryAfterMs));
    const error = new Sd2Error([message, WORDS[advice]].join(" ").trim(), details);
    if (about?.thrown) setCause(error, about.thrown);
    this.fail(error);
  }

  /** Ends the call with an error. */
  fail(error) {
    this.#end()[1](error);
  }

  #end() {
    this.bell = undefined;
    clearTimeout(this.#ticker);
    this.#unfollow();
    this.#unlisten?.();
    this.#entry?.end();
    this.#client.events?.leave(this);
    this.calls?.delete(this);
    return this.#settle;
  }
}

/** What happened, as a sentence. The key is hidden before the quote is cut, because half a key would not be recognized. */
const statement = (what, answer, hide, taskId, isTask) => {
  const { status, text } = answer ?? {};
  let said;
  if (text !== undefined) {
    const clean = hide(text);
    said = reasonIn({ status, value: parse(clean), text: clean }, isTask);
  }
  const words = WORDS[what].replace("{status}", status).replace("{task}", () => taskId);
  return `${words}${said === undefined ? "" : `: ${said}`}.`;
};
