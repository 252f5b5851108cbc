// The emulated service for tests: emulator/ as WebAssembly. It has no imports: this file passes it the time and a random seed, and
// sends its callbacks. Messages between both are JSON.
import { source } from "sd2-client-module";
import { misuse } from "./error.js";

const KEYS = { "sandbox-key": 5000, "sandbox-poor": 100, "sandbox-other": 5000 };
const OPTIONS = ["speed", "seconds", "keys", "fetch"];
/** `setTimeout` fires immediately if the delay is longer. */
const LONGEST_TIMER = 2 ** 31 - 1;
/** The real time that the receiver of a callback has to respond. */
const RECEIVER_MS = 10_000;
/** Statuses of responses without a body. */
const WITHOUT_BODY = [204, 205, 304];

let module;

export const createEmulator = (options = {}) => {
  for (const name in options) {
    if (!OPTIONS.includes(name)) throw misuse(`createEmulator has no option ${name}; it has ${OPTIONS.join(", ")}.`);
  }
  const { speed = 1, seconds = 20, keys = KEYS, fetch: callReceiver } = options;
  for (const [name, value] of Object.entries({ speed, seconds })) {
    if (!(value >= 0.001 && value <= 100_000)) throw misuse(`${name} must be a number from 0.001 to 100000.`);
  }
  for (const credits of Object.values(keys)) {
    if (!(Number.isSafeInteger(credits) && credits >= 0))
      throw misuse("keys must be an object of whole numbers of credits.");
  }
  if (callReceiver !== undefined && typeof callReceiver !== "function") throw misuse("fetch must be a function.");
  const start = Date.now();
  const service = instantiate();
  const run = (command, details) => {
    const unix = Date.now();
    return service({ command, elapsed: unix - start, unix, ...details });
  };
  run("start", {
    speed,
    seconds,
    keys: Object.entries(keys),
    seed: Math.floor(Math.random() * Number.MAX_SAFE_INTEGER),
  });

  let timer;
  /** Sends the callbacks that are due, and sets a timer for the next one. Resolves after the attempts. */
  const sendCallbacks = () => {
    clearTimeout(timer);
    const { callbacks, nextMs } = run("dueCallbacks");
    if (nextMs !== null) {
      timer = setTimeout(sendCallbacks, Math.min(Math.ceil(nextMs), LONGEST_TIMER));
      // Pending callbacks must not keep a test process alive.
      timer.unref?.();
    }
    return Promise.all(callbacks.map(sendCallback));
  };
  const sendCallback = async callback => {
    let delivery = { notSent: "not sent: createEmulator was given no fetch" };
    if (callReceiver) {
      try {
        const { status } = await callReceiver(callback.url, {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body: callback.payload,
          signal: AbortSignal.timeout(RECEIVER_MS),
        });
        delivery = { answered: status };
      } catch (error) {
        delivery = { failed: String(error) };
      }
    }
    run("called", { callback, delivery });
    sendCallbacks();
  };

  const admin = (method, path, body) => {
    const { status, text } = run("admin", { method, path, body: JSON.stringify(body) ?? "" });
    const result = JSON.parse(text);
    if (status !== 200) throw misuse(result.message);
    return result;
  };

  return {
    async fetch(input, init) {
      const request = new Request(input, init);
      const { signal } = request;
      signal.throwIfAborted();
      const { pathname, search, origin } = new URL(request.url);
      const head = {
        method: request.method,
        path: pathname,
        query: search.slice(1),
        origin,
        headers: [...request.headers],
      };
      const arrival = run("arrive", { request: head });
      if (arrival.status) return respond(arrival, signal);
      try {
        if (arrival.delayMs) await pause(arrival.delayMs, signal);
        const body = arrival.needsBody ? await request.text() : "";
        const answer = run("answer", { id: arrival.id, body });
        if (answer.status) return respond(answer, signal);
        if (answer.isReset) throw connectionReset();
        return await pause(Infinity, signal);
      } finally {
        run("leave", { id: arrival.id });
        sendCallbacks();
      }
    },
    fault: (...faults) => admin("POST", "faults", faults).faults,
    faults: () => admin("GET", "faults").faults,
    clearFaults: () => void admin("DELETE", "faults"),
    ledger: () => admin("GET", "ledger"),
    task: (taskId, change) => {
      const task = admin("POST", `tasks/${taskId}`, change);
      sendCallbacks();
      return task;
    },
    setCredits: (key, credits) => admin("POST", "keys", { key, credits }).account,
    async advance(ms) {
      admin("POST", "advance", { ms });
      await sendCallbacks();
    },
    reset: () => void admin("POST", "reset"),
  };
};

/** Starts a service and returns a function that runs a command. */
const instantiate = () => {
  const given = (module ??= source());
  if (!(given instanceof WebAssembly.Module)) module = new WebAssembly.Module(given);
  const { memory, reserve, handle, length } = new WebAssembly.Instance(module).exports;
  return message => {
    const bytes = new TextEncoder().encode(JSON.stringify(message));
    // `memory.buffer` may change when memory is reserved.
    const input = reserve(bytes.length);
    new Uint8Array(memory.buffer).set(bytes, input);
    const output = handle();
    const result = JSON.parse(new TextDecoder().decode(new Uint8Array(memory.buffer, output, length())));
    if (result?.error) throw misuse(result.error);
    return result ?? {};
  };
};

const respond = ({ status, headers, text, part, padding }, signal) => {
  const all = new Headers(headers);
  let body = text;
  if (part) {
    all.set("content-length", part.length);
    body = partOf(part, signal);
  } else if (padding !== undefined) {
    body = paddingOf(padding);
  }
  return new Response(WITHOUT_BODY.includes(status) ? null : body, { status, headers: all });
};

/** The first part of a body, after which the connection breaks or hangs. */
const partOf = ({ text, breaks }, signal) =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(text));
      signal.addEventListener("abort", () => controller.error(signal.reason));
    },
    pull(controller) {
      if (breaks) controller.error(connectionReset());
    },
  });

/** A JSON object of about this many bytes. */
const paddingOf = bytes => {
  let left = bytes;
  const encoder = new TextEncoder();
  return new ReadableStream({
    start: controller => controller.enqueue(encoder.encode('{"padding":"')),
    pull(controller) {
      const size = Math.min(left, 65_536);
      left -= size;
      controller.enqueue(encoder.encode(size ? "a".repeat(size) : '"}'));
      if (!size) controller.close();
    },
  });
};

/** The error that Node throws when a connection is reset. */
const connectionReset = () =>
  new TypeError("fetch failed", {
    cause: Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET", syscall: "read" }),
  });

/** Waits; rejects when the request is aborted. */
const pause = (ms, signal) =>
  new Promise((resolve, reject) => {
    const timer = ms < Infinity && setTimeout(resolve, Math.min(ms, LONGEST_TIMER));
    const abort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    signal.addEventListener("abort", abort);
    if (signal.aborted) abort();
  });
