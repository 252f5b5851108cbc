// The public class: the five methods that every program needs.
import { BASE_URL, MAX_RUNNING } from "sd2-client-words";
import { AWAIT_SERVICE, Call, CREATE_TASK, GENERATE, GET_CREDITS, QUERY_TASK, WAIT_FOR_TASK } from "./call.js";
import { beginCall, openClient } from "./ask.js";
import { misuse } from "./error.js";
import { eventsOf } from "./events.js";
import { callOptions, clientOptions } from "./options.js";
import { redactor } from "./redact.js";
import { checkSignal } from "./signal.js";
import { trim } from "./text.js";
import { snapshot } from "./snapshot.js";
import { wasm } from "./wasm.js";

// Kept outside of the object, so that neither JSON nor a console shows the key.
const parts = new WeakMap();

/** The internals of a client, for functions that take a client as their first argument. */
export const partsOf = client => {
  const found = parts.get(client);
  if (!found) throw misuse("The first argument must be an Sd2Client.");
  return found;
};

export class Sd2Client {
  // A minifier renames the class.
  static name = "Sd2Client";

  constructor(options) {
    parts.set(this, new Parts(options));
  }

  async createTask(request, options) {
    return partsOf(this).run(CREATE_TASK, request, options);
  }

  async queryTask(taskId, options) {
    return partsOf(this).run(QUERY_TASK, taskId, options);
  }

  async getCredits(options) {
    return partsOf(this).run(GET_CREDITS, undefined, options);
  }

  async waitForTask(taskId, options) {
    return partsOf(this).run(WAIT_FOR_TASK, taskId, options);
  }

  async generate(request, options) {
    return partsOf(this).run(GENERATE, request, options);
  }
}

class Parts {
  /**
   * In an isolate, I/O belongs to its request, so each call gets its own handle. Workers and the like serve many requests at
   * once.
   */
  isIsolate = !!(globalThis.WebSocketPair ?? globalThis.EdgeRuntime);
  #options;
  #instance;
  #handle;
  // The store keys and task ids of this client's running calls (js/journal.js).
  own = new Set();

  constructor(options) {
    const { fetch, logger, store, ...plain } = clientOptions(options);
    checkFunctions({ fetch, logger });
    // Looked up at each call, so that a later replacement counts.
    this.fetch = fetch ?? ((...request) => globalThis.fetch(...request));
    this.logger = logger;
    if (store != null) {
      const functions = ["get", "set", "delete", "keys"].map(name => [`store.${name}`, store[name]]);
      checkFunctions(Object.fromEntries(functions), true);
      this.store = store;
    }
    plain.headers = toObject(plain.headers);
    this.#options = snapshot(plain);
    const { apiKey, baseUrl = BASE_URL, concurrency = MAX_RUNNING, gateway, streamCreates } = this.#options;
    this.#open();
    this.#close();
    this.concurrency = concurrency;
    this.gateway = gateway;
    // In an isolate, a stream would belong to the request that opened it.
    if (gateway && !this.isIsolate) this.events = eventsOf(this);
    this.streamCreates = streamCreates;
    this.baseUrl = trim(baseUrl);
    while (this.baseUrl.endsWith("/")) this.baseUrl = this.baseUrl.slice(0, -1);
    const headers = { ...this.#options.headers };
    let secret = apiKey && trim(apiKey);
    let isTyped = false;
    for (const name in headers) {
      if (headers[name] === undefined) delete headers[name];
      else if (/^authorization$/i.test(name)) secret = headers[name].replace(/^\S+ /, "");
      isTyped ||= /^content-type$/i.test(name);
    }
    if (apiKey) headers.Authorization = `Bearer ${secret}`;
    this.headers = headers;
    this.bodyHeaders = isTyped ? headers : { ...headers, "Content-Type": "application/json" };
    this.hasKey = !!secret;
    this.secret = redactor(secret);
  }

  /** Runs a call whose caller gets the result as soon as the promise settles. */
  run(method, subject, options) {
    const call = this.start(method, subject, options);
    if (!this.store) return call.promise;
    // Defer until the caller's continuation has run.
    return call.promise.finally(() => call.onTaken && setTimeout(call.onTaken));
  }

  /** Starts a call. Copies the request first, so that later changes by the caller have no effect. */
  start(method, subject, options) {
    const { signal, onCreated, onUpdate, progressIntervalMs = 1_000, ...plain } = callOptions(options);
    checkSignal(signal);
    checkFunctions({ onCreated, onUpdate });
    if (!(progressIntervalMs >= 0)) throw misuse("progressIntervalMs must be a number from 0.");
    this.baseUrl = absolute(this.baseUrl);
    if (method === CREATE_TASK || method === GENERATE) subject = snapshot(subject);
    // A key that is passed as a task id would appear in the URL.
    else if (typeof subject === "string" && this.secret.isIn(subject)) subject = "";
    this.#open();
    const call = new Call(this, method, subject, { signal, onCreated, onUpdate, progressIntervalMs });
    call.calls = this.#instance.calls.add(call);
    try {
      beginCall(this.#handle, method, subject, plain, call);
      call.prepare();
      this.#close();
    } catch (error) {
      // Refused; a handle of WebAssembly that stopped cannot be freed.
      if (call.bell === 0) this.#close();
      call.fail(error);
    }
    return call;
  }

  /** Waits until the service sends any response. */
  awaitService(options) {
    return this.start(AWAIT_SERVICE, undefined, options);
  }

  #open() {
    if (this.#instance === wasm() && !this.isIsolate) return;
    this.#handle = openClient(this.#options);
    this.#instance = wasm();
    if (this.isIsolate || !globalThis.FinalizationRegistry) return;
    registry ??= new FinalizationRegistry(([{ exports }, handle]) => exports.close(handle));
    registry.register(this, [this.#instance, this.#handle]);
  }

  /** In an isolate, frees the handle at once: no other call uses it, and FinalizationRegistry may be missing. */
  #close() {
    if (!this.isIsolate) return;
    this.#instance.exports.close(this.#handle);
  }
}

/** Completes a base URL that is only a path with the page's origin. */
export const absolute = baseUrl => {
  if (baseUrl[0] !== "/") return baseUrl;
  const { origin } = globalThis.location ?? {};
  if (!/^http/.test(origin)) {
    throw misuse("baseUrl is a path, which works only in a page: pass a whole URL.");
  }
  return origin + baseUrl;
};

/** Frees the handles of garbage-collected clients. Created at the first use, because an import does no work. */
let registry;

/** Converts Headers, a Map or pairs to an object, because their entries are not properties. */
const toObject = headers => {
  try {
    const object = headers?.[Symbol.iterator] ? Object.fromEntries(new Headers(headers)) : headers;
    for (const name in object) {
      if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name) || !/^[\t -~\x80-\xff]*$/.test(object[name] ?? "")) throw 0;
    }
    return object;
  } catch {
    throw misuse("headers must be an object with valid names and strings.");
  }
};

/** Throws if a value is not a function. It may be missing, unless `isNeeded`. */
export const checkFunctions = (functions, isNeeded) => {
  for (const name in functions) {
    if (typeof (functions[name] ?? (isNeeded || checkFunctions)) !== "function")
      throw misuse(`${name} must be a function.`);
  }
};
