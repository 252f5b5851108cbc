// One HTTP request and its answer.
import { addSignal } from "./attempt.js";
import { acceptsCache } from "./cache.js";
import { scope } from "./page.js";

const PATHS = ["/jobs/createTask", "/jobs/queryTask?taskId=", "/account/credits", "/jobs/"];

/**
 * Sends a request once. Any response-like object is accepted as the response. Resolves to `{ status, retryAfter, text, value }`, to
 * `{ thrown, offline }` if `fetch` failed, or to fields of both if reading the body failed. Never rejects.
 */
export const exchange = async (
  { baseUrl, fetch, headers, bodyHeaders, hasKey, secret, gateway, streamCreates },
  endpoint,
  taskId,
  body,
  attempt,
  key,
) => {
  const answer = {};
  const url = baseUrl + PATHS[endpoint] + encodeURIComponent(endpoint % 2 ? taskId : "");
  let client;
  try {
    const init = { method: endpoint === 3 ? "DELETE" : "GET", headers: { ...headers }, redirect: "manual" };
    addSignal(init, attempt);
    if (acceptsCache()) init.cache = "no-store";
    if (body !== undefined) {
      init.method = "POST";
      init.body = body;
      init.headers = { ...bodyHeaders };
      if (gateway) init.headers["Idempotency-Key"] = key;
      // If a reused connection breaks, Chromium and Firefox repeat even a POST by themselves, and a second task would be paid.
      // Without credentials (the key is a header), a create uses another connection than the polls.
      else if (hasKey) init.credentials = "omit";
      client = ownClient();
      if (client) init.client = client;
    }
    // Offline, no connection can be made. But if the network returns meanwhile, the request may be sent.
    answer.offline = isOffline();
    if (answer.offline) scope()?.addEventListener("online", () => (answer.offline = undefined), { once: true });
    const response = await (body !== undefined && streamCreates
      ? fetchStream(fetch, url, init, attempt)
      : fetch(url, init));
    const { status } = response;
    if (typeof status !== "number") throw new TypeError("fetch returned a response without a status");
    answer.status = status;
    const retryAfter = response.headers?.get?.("retry-after");
    if (typeof retryAfter === "string") answer.retryAfter = retryAfter;
    const text = await read(response, attempt);
    const isResult = status > 199 && status < 300;
    answer.text = isResult ? secret.result(text) : secret.text(text);
    answer.value = parse(answer.text);
    // An id that contains the key cannot be used.
    if (!endpoint && isResult && secret.isIn(String(parse(text)?.taskId))) answer.value = undefined;
  } catch (thrown) {
    answer.thrown = plain(thrown, secret.text, 0);
    answer.offline &&= isOffline();
  }
  client?.close();
  return answer;
};

const isOffline = () => globalThis.navigator?.onLine === false || undefined;

/** Parses JSON without `__proto__`, which would set the prototype of a copy. Returns undefined if the text is not JSON. */
export const parse = text => {
  try {
    return JSON.parse(
      text,
      // The name may be written with escapes.
      ["__proto__", "\\u"].some(part => text.includes(part))
        ? (name, value) => (name === "__proto__" ? undefined : value)
        : undefined,
    );
  } catch {
    return undefined;
  }
};

/** Origins that accepted a create as text after they had refused it as a stream. */
const textOnly = new Set();

/**
 * Sends a create as a stream, which Chromium does not repeat if an HTTP/2 connection breaks. Sends it as text afterwards only if
 * nothing was read from the stream, as over HTTP/1.1, where Chromium refuses streams, or after a 411 (Length Required).
 */
const fetchStream = async (fetch, url, init, attempt) => {
  const { origin } = new URL(url, globalThis.location?.href);
  if (textOnly.has(origin) || !takesStreams()) return fetch(url, init);
  let isRead = false;
  const pull = controller => {
    isRead = true;
    controller.enqueue(new TextEncoder().encode(init.body));
    controller.close();
  };
  try {
    const body = new ReadableStream({ pull }, { highWaterMark: 0 });
    const response = await fetch(url, { ...init, body, duplex: "half" });
    if (response.status !== 411) return response;
    (async () => response.body?.cancel())().catch(() => {});
  } catch (error) {
    if (isRead || attempt.isAborted) throw error;
  }
  const response = await fetch(url, init);
  textOnly.add(origin);
  return response;
};

/** Whether `fetch` can send streams. If not, as in Firefox, it would send the text `[object ReadableStream]`. */
const takesStreams = () => {
  let isHalf = false;
  try {
    const { headers } = new Request("http://localhost", {
      method: "POST",
      body: new ReadableStream(),
      get duplex() {
        isHalf = true;
        return "half";
      },
    });
    return isHalf && !headers.has("content-type");
  } catch {
    return false;
  }
};

/** Deno repeats a POST, too. But each of its HTTP clients has its own connections, so a new client has no broken one. */
const ownClient = () => {
  try {
    return globalThis.Deno?.createHttpClient({ poolMaxIdlePerHost: 0 });
  } catch {
    // Another runtime may define `Deno` without this function.
  }
};

/** In bytes or characters: far more than any response of the service has. */
const MAX_ANSWER = 4e6;

/** Reads the text of the body. If it is too large, reads only the beginning, which is no longer JSON. */
const read = async (response, attempt) => {
  const reader = response.body?.getReader?.();
  if (!reader) {
    const text = String(response.text ? await response.text() : JSON.stringify(await response.json()));
    return text.length > MAX_ANSWER ? cut(text) : text;
  }
  // An unread body would keep its connection open. The signal ends a stream of the platform, but not one of a custom `fetch`.
  const cancel = () => (async () => reader.cancel())().catch(() => {});
  attempt.onAbort = cancel;
  if (attempt.isAborted) cancel();
  const decoder = new TextDecoder();
  let text = "";
  for (let size = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    text += decoder.decode(value, { stream: true });
    size += value.byteLength;
    if (size > MAX_ANSWER) {
      cancel();
      return cut(text);
    }
  }
};

/** A first, rough cut. Messages are cut to their length only after the key is hidden, because half a key would not be found. */
const cut = text => text.slice(0, 262_144) + "\u2026";

/**
 * Matches the errors of Node after which nothing was sent: connecting to each address of the host failed (Node lists a system call
 * for each), or the TLS handshake failed, because the host's certificate was refused or the host speaks no suitable TLS. (The host
 * may refuse our certificate after the request was sent.)
 */
const UNSENT =
  /^((connect,?)+$|(CERT|DEPTH|ERR_TLS_CERT|SELF|UNABLE)_|ERR_INVALID_URL$|ERR_SSL_\w*(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|PROTOCOL(_VERSION)?|HANDSHAKE_FAILURE|UNRECOGNIZED_NAME)$)/;

/** Matches the messages of Node, Deno and Bun about a blocked port, and about a failure before there was a connection. */
const UNCONNECTED =
  /^bad port$|port \d+ are blocked|before secure TLS connection was|client error \(Connect\)|TLS handshake failed/;

/** A thrown value as plain data. */
const plain = (thrown, redact, depth) => {
  try {
    const { name, message, code, syscall, cause, errors } = Object(thrown);
    return {
      name: redact(String(name ?? "Error")),
      message: redact(String(message ?? thrown)),
      code: typeof code === "string" ? redact(code) : undefined,
      syscall:
        UNSENT.test(errors?.map?.(each => each.syscall) ?? code) || UNCONNECTED.test(message) ? "connect" : syscall,
      cause: cause && depth < 4 ? plain(cause, redact, depth + 1) : undefined,
    };
  } catch {
    return {};
  }
};
