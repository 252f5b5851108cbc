// Makes a gateway a request listener of Node's servers, and of Express and similar.
import { misuse } from "../error.js";

export const toNodeHandler = gateway => {
  if (typeof gateway?.fetch !== "function") throw misuse("toNodeHandler needs a gateway from createGateway.");
  return async (incoming, outgoing, next) => {
    try {
      const request = toRequest(incoming, outgoing);
      if (!request) return void outgoing.writeHead(400).end();
      const response = await gateway.fetch(request);
      // The page may leave before there is a response. "close" has been emitted then, so nothing else would end the stream.
      if (request.signal.aborted) response.body?.cancel().catch(() => {});
      else await send(response, outgoing);
    } catch (error) {
      if (typeof next === "function") next(error);
      else if (outgoing.headersSent) outgoing.destroy();
      else outgoing.writeHead(500).end();
    }
  };
};

const toRequest = (incoming, outgoing) => {
  // Express removes the mount path from `url`, but not from `originalUrl`.
  const { method, headers: given, originalUrl, url, socket } = incoming;
  const headers = new Headers();
  for (const [name, value] of Object.entries(given)) {
    if (name.startsWith(":")) continue;
    for (const each of Array.isArray(value) ? value : [value]) headers.append(name, each);
  }
  // A Request cannot have these methods.
  if (/^(CONNECT|TRACE|TRACK)$/i.test(method)) return undefined;
  const origin = originOf(given.host ?? given[":authority"] ?? "localhost", socket.encrypted);
  const address = origin && addressOf(origin, originalUrl ?? url);
  if (!address) return undefined;
  const controller = new AbortController();
  outgoing.once("close", () => controller.abort());
  const init = { method, headers, signal: controller.signal };
  if (method !== "GET" && method !== "HEAD") Object.assign(init, bodyOf(incoming));
  return new Request(address, init);
};

/** The server's origin according to the Host header, or undefined if the header is more than a host. */
const originOf = (host, isEncrypted) => {
  if (/[^\w.:[\]-]/.test(host)) return undefined;
  const origin = `${isEncrypted ? "https" : "http"}://${host}`;
  return URL.canParse(origin) ? origin : undefined;
};

/**
 * The URL of a request, or undefined if its path would differ from the one that a router has seen, as with `..`. The target is a path, or
 * behind some proxies a whole URL, whose host is ignored.
 */
const addressOf = (origin, target) => {
  const path = target.replace(/^https?:\/\/[^/]*(?=\/)/i, "");
  const address = path.startsWith("/") && new URL(origin + path);
  return address?.pathname === path.split("?")[0] ? address : undefined;
};

/** The body, even if `express.json()` or similar has already read it. */
const bodyOf = incoming => {
  const { body } = incoming;
  if (body === undefined || !incoming.readableEnded) return { body: streamOf(incoming), duplex: "half" };
  if (typeof body === "string" || body instanceof Uint8Array) return { body };
  return { body: JSON.stringify(body) };
};

const streamOf = incoming => {
  const iterator = incoming[Symbol.asyncIterator]();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: () => iterator.return?.(),
  });
};

const send = async (response, outgoing) => {
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  if (!response.body) return outgoing.end();
  const reader = response.body.getReader();
  let resume;
  outgoing.once("close", () => {
    reader.cancel().catch(() => {});
    resume?.();
  });
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (!outgoing.write(value) && !outgoing.destroyed) {
      await new Promise(done => outgoing.once("drain", (resume = done)));
    }
  }
  outgoing.end();
};
