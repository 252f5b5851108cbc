// The engine of an account in a Durable Object with SQLite, whose alarm is the engine's timer. A request only writes: what is sent to the
// service is sent from the alarm, which the runtime waits for, and starts again if it breaks off.
import { DurableObject } from "cloudflare:workers";
import { misuse } from "../error.js";
import { callbackUrl } from "./callbacks.js";
import { Engine } from "./engine.js";
import { toService, valueOf } from "./options.js";
import { sqlLedger } from "./sql-ledger.js";
import { eraseFile } from "./uploads.js";

/** What a Worker may ask of the engine. */
const CALLS = ["create", "query", "cancel", "balance", "callBack", "file"];
/** Twice what an attempt may take. The runtime allows a quarter of an hour, but counts the requests that one alarm sends. */
const LONGEST_WORK = 60_000;
/** After what broke. */
const PAUSE = 10_000;
/** When the next alarm comes if even this one's retry is broken off. */
const MINUTE = 60_000;

export class GatewayObject extends DurableObject {
  #options;
  #ledger;
  #engine;
  #making;
  #due = Infinity;
  /** When the alarm is set for, and when the one before it was. */
  #alarm = Infinity;
  #rang = 0;
  #isWoken = false;
  /** Lets the alarm that is at work look again. */
  #rouse;
  #unlisten = new WeakMap();

  constructor(ctx, env, options) {
    super(ctx, env);
    this.#options = options;
    const { sql } = ctx.storage;
    if (!sql) throw misuse("The gateway's Durable Object needs SQLite: list its class in new_sqlite_classes.");
    this.#ledger = sqlLedger((text, values) => sql.exec(text, ...values).toArray(), { isShared: false });
    // No more than this: whatever fails here would have the alarm given up.
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

  /** A call of an account's engine, with plain data in and out. */
  async perform(account, name, ...details) {
    if (!CALLS.includes(name)) throw misuse(`The gateway's object has no ${name}.`);
    const engine = await this.#engineOf(account);
    const answer = await engine[name](...details);
    if (name === "create" && answer.status === 200) this.#wake();
    // When the file is to be deleted.
    else if (name === "file" && answer) this.#setAlarm(answer.file?.expires ?? answer.expires ?? Infinity);
    // An alarm may be late, but should not be lost.
    else if (this.#alarm < Date.now() - MINUTE && !this.#rouse) this.#setAlarm(Date.now());
    return answer;
  }

  /** Opens a WebSocket, through which a Worker hears of a user's tasks. */
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
      // It is closed.
    }
  }

  webSocketError(socket) {
    this.webSocketClose(socket);
  }

  async alarm({ retryCount = 0 } = {}) {
    this.#rang = Math.min(this.#alarm, Date.now());
    this.#alarm = Infinity;
    // The runtime gives an alarm up that has failed some times.
    if (retryCount) this.#setAlarm(Date.now() + MINUTE);
    try {
      await this.#work();
    } catch (error) {
      this.#options.onError(error);
      this.#setAlarm(Date.now() + PAUSE);
    }
  }

  /** Does what is due, and waits for what that begins, so that the runtime keeps the object until it has come to its end. */
  async #work() {
    const engine = await this.#engineOf();
    if (!engine) return;
    const end = Date.now() + LONGEST_WORK;
    let settling;
    try {
      do {
        this.#isWoken = false;
        const woken = new Promise(done => (this.#rouse = done));
        await engine.tick();
        settling ??= engine.settle().finally(() => (settling = undefined));
        await Promise.race([woken, settling]);
      } while (this.#isWoken && Date.now() < end);
    } finally {
      this.#rouse = undefined;
    }
    this.#setAlarm(this.#isWoken ? Date.now() : this.#due);
  }

  /** There may be something to do. */
  #wake() {
    this.#isWoken = true;
    if (this.#rouse) this.#rouse();
    else this.#setAlarm(Date.now());
  }

  /** Sets the alarm, unless one comes before that. */
  #setAlarm(at) {
    // One for the very time of the one that rings now gets lost.
    const time = Math.max(Math.ceil(at), this.#rang + 1);
    const isLost = this.#alarm < Date.now() - MINUTE;
    if (time >= this.#alarm && !isLost) return;
    if (time === Infinity) return;
    this.#alarm = time;
    this.ctx.storage.setAlarm(time);
  }

  /** The engine of the account, or nothing as long as the object has none. */
  #engineOf(account) {
    if (this.#engine) return this.#engine;
    this.#making ??= this.#makeEngine(account).finally(() => (this.#making = undefined));
    return this.#making;
  }

  async #makeEngine(given) {
    const kept = await this.#ledger.get("account");
    const account = kept ?? given;
    if (account === undefined) return undefined;
    // An alarm does not know the name by which the object was asked for.
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
    // The page has left; webSocketClose comes.
  }
};
