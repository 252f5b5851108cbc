// One call: does what the machine in src/call/machine.rs decides, and keeps what the machine has no use for.
import { CODES, ENDPOINTS, MAY_BE_CHARGED, WORDS } from "sd2-client-words";
import { layAnswer, reasonIn } from "./ask.js";
import { Sd2Error } from "./error.js";
import { exchange, parse } from "./exchange.js";
import { answerOf, codeOf, setCause } from "./failure.js";
import { onReturn, scope } from "./page.js";
import { tell } from "./report.js";
import { follow } from "./signal.js";

// The numbers of src/call/machine.rs.
export const CREATE_TASK = 0;
export const QUERY_TASK = 1;
export const GET_CREDITS = 2;
export const WAIT_FOR_TASK = 3;
export const GENERATE = 4;
export const AWAIT_SERVICE = 5;
const PAUSE = 2;
const DONE = 3;
const GAVE_UP = 4;
const CREATING = 1;
const NOT_CREATED = 2;
const CREATED = 3;
const OVER = 4;
/** Whether a task was made. */
export const NO = 0;
export const UNKNOWN = 1;

export class Call {
  taskId = "";
  /** What the machine knows of the task. */
  made = NO;
  isAborted = false;
  /** Whether a request may have left since the last attempt began. */
  hasLeft = false;

  #client;
  #method;
  #request;
  #body;
  #listeners;
  #id;
  #mark;
  #kept;
  #isStopping;
  #reason;
  #wake;
  #unfollow;
  /** The answer that is this call's own, the last task that was shown, and what the last poll met. */
  #answer;
  #task;
  #met;
  #settle;

