// The service in memory, for tests: the Rust of emulator/ as WebAssembly. It has no imports: time, chance and callbacks come
// from here, as JSON.
import { source } from "sd2-client-module";
import { misuse } from "./error.js";

const KEYS = { "sandbox-key": 5000, "sandbox-poor": 100, "sandbox-other": 5000 };
const OPTIONS = ["speed", "seconds", "keys", "fetch"];
/** `setTimeout` fires at once above this. */
const LONGEST_TIMER = 2 ** 31 - 1;
/** How long a receiver of a callback may take, in real time. */
const RECEIVER_TIME = 10_000;
/** Answers with these have no body. */
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
  const handle = instantiate();
  const order = (name, details) => {
    const unix = Date.now();
    return handle({ order: name, elapsed: unix - start, unix, ...details });
  };
  order("start", {
    speed,
    seconds,
    keys: Object.entries(keys),
    seed: Math.floor(Math.random() * Number.MAX_SAFE_INTEGER),
  });

  let timer;
  /** Sends the callbacks that are due, and sets a timer for the next one. Resolves when those have been tried. */
  const sendCallbacks = () => {
    clearTimeout(timer);
    const { callbacks, nextMs } = order("dueCallbacks");
    if (nextMs !== null) {
      timer = setTimeout(sendCallbacks, Math.min(Math.ceil(nextMs), LONGEST_TIMER));
      // A test should end, whatever is still to be called.
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
          signal: AbortSignal.timeout(RECEIVER_TIME),
        });
        delivery = { answered: status };
      } catch (error) {
        delivery = { failed: String(error) };
      }
    }
    order("called", { callback, delivery });
    sendCallbacks();
  };

  const admin = (method, path, body) => {
    const { status, text } = order("admin", { method, path, body: JSON.stringify(body) ?? "" });
    const answer = JSON.parse(text);
    if (status !== 200) throw misuse(answer.message);
    return answer;
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
      const arrival = order("arrive", { request: head });
      if (arrival.status) return respond(arrival, signal);
      try {
        if (arrival.delayMs) await pause(arrival.delayMs, signal);
        const body = arrival.needsBody ? await request.text() : "";
        const answer = order("answer", { id: arrival.id, body });
        if (answer.status) return respond(answer, signal);
        if (answer.isReset) throw reset();
        return await pause(Infinity, signal);
      } finally {
        order("leave", { id: arrival.id });
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

/** A service of its own; gives what handles one message. */
const instantiate = () => {
  const given = (module ??= source());
  if (!(given instanceof WebAssembly.Module)) module = new WebAssembly.Module(given);
  const { memory, reserve, handle, length } = new WebAssembly.Instance(module).exports;
  return message => {
    const bytes = new TextEncoder().encode(JSON.stringify(message));
    // First the place: the memory may grow for it.
    const place = reserve(bytes.length);
    new Uint8Array(memory.buffer).set(bytes, place);
    const answer = handle();
    const answered = JSON.parse(new TextDecoder().decode(new Uint8Array(memory.buffer, answer, length())));
    if (answered?.error) throw misuse(answered.error);
    return answered ?? {};
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

/** The first part of a body; then the connection breaks, or nothing more comes. */
const partOf = ({ text, breaks }, signal) =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode(text));
      signal.addEventListener("abort", () => controller.error(signal.reason));
    },
    pull(controller) {
      if (breaks) controller.error(reset());
    },
  });

/** A JSON object of about so many bytes. */
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

/** As Node tells of a connection that was reset. */
const reset = () =>
  new TypeError("fetch failed", {
    cause: Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET", syscall: "read" }),
  });

/** Waits so long; rejects when the client leaves. */
const pause = (ms, signal) =>
  new Promise((resolve, reject) => {
    const timer = ms < Infinity && setTimeout(resolve, Math.min(ms, LONGEST_TIMER));
    const leave = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    signal.addEventListener("abort", leave);
    if (signal.aborted) leave();
  });
