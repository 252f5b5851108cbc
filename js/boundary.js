// What only JavaScript can do: read any value safely, be an Error, call back without breaking.
// The WebAssembly imports from here, and so do the package's entries.

/** More than any request or answer has; where a cycle or an endless structure is cut. */
const MAX_NODES = 10_000;
const MAX_DEPTH = 32;
/** In UTF-16 units: far below what is too long for a string, and for the memory of the WebAssembly. */
const MAX_TEXT = 50_000_000;
/** Requests in one list. */
const MAX_LIST = 100_000;

/**
 * Writes any value as tagged text, which `Value::decode` in src/value.rs reads. It never throws: what JSON
 * cannot carry is written as what it is. As in JSON, only own enumerable fields count, and `toJSON` is heard.
 */
export const encode = (root) => {
  let text = "";
  let nodes = 0;
  const write = (value, depth) => {
    if (++nodes > MAX_NODES || depth > MAX_DEPTH || text.length > MAX_TEXT) {
      text += "z";
      return;
    }
    switch (typeof value) {
      case "string":
        text += `s${value.length}:${value}`;
        return;
      case "number":
        text += bits(value);
        return;
      case "boolean":
        text += value ? "t" : "f";
        return;
      case "object":
        break;
      default:
        text += { undefined: "u", function: "F", symbol: "y" }[typeof value] ?? "b";
        return;
    }
    if (value === null) {
      text += "n";
      return;
    }
    let keys;
    let length;
    try {
      const { toJSON } = value;
      if (typeof toJSON === "function") {
        write(Reflect.apply(toJSON, value, []), depth + 1);
        return;
      }
      if (!Array.isArray(value)) keys = Object.keys(value);
      length = (keys ?? value).length;
    } catch {
      text += "x";
      return;
    }
    // One more than is left, so that the last one tells of the cut.
    length = Math.min(length, MAX_NODES - nodes + 1);
    text += `${keys ? "o" : "a"}${length};`;
    for (let i = 0; i < length; i++) {
      if (keys) text += `${keys[i].length}:${keys[i]}`;
      let item;
      try {
        // Drop `__proto__`: a plain key in Rust, but it sets the prototype on the way back.
        if (keys?.[i] !== "__proto__") item = value[keys ? keys[i] : i];
      } catch {
        nodes++;
        text += "x";
        continue;
      }
      write(item, depth + 1);
    }
  };
  try {
    write(root, 0);
  } catch {
    return "z";
  }
  return text.length > MAX_TEXT ? "z" : text;
};

/** The same for a long list, of which each item may have as much as one value elsewhere. */
export const encodeList = (list) => {
  try {
    if (Array.isArray(list) && list.length <= MAX_LIST) {
      let text = `a${list.length};`;
      // Not by its iterator, which may be anybody's and endless.
      for (let i = 0; i < list.length && text.length <= MAX_TEXT; i++) text += encode(list[i]);
      if (text.length <= MAX_TEXT) return text;
    }
  } catch {
    // As one value it becomes what it is: unreadable.
  }
  return encode(list);
};

/** Whatever runs WebAssembly has the lower half first, as WebAssembly has. */
const bits = (number) => {
  const [low, high] = new Uint32Array(Float64Array.of(number).buffer);
  return `d${high};${low};`;
};

/** The one error of the library. */
export class Sd2Error extends Error {
  static name = "Sd2Error";

  constructor(message, details) {
    super(message);
    Object.assign(this, details);
  }

  get name() {
    return "Sd2Error";
  }

  /** Whether something is such an error, also of another copy of the package or another realm. */
  static is(error) {
    try {
      return error.name === "Sd2Error" && typeof error.code === "string";
    } catch {
      // Nothing, or something that does not let itself be read.
      return false;
    }
  }
}

/** The error of a call that cannot be made sense of. */
export const misuse = (message) => new Sd2Error(message, { code: "invalid_argument", retryable: false });

/** Makes the error that Rust describes; `cause` is plain data, so that nothing of the original shows. */
export const makeError = (message, details, cause) => {
  const error = new Sd2Error(message, details);
  if (cause) setCause(error, cause);
  return error;
};

const setCause = (error, { name, message, code, cause }) => {
  const value = new Error(message);
  value.name = name;
  if (code) value.code = code;
  if (cause) setCause(value, cause);
  Object.defineProperty(error, "cause", { value, configurable: true, writable: true });
};

/** Calls a user's function, if there is one; whatever it throws or rejects with is reported, and goes no further. */
export const tell = (platform, listener, what) => {
  try {
    platform[listener]?.(what)?.then?.(undefined, report);
  } catch (error) {
    report(error);
  }
};

/** Shows what a user's function threw, as the platform shows what nobody caught. */
export const report = (error) => {
  try {
    // Deno would end the program.
    (globalThis.Deno ? console.error : (globalThis.reportError ?? console.error))(error);
  } catch {
    // There is nobody left to tell.
  }
};

/** Who follows a signal, by the signal. */
const followers = new WeakMap();

/**
 * Tells the reason when the signal aborts, or at once if it has; gives the function that ends this. The signal may be of
 * another realm or a polyfill, and throw wherever it is touched. It gets one listener, however many calls share
 * it, because Node warns of more than ten.
 */