  /** `client` has what js/client.js keeps; `canStop` says whether `stop` may be called. */
  constructor(client, method, subject, { signal, ...listeners }, canStop) {
    this.#client = client;
    this.#method = method;
    this.#listeners = listeners;
    if (method === CREATE_TASK || method === GENERATE) {
      this.#request = subject;
    } else if (subject) {
      this.taskId = subject;
    }
    if (client.journal) this.#id = Math.random().toString(36).slice(2);
    this.canStop = canStop || signal != null;
    this.promise = new Promise((resolve, reject) => (this.#settle = { resolve, reject }));
    this.#unfollow = follow(signal, reason => this.abort(reason));
  }

  /** The machine took the request, so it can be written as JSON. */
  prepare() {
    this.#body = JSON.stringify(this.#request);
  }

  /** Whether anybody wants to hear of each step. */
  get isHeard() {
    return !!this.#client.logger;
  }

  /** Ends the call at once. An aborted call cannot know whether its create arrived. */
  abort(reason) {
    this.isAborted = true;
    this.#reason ??= [reason];
    this.#wake?.();
  }

  /** Ends the call, but lets an in-flight create finish, or its task id would be lost. */
  stop() {
    this.#isStopping = true;
    if (this.#mark !== CREATING) this.abort();
  }

  /** Runs when the caller has the result. */
  onTaken;
  onEnd;
  /** Whether nothing more will come of the task. */
  isOver = false;

  /** Ends the call because the WebAssembly stopped. */
  breakOff(makeError) {
    const taskId = this.#method === QUERY_TASK ? "" : this.taskId;
    if (this.#mark === CREATING) {
      this.made = UNKNOWN;
      this.fail(makeError(`${WORDS[MAY_BE_CHARGED]} `, { code: "outcome_unknown" }));
    } else {
      this.fail(
        makeError(taskId && `The task ${taskId} goes on: wait for it with waitForTask. `, taskId && { taskId }),
      );
    }
  }

  // What src/wasm/host.rs calls.

  async send(endpoint, mark, signal) {
    const client = this.#client;
    this.hasLeft = false;
    if (mark === CREATING) {
      this.#mark = mark;
      await client.journal?.begin(this.#id, this.#request);
      // Aborted during the store write: nothing was sent.
      if (signal.aborted) return {};
    }
    this.hasLeft = true;
    this.#answer = await exchange(client, endpoint, this.taskId, endpoint ? undefined : this.#body, signal);
    return this.#answer;
  }

  lay({ status, value, retryAfter, thrown, offline }) {
    return layAnswer({ status, value, retryAfter, date: retryAfter && Date.parse(retryAfter), thrown, offline });
  }

  interruption(isRousable) {
    this.#wake?.();
    const isPage = isRousable && scope();
    if (!isPage && !this.canStop) return undefined;
    return new Promise(resolve => {
      const end = isPage ? onReturn(() => this.#wake?.()) : undefined;
      this.#wake = () => {
        this.#wake = undefined;
        end?.();
        resolve();
      };
      if (this.isAborted) this.#wake();
    });
  }

  tell(step, answer) {
    const [
      work,
      endpoint,
      mark,
      made,
      attempt,
      took,
      keepsOutput,
      hasTask,
      elapsedMs,
      progress,
      span,
      code,
      ,
      ,
      ,
      ,
      isMet,
    ] = step;
    this.made = made;
    // Another call's answer is read anew, so that no two callers share an object.
    if (answer && answer !== this.#answer) this.#answer = answer = { ...answer, value: JSON.parse(answer.text) };
    const isOver = work >= DONE;
    const log = (type, ms, more) =>
      tell(this.#client.logger, { type, endpoint: ENDPOINTS[endpoint], attempt, ms, ...more });
    if (took >= 0) {
      const { status } = answer ?? {};
      log("attempt", took, status === undefined ? { code: answer ? "network" : "timeout" } : { status });
    }
    if (mark) this.#keep(mark, answer);
    if (!keepsOutput) answer.value.output = null;
    if (hasTask >= 0) this.#update(step, answer, { elapsedMs, polls: attempt, progress });
    if (isMet && !isOver) this.#met = [step, answer];
    if (isOver) this.#finish(step, answer);
    else if (work === PAUSE)
      log(
        code < 0 ? "poll" : "retry",
        span,
        code < 0 ? mark === CREATED && { endpoint: ENDPOINTS[1], attempt: 0 } : { code: CODES[code] },
      );
  }

  #update([, , , , , , , hasTask, , , , , what], answer, update) {
    if (hasTask) {
      this.#met = undefined;
      this.#task = answer.value;
      tell(this.#listeners.onUpdate, { task: answer.value, ...update });
    } else {
      tell(this.#listeners.onUpdate, {
        task: null,
        ...update,
        message: statement(what, answer, this.#client.secret.text),
      });
    }
  }

  #keep(mark, answer) {
    const { journal } = this.#client;
    this.#mark = mark;
    if (mark === CREATED) {
      this.taskId = answer.value.taskId;
      this.#kept = journal?.write(this.#id, { request: this.#request, taskId: this.taskId });
      if (this.#method === GENERATE) tell(this.#listeners.onCreated, this.taskId);
    } else if (mark === NOT_CREATED) {
      this.#kept = journal?.remove(this.#id);
    } else if (mark === OVER) {
      this.isOver = true;
      if (journal) this.onTaken = () => journal.remove(this.taskId || this.#id);
    }
    journal?.settle(this.#id);
    if (this.#isStopping) this.abort();
  }

  async #finish([work, , , , , , , , , , , code, what, advice, retryAfterMs, showsTask, isMet], answer) {
    if (work === GAVE_UP) return this.fail(this.#reason[0]);
    if (this.#kept) await this.#kept;
    if (code < 0) return this.#end().resolve(this.#method === CREATE_TASK ? { taskId: this.taskId } : answer?.value);
    const { taskId } = this;
    const details = { ...codeOf(code), ...(taskId && { taskId }) };
    const hide = this.#client.secret.text;
    let message = statement(what, answer, hide, taskId, showsTask);
    let about = answer;
    if (showsTask) {
      details.task = answer.value;
    } else if (details.code === "wait_timeout") {
      const [met, last] = (isMet && this.#met) || [];
      if (met) message += ` Last attempt: ${statement(met[12], last, hide)}`;
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
    this.#end().reject(error);
  }

  #end() {
    this.#unfollow();
    this.#wake?.();
    this.#client.journal?.end(this.#id);
    this.onEnd?.();
    return this.#settle;
  }
}

/** What happened, as a sentence. What it quotes is looked for when the key is hidden: half a key would not be found. */
const statement = (what, answer, hide, taskId, isTask) => {
  const { status, text } = answer ?? {};
  let said;
  if (text !== undefined) {
    const clean = hide(text);
    said = reasonIn({ status, value: parse(clean), text: clean }, isTask > 0);
  }
  const words = WORDS[what].replace("{status}", status).replace("{task}", () => taskId);
  return `${words}${said === undefined ? "" : `: ${said}`}.`;
};
