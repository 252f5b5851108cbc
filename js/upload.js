// Uploads a file to a gateway in parts.
import { Attempt } from "./attempt.js";
import { absolute, checkFunctions, partsOf } from "./client.js";
import { misuse, Sd2Error } from "./error.js";
import { exchange } from "./exchange.js";
import { answerOf, setCause } from "./failure.js";
import { known } from "./options.js";
import { scope } from "./page.js";
import { tell } from "./report.js";
import { follow } from "./signal.js";

/** The timeout of an attempt. At 70 kbit/s, it suffices for a part. */
const ATTEMPT_TIMEOUT = 120_000;
/** The most attempts before anything has arrived, or after a 500 or 501: the gateway may be missing or broken. */
const TRIES = 5;
/** Once something has arrived, an upload fails if nothing more arrives for this long. */
const STALL_TIMEOUT = 900_000;
const SHORTEST_PAUSE = 500;
const LONGEST_PAUSE = 15_000;
/** The longest `Retry-After` that is obeyed. */
const LONGEST_ASKED = 60_000;
/** An endpoint for `exchange` without a body. `exchange` reads all responses in the same way. */
const CREDITS = 2;
const CODES = { 401: "unauthorized", 403: "forbidden", 404: "not_found", 429: "concurrency_limit" };

export const upload = async (client, file, options) => {
  const parts = partsOf(client);
  if (!parts.gateway) throw misuse("upload needs a client with gateway: true. The service itself accepts only URLs.");
  const { signal, onProgress } = known(options, ["signal", "onProgress"]);
  checkFunctions({ onProgress });
  const sending = new Sending({ ...parts, baseUrl: absolute(parts.baseUrl) }, toBlob(file), onProgress);
  return new Promise((resolve, reject) => {
    const unfollow = follow(signal, reason => {
      reject(reason);
      sending.abort();
    });
    if (!sending.isOver) sending.run().then(resolve, reject).finally(unfollow);
  });
};

const toBlob = file => {
  if (file?.byteLength >= 0) return new Blob([file]);
  if (typeof file?.slice === "function" && file.size >= 0) return file;
  throw misuse("file must be a Blob, a File or bytes.");
};

class Sending {
  isOver = false;
  #client;
  #file;
  #onProgress;
  #loaded = -1;
  /** The last state of the upload that the gateway reported; undefined before the upload has started. */
  #state;
  /** Ends the current attempt or pause. */
  #stop;

  constructor(client, file, onProgress) {
    this.#client = client;
    this.#file = file;
    this.#onProgress = onProgress;
  }

