// The entry point `sd2-client/gateway`: the gateway for any server.
import { misuse } from "../error.js";
import { callbackUrl, referenceOf } from "./callbacks.js";
import { createCore } from "./core.js";
import { Engine } from "./engine.js";
import { memoryLedger } from "./memory-ledger.js";
import { checkFunctions, checkOptions, toService } from "./options.js";
import { createProtocol } from "./protocol.js";
import { checkStore, checkUploads } from "./upload-options.js";
import { eraseFile } from "./uploads.js";
import { within } from "../within.js";

export { folderUploads } from "./folder-uploads.js";
export { memoryLedger } from "./memory-ledger.js";
export { toNodeHandler } from "./node.js";
export { sqlLedger } from "./sql-ledger.js";
export { Sd2Error } from "../error.js";

/** The longest pause before a started gateway looks for work, because another process may have died. */
const LONGEST_PAUSE = 15_000;
const SHORTEST_PAUSE = 10;
/** How long `stop` waits for work in progress. The ledger may be unavailable for longer. */
const LONGEST_STOP = 30_000;

export const createGateway = options => new Gateway(check(options)).face();

class Gateway {
  #options;
  #engines = new Map();
  #core;
  #protocol;
  #timers = new Map();
  #isStarted = false;
  #isStopped = false;

  constructor(options) {
    this.#options = options;
    const { authorize, origins, basePath, callbacks, uploads, onError } = options;
    this.#protocol = {
      authorize,
      origins,
      basePath,
      onError,
      check: (request, assets) => this.#decide("check", { request, assets }),
      uploads: uploads && { ...uploads, judge: details => this.#decide("judgeFile", details) },
      referenceOf: callbacks && (request => referenceOf(request, callbacks.origin, callbacks.secret)),
    };
  }

  #decide(order, details) {
    this.#core ??= createCore();
    return this.#core(order, details);
  }

  /** The public object. Its functions need no `this`. */
  face() {
    return {
      fetch: (request, ...context) => this.#fetch(request, context),
      tick: () => this.#tickAll(true),
      start: () => this.#start(),
      stop: () => this.#stop(),
    };
  }

  async #fetch(request, context) {
    let own;
    const engineOf = account => this.#engineOf((own = account));
    const response = await createProtocol({ ...this.#protocol, engineOf })(request, ...context);
    // A request without a session must not cause any work.
    if (this.#isStopped || /^40[134]$/.test(response.status)) return response;
    if (this.#isStarted) {
      if (own !== undefined) this.#tick(own);
      return response;
    }
    // The service may fetch a file before it responds to a create. A tick here would wait for that create.
    if (/\/(files|uploads\/[^/]+)\//.test(new URL(request.url).pathname)) return response;
    // Possibly nothing runs between requests, so each one does what is due.
    const work = this.#tickAll(!isStream(response)).catch(this.#options.onError);
    if (this.#options.waitUntil) this.#options.waitUntil(work);
    else await work;
    return response;
  }

  #engineOf(account) {
    let engine = this.#engines.get(account);
    if (!engine) {
      const { ledger, apiKey, baseUrl, fetch, callbacks, basePath, generation, onEnd, uploads, onError } =
        this.#options;
      engine = new Engine({
        account,
        ledger,
        apiKey: () => (typeof apiKey === "function" ? apiKey(account) : apiKey),
        service: { baseUrl, fetch },
        callbackUrl: callbacks && (id => callbackUrl(callbacks.origin, basePath, callbacks.secret, account, id)),
        generation,
        onEnd,
        eraseFile: uploads && (async file => eraseFile(await uploads.storeOf(), file)),
        onError,
        onDue: at => this.#schedule(account, at),
      });
      if (this.#isStopped) engine.stop();
      this.#engines.set(account, engine);
    }
    return engine;
  }

  /** Ticks every account with open jobs. With `isAwaited`, waits for the work that this started, even if an account fails. */
  async #tickAll(isAwaited) {
    const { ledger } = this.#options;
    await ledger.open();
    for (const account of await ledger.accounts(Date.now())) this.#engineOf(account);
    const engines = [...this.#engines.values()];
    const ticks = await Promise.allSettled(engines.map(engine => engine.tick()));
    if (isAwaited) await Promise.all(engines.map(engine => engine.settle()));
    const [first, ...others] = ticks.filter(({ status }) => status === "rejected");
    for (const { reason } of others) this.#options.onError(reason);
    if (first) throw first.reason;
  }

  #tick(account) {
    this.#engineOf(account)
      .tick()
      .catch(error => {
        this.#options.onError(error);
        // The ledger may be available again by then.
        this.#schedule(account, Date.now() + LONGEST_PAUSE / 10);
      });
  }

  #start() {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#isStopped = false;
    for (const engine of this.#engines.values()) engine.resume();
    this.#look();
  }

  /** Looks for work of other processes, which may have added accounts or died. */
  #look() {
    const again = () => {
      if (!this.#isStarted) return;
      this.#timers.set(
        "",
        setTimeout(() => this.#look(), LONGEST_PAUSE),
      );
    };
    this.#tickAll(false).catch(this.#options.onError).then(again);
  }

  #schedule(account, at) {
    clearTimeout(this.#timers.get(account));
    // Without start, an open stream keeps the timer.
    if (this.#isStopped || (!this.#isStarted && !this.#engines.get(account).isHeard) || at === Infinity) return;
    const pause = Math.min(Math.max(Math.ceil(at - Date.now()), SHORTEST_PAUSE), LONGEST_PAUSE);
    this.#timers.set(
      account,
      setTimeout(() => this.#tick(account), pause),
    );
  }

  async #stop() {
    this.#isStarted = false;
    this.#isStopped = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    const engines = [...this.#engines.values()];
    for (const engine of engines) engine.stop();
    await within(Promise.all(engines.map(engine => engine.settle())), LONGEST_STOP);
  }
}

const isStream = response => response.headers.get("content-type")?.startsWith("text/event-stream");

const check = options => {
  const own = ["ledger", "waitUntil", "uploads"];
  const { ledger = memoryLedger(), waitUntil, uploads, ...shared } = checkOptions(options, own);
  checkFunctions({ waitUntil });
  const needed = uploads ? ["insert", "insertFile"] : ["insert"];
  if (needed.some(name => typeof ledger?.[name] !== "function")) {
    throw misuse("ledger must be memoryLedger(), sqlLedger(run) or another Ledger.");
  }
  return {
    ...shared,
    baseUrl: toService(shared.baseUrl),
    ledger,
    waitUntil,
    uploads: checkUploads(uploads, "store", checkStore, shared.callbacks?.origin),
  };
};
