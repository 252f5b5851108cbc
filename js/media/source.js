// The sources of a file's bytes: a Blob, bytes, a Response, a URL.
import { acceptsCache } from "../cache.js";
import { failure, misuse } from "./failure.js";
import { WINDOW } from "./module.js";

/** The most bytes to read from a stream. */
const MAX_STREAM = 16 << 20;

/**
 * Opens a source: `size` if known; `read(parser, at, length)`, which gives the parser at least these bytes (fewer at the end of
 * the file); `measure(parser)`, which finds the size; `close()`.
 */
export const open = (source, fetch, signal) => {
  if (source?.slice && source.arrayBuffer) {
    return slices(source.size, async (from, to) => new Uint8Array(await source.slice(from, to).arrayBuffer()));
  }
  if (source?.byteLength >= 0) {
    // A buffer has neither field, a view has both.
    const { buffer = source, byteOffset = 0 } = source;
    return slices(source.byteLength, (from, to) => new Uint8Array(buffer, byteOffset + from, to - from));
  }
  if (source?.headers?.get) {
    if (source.bodyUsed) throw misuse("The Response has already been read: pass a clone of it.");
    return stream(source);
  }
  let url;
  try {
    url = new URL(source.href ?? source, globalThis.location?.href);
  } catch {
    throw misuse("source must be a Blob, bytes, a Response, or a URL.");
  }
  return ranges(url.href, fetch ?? ((...all) => globalThis.fetch(...all)), signal);
};

/** Quotes only the error code of Node, because the rest of the error may contain a signed URL. */
const unreachable = error => {
  const code = error?.cause?.code ?? error?.code;
  return failure("media_unreachable", /^[A-Z_]+$/.test(code) ? code : "network or CORS");
};

/** A source with random access. */
const slices = (size, slice) => ({
  size,
  async read(parser, at, length) {
    const from = parser.missing(at);
    let bytes;
    try {
      bytes = await slice(from, Math.max(from, Math.min(at + length, size)));
    } catch (error) {
      throw unreachable(error);
    }
    parser.hold(from, bytes);
  },
  close() {},
});

/** The body of a response, piece by piece. A response without a stream has one piece. */
const bodyOf = response => {
  let reader;
  return {
    async next() {
      reader ??= response.body?.getReader?.() ?? [new Uint8Array(await response.arrayBuffer())].values();
      const { done, value } = await (reader.read ?? reader.next).call(reader);
      return done ? undefined : value;
    },
    close() {
      // A body that is not read keeps its connection open.
      (async () => (reader ?? response.body)?.cancel?.())().catch(() => {});
    },
  };
};

/** Reads a response from its start. */
const stream = response => {
  const { status } = response;
  const body = bodyOf(response);
  let total = 0;
  const opened = {
    size: undefined,
    async read(parser, at, length) {
      if (status !== undefined && (status < 200 || status > 299)) throw refused(status);
      if (at >= MAX_STREAM) throw failure("media_too_large");
      const until = Math.min(Math.max(at + length, total + WINDOW), MAX_STREAM);
      while (total < until && opened.size === undefined) {
        let piece;
        try {
          piece = await body.next();
        } catch (error) {
          throw unreachable(error);
        }
        if (!piece) opened.size = total;
        else {
          parser.hold(total, piece);
          total += piece.length;
        }
      }
    },
    measure: parser => opened.read(parser, total, Infinity),
    close: body.close,
  };
  return opened;
};

/** The error for a status without a file. 0 is an opaque response. */
const refused = status => (status ? failure("media_status", status, { status }) : unreachable());

/** Reads a URL by ranges, or as a stream if ranges do not work. */
const ranges = (url, fetch, signal) => {
  let body;
  let streamed;

  const get = async range => {
    const init = signal ? { signal } : {};
    // A suffix range (`bytes=-n`) or another header would cause a CORS preflight.
    if (range) init.headers = { range };
    if (acceptsCache()) init.cache = "no-store";
    return fetch(url, init);
  };

  /** Requests a range. Returns the response, or undefined if ranges do not work. */
  const request = async range => {
    let response;
    try {
      response = await get(range);
    } catch {
      // A page cannot distinguish a network failure from CORS. Without a range, CORS may allow the request.
      return;
    }
    body = bodyOf(response);
    const { status, headers } = response;
    // A range of an encoded file is of no use, and Deno does not decode responses to range requests.
    const encoding = headers?.get("content-encoding");
    if (encoding) body.close();
    else if (status === 200) streamed = stream(response);
    else if (status === 206 || status === 416) return response;
    else throw refused(status);
  };

  const next = async () => {
    try {
      return await body.next();
    } catch (error) {
      throw unreachable(error);
    }
  };

  /** Reads a range into the parser. Resolves to false if that failed. */
  const readRange = async (parser, from, to) => {
    const response = await request(`bytes=${from}-${to - 1}`);
    const [, start, total] = /^bytes (?:(\d+)-\d+|\*)\/(\d+)$/.exec(response?.headers.get("content-range")) ?? [];
    if (!response || (total && opened.size !== undefined && opened.size !== Number(total))) return false;
    if (total) opened.size = Number(total);
    if (response.status === 416) return total && opened.size <= from;
    const before = from;
    for (let piece; from < to && (piece = await next()); from += piece.length) {
      // Without a known start, a longer response may be another part of the file.
      if (start ? Number(start) !== before : from + piece.length > to) return false;
      parser.hold(from, from + piece.length > to ? piece.subarray(0, to - from) : piece);
    }
    body.close();
    // If Content-Range is hidden by CORS, a short range means that the file ends there.
    if (from < to && opened.size === undefined) opened.size = from;
    return from > before;
  };

  /** Starts again with a stream, because ranges do not work or cannot be trusted. */
  const useStream = async parser => {
    parser.clear();
    if (!streamed) body?.close();
    try {
      streamed ??= stream(await get());
    } catch (error) {
      throw unreachable(error);
    }
  };

  const opened = {
    size: undefined,
    async read(parser, at, length) {
      if (!streamed) {
        const from = parser.missing(at);
        const to = Math.min(Math.max(at + length, from + WINDOW), opened.size ?? Infinity);
        if (await readRange(parser, from, to)) return;
        await useStream(parser);
      }
      await streamed.read(parser, at, length);
      opened.size = streamed.size;
    },
    /** The length of an open-ended range gives the size even if CORS hides Content-Range. */
    async measure(parser) {
      if (!streamed) {
        const from = parser.reach;
        const response = await request(`bytes=${from}-`);
        const rest = response?.status === 416 ? 0 : Number(response?.headers.get("content-length") ?? NaN);
        if (response && rest >= 0) {
          body.close();
          opened.size = from + rest;
          return;
        }
        await useStream(parser);
      }
      await streamed.measure(parser);
      opened.size = streamed.size;
    },
    close: () => (streamed ?? body)?.close(),
  };
  return opened;
};