  async run() {
    try {
      await this.#send();
      if (this.isOver) this.#discard();
      return this.#state.url;
    } catch (error) {
      // The gateway has already deleted a file that it refused.
      if (this.#state && error.status !== 400) this.#discard();
      throw error;
    }
  }

  /** Ends the upload. If it is just starting, waits for its id, without which it could not be deleted. */
  abort() {
    this.isOver = true;
    if (this.#state) this.#stop?.();
  }

  async #send() {
    const key = [1, 2].map(() => Math.random().toString(36).slice(2)).join("");
    let isUnsure = false;
    let failures = 0;
    let moved = Date.now();
    this.#tell(0);
    for (;;) {
      const before = this.#state;
      if (before && (before.url || this.isOver)) return;
      const answer = await (before ? (isUnsure ? this.#ask("GET", this.#path) : this.#next()) : this.#start(key));
      const state = stateOf(answer);
      if (state) {
        this.#state = state;
        this.#tell(Math.min(state.received * state.partBytes, this.#file.size));
      }
      if (state && (!before || state.url || state.received > before.received)) {
        failures = 0;
        moved = Date.now();
      } else if (!(state && isUnsure) && !(before && this.isOver)) {
        failures++;
        const { status } = answer;
        const isPatient = before && status !== 500 && status !== 501;
        const isLast = isPatient ? Date.now() - moved > STALL_TIMEOUT : failures >= TRIES;
        if (isLast || !(state || isPassing(answer))) throw errorOf(answer, this.#client.secret.text);
        await this.#pause(failures, answer.retryAfter);
      }
      // The request may have arrived, although its response is lost.
      isUnsure = before && !state;
    }
  }

  #start(key) {
    return this.#ask("POST", "", JSON.stringify({ size: this.#file.size }), key);
  }

  /** Sends the next part, or ends the upload. */
  async #next() {
    const { received, partBytes } = this.#state;
    const from = received * partBytes;
    if (from >= this.#file.size) return this.#ask("POST", this.#path);
    let bytes;
    try {
      bytes = await this.#file.slice(from, from + partBytes).arrayBuffer();
    } catch (cause) {
      throw new Sd2Error("The file cannot be read any more: it was changed, moved or deleted.", {
        code: "media_unreachable",
        retryable: false,
        cause,
      });
    }
    return this.#ask("POST", `${this.#path}/${received}`, bytes);
  }

  get #path() {
    return `/${encodeURIComponent(this.#state.uploadId)}`;
  }

  /** Sends a request once. Resolves to the result of `exchange`, or to `{ timedOut }`. */
  #ask(method, path, body, key) {
    const { fetch, baseUrl, headers, bodyHeaders } = this.#client;
    // Without Content-Type, a part needs no preflight.
    const own = { method, body, headers: key ? { ...bodyHeaders, "Idempotency-Key": key } : { ...headers } };
    if (body === undefined) delete own.body;
    const send = (_, init) => fetch(`${baseUrl}/uploads${path}`, { ...init, ...own });
    const attempt = new Attempt();
    return new Promise(resolve => {
      const end = answer => {
        clearTimeout(timer);
        resolve(answer);
      };
      this.#stop = timedOut => {
        attempt.abort();
        end({ timedOut });
      };
      const timer = setTimeout(this.#stop, ATTEMPT_TIMEOUT, true);
      exchange({ ...this.#client, fetch: send }, CREDITS, "", undefined, attempt).then(end);
    });
  }

  /** Waits for `retryAfter`, or for a backoff that grows with each failure. Ends when the network returns. */
  #pause(failures, retryAfter) {
    const asked = retryAfter && (Number(retryAfter) * 1_000 || Date.parse(retryAfter) - Date.now());
    const longest = Math.min(LONGEST_PAUSE, SHORTEST_PAUSE * 2 ** (failures - 1));
    const own = Math.round(longest * (0.5 + Math.random() / 2));
    return new Promise(resolve => {
      const end = () => {
        clearTimeout(timer);
        scope()?.removeEventListener("online", end);
        resolve();
      };
      const timer = setTimeout(end, asked > 0 ? Math.min(asked, LONGEST_ASKED) : own);
      scope()?.addEventListener("online", end);
      this.#stop = end;
    });
  }

  /** Deletes what has arrived, in the background. */
  async #discard() {
    for (let failures = 1; failures <= TRIES; failures++) {
      const answer = await this.#ask("DELETE", this.#path);
      if (!isPassing(answer)) return;
      await this.#pause(failures, answer.retryAfter);
    }
  }

  #tell(loaded) {
    if (this.isOver || loaded <= this.#loaded) return;
    this.#loaded = loaded;
    tell(this.#onProgress, { loaded, total: this.#file.size });
  }
}

/** The state of the upload, if the response has it. 409 means that the gateway has another number of parts. */
const stateOf = ({ status, value }) => {
  const isState = typeof value?.uploadId === "string" && value.received >= 0 && value.partBytes > 0;
  return isState && (status === 200 || status === 409) ? value : undefined;
};

/** Whether the same request may succeed later. */
const isPassing = ({ status, timedOut, thrown }) =>
  timedOut || thrown || status === 408 || status === 425 || status === 429 || status >= 500;

const errorOf = (answer, hide) => {
  const { status, value, thrown } = answer;
  const { code, message = wordsOf(answer), issues } = Object(value);
  const details = {
    code: /^media_/.test(code) ? code : codeOf(answer),
    retryable: !!isPassing(answer),
    ...(status !== undefined && answerOf(answer, hide)),
    ...(Array.isArray(issues) && { issues }),
  };
  const error = new Sd2Error(String(message), details);
  if (thrown) setCause(error, thrown);
  return error;
};

const codeOf = ({ status, value, thrown, timedOut }) => {
  if (timedOut) return "timeout";
  if (thrown) return "network";
  if (status >= 500) return "server_error";
  return CODES[status] ?? (status >= 400 && value ? "invalid_request" : "unexpected_response");
};

const wordsOf = ({ status, thrown, timedOut }) => {
  if (timedOut) return "The gateway did not answer in time.";
  if (thrown) return `The gateway cannot be reached: ${thrown.message}.`;
  return status === 413
    ? "A server in front of the gateway refuses parts of this size (HTTP 413)."
    : `The gateway answered with HTTP ${status}.`;
};