export const follow = (signal, tell) => {
  if (signal == null) return () => {};
  let group;
  try {
    const { aborted } = signal;
    group = followers.get(signal);
    if (!group) {
      group = new Set();
      const listener = () => {
        for (const each of group) each(reasonOf(signal));
      };
      group.end = signal.removeEventListener.bind(signal, "abort", listener);
      signal.addEventListener("abort", listener);
      followers.set(signal, group);
    }
    group.add(tell);
    if (aborted) tell(reasonOf(signal));
  } catch {
    throw misuse("signal must be an AbortSignal.");
  }
  return () => {
    if (!group.delete(tell) || group.size) return;
    followers.delete(signal);
    try {
      group.end();
    } catch {
      // Then it keeps a listener that tells nobody.
    }
  };
};

const reasonOf = (signal) => {
  try {
    return signal.reason;
  } catch (error) {
    return error;
  }
};

/** What has the events of a page: windows and web workers. A server has none. */
const scope = () => ("ononline" in globalThis ? globalThis : undefined);

/**
 * Calls the listener with `true` and the reason when the caller gives up, and with `false` at these events of a page that
 * is not hidden. Gives the function that ends this.
 */
export const listen = ({ signal }, events, listener) => {
  const target = scope();
  const back = () => target.document?.visibilityState !== "hidden" && listener(false);
  let end;
  try {
    end = follow(signal, (reason) => listener(true, reason));
  } catch {
    // Already validated; a bad signal here only means that nothing can abort.
  }
  const each = (method) => {
    for (const event of events.split(" ")) target?.[method](event, back);
  };
  each("addEventListener");
  return () => {
    end?.();
    each("removeEventListener");
  };
};

/**
 * Sends a request once, and reads the answer gently: whatever is response-like will do. Resolves to tagged text,
 * also when `fetch` throws or rejects with something that is no error.
 */
export const send = async ({ fetch, onCreating, streamCreates }, url, headers, body, signal) => {
  const answer = {};
  const isOffline = () => globalThis.navigator?.onLine === false || undefined;
  let client;
  try {
    const init = { method: "GET", headers, redirect: "manual", signal };
    if (acceptsCache()) init.cache = "no-store";
    if (body !== undefined) {
      init.method = "POST";
      init.body = JSON.stringify(body);
      // When a connection that it used before breaks, Chromium and Firefox send even a POST again by themselves, and a
      // second task would be paid. Without credentials (ours is a header) it takes another connection than the polls.
      if (new Headers(headers).has("authorization")) init.credentials = "omit";
      client = ownClient();
      if (client) init.client = client;
      await onCreating?.(body);
      signal.throwIfAborted();
    }
    // Check connectivity after the store write, right before fetch.
    answer.offline = isOffline();
    // A network that comes meanwhile may take the request, though it is gone again at the end.
    if (answer.offline) scope()?.addEventListener("online", () => (answer.offline = undefined), { signal });
    const response = await (body && streamCreates ? fetchStream(fetch, url, init) : fetch(url, init));
    answer.status = response.status;
    answer.retryAfter = response.headers?.get?.("retry-after");
    answer.body = await read(response, signal);
  } catch (thrown) {
    answer.thrown = plain(thrown, 0);
    answer.offline &&= isOffline();
  }
  client?.close();
  return encode(answer);
};

/** Origins that took a create as text after they had refused it as a stream. */
const textOnly = new Set();

/**
 * Sends a create as a stream, which Chromium does not send again when an HTTP/2 connection breaks. The text follows only if
 * nothing of the stream was read, as over HTTP/1.1, where Chromium takes no streams, or if the answer is 411 (Length Required).
 */
const fetchStream = async (fetch, url, init) => {
  const { origin } = new URL(url, globalThis.location?.href);
  if (textOnly.has(origin) || !takesStreams()) return fetch(url, init);
  let isRead = false;
  const pull = (controller) => {
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
    if (isRead || init.signal.aborted) throw error;
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

/** The body's text. One that is too large is not read to its end, and is no JSON any more. */
const read = async (response, signal) => {
  const reader = response.body?.getReader?.();
  if (!reader) {
    const text = response.text ? await response.text() : JSON.stringify(await response.json());
    return text.length > MAX_ANSWER ? cut(text) : text;
  }
  // A body that nobody reads would hold its connection. The platform's own stream has ended with the signal.
  const cancel = () => (async () => reader.cancel())().catch(() => {});
  signal.addEventListener("abort", cancel);
  if (signal.aborted) cancel();
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

const cut = (text) => text.slice(0, 2000) + "\u2026";

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
const plain = (thrown, depth) => {
  try {
    const { name, message, code, syscall, cause, errors } = Object(thrown);
    return {
      name: String(name ?? "Error"),
      message: String(message ?? thrown),
      code,
      syscall: UNSENT.test(errors?.map?.((each) => each.syscall) ?? code) || UNCONNECTED.test(message) ? "connect" : syscall,
      cause: cause && depth < 4 ? plain(cause, depth + 1) : undefined,
    };
  } catch {
    return {};
  }
};

let cache;
/** Whether `fetch` takes `cache: "no-store"`: workerd throws at older compatibility dates. */
export const acceptsCache = () => {
  try {
    cache ??= !!new Request("http://localhost", { cache: "no-store" });
  } catch {
    cache = false;
  }
  return cache;
};

/** Reads JSON as tagged text; empty if it is none. */
export const parseJson = (text) => {
  try {
    return encode(JSON.parse(text));
  } catch {
    return "";
  }
};
