// One HTTP request and its answer.
import { addSignal } from "./attempt.js";
import { acceptsCache } from "./cache.js";
import { scope } from "./page.js";

const PATHS = ["/jobs/createTask", "/jobs/queryTask?taskId=", "/account/credits", "/jobs/"];

/**
 * Sends a request once, and reads the answer gently: whatever is response-like will do. Resolves to `{ status, retryAfter,
 * text, value }`, to `{ thrown, offline }` where `fetch` failed, or to both where the body did; never rejects.
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
      // When a connection that it used before breaks, Chromium and Firefox send even a POST again by themselves, and a
      // second task would be paid. Without credentials (ours is a header) it takes another connection than the polls.
      else if (hasKey) init.credentials = "omit";
      client = ownClient();
      if (client) init.client = client;
    }
    // Without a network no connection can be made, but one that comes meanwhile may take the request.
    answer.offline = isOffline();
    if (answer.offline) scope()?.addEventListener("online", () => (answer.offline = undefined), { once: true });
    const response = await (body !== undefined && streamCreates
      ? fetchStream(fetch, url, init, attempt)
      : fetch(url, init));
    const { status } = response;
    if (typeof status !== "number") throw new TypeError("fetch gave an answer without a status");
    answer.status = status;
    const retryAfter = response.headers?.get?.("retry-after");
    if (typeof retryAfter === "string") answer.retryAfter = retryAfter;
    const text = await read(response, attempt);
    const isResult = answer.status > 199 && answer.status < 300;
    answer.text = isResult ? secret.result(text) : secret.text(text);
    answer.value = parse(answer.text);
    // A key is not a task's id.
    if (!endpoint && isResult && (answer.text !== text || secret.isIn(String(answer.value?.taskId))))
      answer.value = undefined;
  } catch (thrown) {
    answer.thrown = plain(thrown, secret.text, 0);
    answer.offline &&= isOffline();
  }
  client?.close();
  return answer;
};

const isOffline = () => globalThis.navigator?.onLine === false || undefined;

/** JSON, without the name that would become an object's prototype where somebody copies it. */
export const parse = text => {
  try {
    return JSON.parse(
      text,
      text.includes("__proto__") ? (name, value) => (name === "__proto__" ? undefined : value) : undefined,
    );
  } catch {
    return undefined;
  }
};

/** Origins that took a create as text after they had refused it as a stream. */
const textOnly = new Set();

/**
 * Sends a create as a stream, which Chromium does not send again when an HTTP/2 connection breaks. The text follows only if
 * nothing of the stream was read, as over HTTP/1.1, where Chromium takes no streams, or if the answer is 411 (Length Required).
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
    if (isRead || attempt.isOver) throw error;
  }
  const response = await fetch(url, init);
  textOnly.add(origin);
  return response;
};

/** Whether requests take streams. Elsewhere, as in Firefox, the text `[object ReadableStream]` would be sent. */
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

/** Deno, too, sends a POST again, but each HTTP client has its own connections: a new one has none that may be broken. */
const ownClient = () => {
  try {
    return globalThis.Deno?.createHttpClient({ poolMaxIdlePerHost: 0 });
  } catch {
    // Not everything that is called so has it.
  }
};

/** Far more than any answer of the service has. */
const MAX_ANSWER = 4e6;

/** The body's text. One that is too large is not read to its end, and is not JSON any more. */
const read = async (response, attempt) => {
  const reader = response.body?.getReader?.();
  if (!reader) {
    const text = String(response.text ? await response.text() : JSON.stringify(await response.json()));
    return text.length > MAX_ANSWER ? cut(text) : text;
  }
  // A body that nobody reads would hold its connection. The platform's own stream has ended with the signal.
  const cancel = () => (async () => reader.cancel())().catch(() => {});
  attempt.onEnd = cancel;
  if (attempt.isOver) cancel();
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

/** It is cut again when the key is out of it: half a key would not be found. */
const cut = text => text.slice(0, 262_144) + "\u2026";

/**
 * Whether all of a host's addresses failed at the connection, which Node tells of each, or the TLS handshake failed: the
 * host's certificate was refused, or it speaks no TLS that fits. (Ours may be refused after the request was sent.)
 */
const UNSENT =
  /^((connect,?)+$|(CERT|DEPTH|ERR_TLS_CERT|SELF|UNABLE)_|ERR_INVALID_URL$|ERR_SSL_\w*(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|UNSUPPORTED_PROTOCOL|PROTOCOL_VERSION|HANDSHAKE_FAILURE|UNRECOGNIZED_NAME|APPLICATION_PROTOCOL)$)/;

/** What Node, Deno and Bun say of a blocked port, and of what failed before there was a connection. */
const UNCONNECTED =
  /^bad port$|port \d+ are blocked|before secure TLS connection was|client error \(Connect\)|TLS handshake failed/;

/** What was thrown, as plain data. */
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
