// An account's engine in a Durable Object with SQLite. The object's alarm is the engine's timer. A request only writes. The alarm sends to
// the service, because the runtime waits for an alarm, and repeats it after an interruption.
import { DurableObject } from "cloudflare:workers";
import { misuse } from "../error.js";
import { callbackUrl } from "./callbacks.js";
import { Engine } from "./engine.js";
import { toService, valueOf } from "./options.js";
import { sqlLedger } from "./sql-ledger.js";
import { eraseFile } from "./uploads.js";

/** The methods of the engine that a Worker may call. */
const CALLS = ["repeat", "create", "query", "cancel", "balance", "callBack", "file"];
/** Twice the longest attempt. The runtime allows 15 minutes, but limits the requests that one alarm sends. */
const LONGEST_WORK = 60_000;
/** The pause after a failure. */
const PAUSE = 10_000;
/** The time until the next alarm, in case even the retry of this one is interrupted. */
const MINUTE = 60_000;

export class GatewayObject extends DurableObject {
  #options;
  #ledger;
  #engine;
  #making;
  #due = Infinity;
  /** The time of the next alarm, and that of the last one. */
  #alarm = Infinity;
  #rang = 0;
  #isWoken = false;
  /** Makes the running alarm call `tick` again. */
  #rouse;
  #unlisten = new WeakMap();

