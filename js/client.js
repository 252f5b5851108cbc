import { encode, misuse } from "./boundary.js";
import { callbackTaskId } from "./offline.js";
import { wasm } from "./wasm.js";

// The numbers by which src/wasm/calls.rs knows the methods.
const CREATE_TASK = 0;
const QUERY_TASK = 1;
const GET_CREDITS = 2;
const WAIT_FOR_TASK = 3;
const GENERATE = 4;

export class Sd2Client {
  // Private, so that neither JSON nor a console shows the key.
  #handle;
  #functions;

  constructor(options) {
    const { fetch, logger, ...plain } = options ?? {};
    this.#functions = {
      // Looked up at each call, so that what replaces it later is heard.
      fetch: fetch ?? ((...request) => globalThis.fetch(...request)),
      logger,
    };
    check(this.#functions);
    try {
      new Headers(plain.headers);
    } catch {
      throw misuse("headers must be an object of valid header names and texts.");
    }
    this.#handle = new (wasm().Handle)(encode(plain));
  }

  async createTask(request, options) {
    return this.#call(CREATE_TASK, request, options);
  }

  async queryTask(taskId, options) {
    return this.#call(QUERY_TASK, taskId, options);
  }

  async getCredits(options) {
    return this.#call(GET_CREDITS, undefined, options);
  }

  async confirmCallback(body, options) {
    return this.#call(QUERY_TASK, callbackTaskId(body), options);
  }

  async waitForTask(taskId, options) {
    return this.#call(WAIT_FOR_TASK, taskId, options);
  }

  async generate(request, options) {
    return this.#call(GENERATE, request, options);
  }

  // The request is read here and now: what the caller changes later changes nothing.
  #call(method, subject, options) {
    const { signal, onCreated, onUpdate, ...plain } = options ?? {};
    const functions = { ...this.#functions, onCreated, onUpdate };
    check(functions);
    // Not `instanceof`: a signal may come from another realm or from a polyfill.
    if (signal != null && !signal.removeEventListener) throw misuse("signal must be an AbortSignal.");
    return this.#handle.call(method, encode(subject), encode(plain), { ...functions, signal });
  }
}

const check = (functions) => {
  for (const name in functions) {
    if (typeof (functions[name] ?? check) !== "function") throw misuse(`${name} must be a function.`);
  }
};