  constructor(ctx, env, options) {
    super(ctx, env);
    this.#options = options;
    const { sql } = ctx.storage;
    if (!sql) throw misuse("The gateway's Durable Object needs SQLite: list its class in new_sqlite_classes.");
    this.#ledger = sqlLedger((text, values) => sql.exec(text, ...values).toArray(), { isShared: false });
    // As little as possible, because repeated failures here would make the runtime drop the alarm.
    ctx.blockConcurrencyWhile(async () => {
      this.#alarm = (await ctx.storage.getAlarm()) ?? Infinity;
      await this.#ledger.open();
      const account = await this.#ledger.get("account");
      if (account === null) return;
      const { length } = await this.#ledger.queued(account);
      const isIdle = !length && (await this.#ledger.next(account)) === null;
      if (!isIdle && this.#alarm === Infinity) this.#setAlarm(Date.now());
      this.#setAlarm((await this.#ledger.nextExpiry(account)) ?? Infinity);
    });
  }

  /** Calls a method of the account's engine. Arguments and results are plain data. */
  async perform(account, name, ...details) {
    if (!CALLS.includes(name)) throw misuse(`The gateway's object has no ${name}.`);
    const engine = await this.#engineOf(account);
    const answer = await engine[name](...details);
    if (name === "create" && answer.status === 200) this.#wake();
    // The file must be deleted when it expires.
    else if (name === "file" && answer) this.#setAlarm(answer.file?.expires ?? answer.expires ?? Infinity);
    // A late alarm is normal. After a minute, it counts as lost.
    else if (this.#alarm < Date.now() - MINUTE && !this.#rouse) this.#setAlarm(Date.now());
    return answer;
  }

  /** Opens a WebSocket that sends a user's tasks to a Worker. */
  async fetch(request) {
    const { searchParams } = new URL(request.url);
    const user = searchParams.get("user");
    const engine = await this.#engineOf(searchParams.get("account"));
    if (!engine.hasRoom(user)) return new Response(null, { status: 429 });
    const { 0: client, 1: server } = new WebSocketPair();
    this.ctx.acceptWebSocket(server);
    server.serializeAttachment(user);
    const waiting = [];
    let isOpen = false;
    this.#listen(engine, server, task => (isOpen ? send(server, task) : waiting.push(task)));
    send(server, await engine.snapshot(user));
    isOpen = true;
    for (const task of waiting) send(server, task);
    return new Response(null, { status: 101, webSocket: client });
  }

  webSocketClose(socket) {
    this.#unlisten.get(socket)?.();
    try {
      socket.close(1000);
    } catch {
      // It is closed already.
    }
  }

  webSocketError(socket) {
    this.webSocketClose(socket);
  }

  async alarm({ retryCount = 0 } = {}) {
    this.#rang = Math.min(this.#alarm, Date.now());
    this.#alarm = Infinity;
    // The runtime drops an alarm after several failures.
    if (retryCount) this.#setAlarm(Date.now() + MINUTE);
    try {
      await this.#work();
    } catch (error) {
      this.#options.onError(error);
      this.#setAlarm(Date.now() + PAUSE);
    }
  }

  /** Does what is due and waits for the work that this starts, so that the runtime keeps the object meanwhile. */
  async #work() {
    const engine = await this.#engineOf();
    if (!engine) return;
    const end = Date.now() + LONGEST_WORK;
    let settling;
    try {
      do {
        this.#isWoken = false;
        const woken = new Promise(done => (this.#rouse = done));
        try {
          await engine.tick();
        } catch (error) {
          // Wait nevertheless for what is in progress.
          this.#options.onError(error);
          this.#due = Date.now() + PAUSE;
        }
        settling ??= engine.settle().finally(() => (settling = undefined));
        // While some work is slow, other work may become due.
        const timer = setTimeout(() => this.#wake(), Math.min(this.#due - Date.now(), MINUTE));
        await Promise.race([woken, settling]);
        clearTimeout(timer);
      } while (this.#isWoken && Date.now() < end);
    } finally {
      this.#rouse = undefined;
    }
    this.#setAlarm(this.#isWoken ? Date.now() : this.#due);
  }

  /** Called when there may be something to do. */
  #wake() {
    this.#isWoken = true;
    if (this.#rouse) this.#rouse();
    else this.#setAlarm(Date.now());
  }

  /** Sets the alarm, unless an earlier one is set. */
  #setAlarm(at) {
    // workerd loses an alarm for exactly the time of the current one.
    const time = Math.max(Math.ceil(at), this.#rang + 1);
    const isLost = this.#alarm < Date.now() - MINUTE;
    if (time >= this.#alarm && !isLost) return;
    if (time === Infinity) return;
    this.#alarm = time;
    this.ctx.storage.setAlarm(time);
  }

  /** The engine of the account, or undefined while the object has no account. */
  #engineOf(account) {
    if (this.#engine) return this.#engine;
    this.#making ??= this.#makeEngine(account).finally(() => (this.#making = undefined));
    return this.#making;
  }

  async #makeEngine(given) {
    const kept = await this.#ledger.get("account");
    const account = kept ?? given;
    if (account === undefined) return undefined;
    // An alarm does not know the object's name, so the account is stored.
    if (kept === null) await this.#ledger.set("account", account);
    const { apiKey, baseUrl, fetch, callbacks, basePath, generation, onEnd, uploads, onError } = this.#options;
    const { env } = this;
    const origin = await valueOf(callbacks?.origin, env);
    const secret = await valueOf(callbacks?.secret, env);
    const engine = new Engine({
      account,
      ledger: this.#ledger,
      apiKey: () => valueOf(apiKey, env, account),
      service: { baseUrl: toService(await valueOf(baseUrl, env)), fetch },
      callbackUrl: callbacks && (id => callbackUrl(origin, basePath, secret, account, id)),
      generation: await valueOf(generation, env),
      onEnd: onEnd && (job => onEnd(job, env)),
      eraseFile: uploads && (async file => eraseFile(await uploads.storeOf(env), file)),
      onError,
      onDue: at => (this.#due = at),
      onWake: () => this.#wake(),
    });
    await engine.open();
    for (const socket of this.ctx.getWebSockets()) this.#listen(engine, socket, task => send(socket, task));
    this.#engine = engine;
    return engine;
  }

  #listen(engine, socket, listener) {
    this.#unlisten.set(socket, engine.listen(socket.deserializeAttachment(), listener));
  }
}

const send = (socket, told) => {
  try {
    socket.send(JSON.stringify(told));
  } catch {
    // The page has left; webSocketClose follows.
  }
};
