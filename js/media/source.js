// Where a file's bytes come from: a Blob, bytes, a Response, a URL.
import { acceptsCache } from "../cache.js";
import { failure, misuse } from "./failure.js";
import { WINDOW } from "./module.js";

/** The most that is read as a stream. */
const MAX_STREAM = 16 << 20;

/**
 * Opens a source: `size` where it is known, `read(look, at, length)` which brings at least the bytes that are missing of these
 * (fewer at the end), `measure(look)` which finds the size, `close()`.
 */
export const open = (source, fetch, signal) => {
  if (source?.slice && source.arrayBuffer) {
    return slices(source.size, async (from, to) => new Uint8Array(await source.slice(from, to).arrayBuffer()));
  }
  if (source?.byteLength >= 0) {
    // Of a view; a buffer has neither.
    const { buffer = source, byteOffset = 0 } = source;
    return slices(source.byteLength, (from, to) => new Uint8Array(buffer, byteOffset + from, to - from));
  }
  if (source?.headers?.get) {
    if (source.bodyUsed) throw misuse("The Response was read before: give a clone of it.");
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

/** Node says why; whatever else stands in such errors may name the URL, which may be signed. */
const unreachable = error => {
  const code = error?.cause?.code ?? error?.code;
  return failure("media_unreachable", /^[A-Z_]+$/.test(code) ? code : "network or CORS");
};

/** What can be read anywhere at once. */
const slices = (size, slice) => ({
  size,
  async read(look, at, length) {
    const from = look.missing(at);
    let bytes;
    try {
      bytes = await slice(from, Math.max(from, Math.min(at + length, size)));
    } catch (error) {
      throw unreachable(error);
    }
    look.hold(from, bytes);
  },
  close() {},
});

/** A response's body, piece by piece. One that is only like a response has but one piece. */
const bodyOf = response => {
  let reader;
  return {
    async next() {
      reader ??= response.body?.getReader?.() ?? [new Uint8Array(await response.arrayBuffer())].values();
      const { done, value } = await (reader.read ?? reader.next).call(reader);
      return done ? undefined : value;
    },
    close() {
      // A body that nobody reads would hold its connection.
      (async () => (reader ?? response.body)?.cancel?.())().catch(() => {});
    },
  };
};

/** A response from its beginning on. */
const stream = response => {
  const { status } = response;
  const body = bodyOf(response);
  let total = 0;
  const opened = {
    size: undefined,
    async read(look, at, length) {
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
          look.hold(total, piece);
          total += piece.length;
        }
      }
    },
    measure: look => opened.read(look, total, Infinity),
    close: body.close,
  };
  return opened;
};

/** A status that brings no file; 0 is an answer that the platform hides. */
const refused = status => (status ? failure("media_status", status, { status }) : unreachable());

/** A URL by ranges, and as a stream where there are none. */
const ranges = (url, fetch, signal) => {
  let body;
  let whole;

  const get = async range => {
    const init = signal ? { signal } : {};
    // Neither a suffix (`bytes=-n`) nor another header: a server of another origin would be asked for leave first.
    if (range) init.headers = { range };
    if (acceptsCache()) init.cache = "no-store";
    return fetch(url, init);
  };

  /** What a range brings: the response; nothing where ranges do not work. */
  const ask = async range => {
    let response;
    try {
      response = await get(range);
    } catch {
      // A page cannot tell the network from CORS, and without a range there may be leave.
      return;
    }
    body = bodyOf(response);
    const { status, headers } = response;
    // Ranges of what is encoded are of no use, and Deno does not decode what was asked for by range.
    const encoding = headers?.get("content-encoding");
    if (encoding) body.close();
    else if (status === 200) whole = stream(response);
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

  /** Reads a range; whether that worked. */
  const hold = async (look, from, to) => {
    const response = await ask(`bytes=${from}-${to - 1}`);
    const [, start, total] = /^bytes (?:(\d+)-\d+|\*)\/(\d+)$/.exec(response?.headers.get("content-range")) ?? [];
    if (!response || (total && opened.size !== undefined && opened.size !== Number(total))) return false;
    if (total) opened.size = Number(total);
    if (response.status === 416) return total && opened.size <= from;
    const before = from;
    for (let piece; from < to && (piece = await next()); from += piece.length) {
      // More than was asked for may be of anywhere else.
      if (start ? Number(start) !== before : from + piece.length > to) return false;
      look.hold(from, from + piece.length > to ? piece.subarray(0, to - from) : piece);
    }
    body.close();
    // Where the header is hidden, a range that is shorter ends with the file.
    if (from < to && opened.size === undefined) opened.size = from;
    return from > before;
  };

  /** Ranges do not work, or cannot be trusted: from here on the file is read from its beginning. */
  const giveUp = async look => {
    look.clear();
    if (!whole) body?.close();
    try {
      whole ??= stream(await get());
    } catch (error) {
      throw unreachable(error);
    }
  };

  const opened = {
    size: undefined,
    async read(look, at, length) {
      if (!whole) {
        const from = look.missing(at);
        const to = Math.min(Math.max(at + length, from + WINDOW), opened.size ?? Infinity);
        if (await hold(look, from, to)) return;
        await giveUp(look);
      }
      await whole.read(look, at, length);
      opened.size = whole.size;
    },
    /** A range without an end tells how much there is, also where the header that says so is hidden. */
    async measure(look) {
      if (!whole) {
        const from = look.reach;
        const response = await ask(`bytes=${from}-`);
        const rest = response?.status === 416 ? 0 : Number(response?.headers.get("content-length") ?? NaN);
        if (response && rest >= 0) {
          body.close();
          opened.size = from + rest;
          return;
        }
        await giveUp(look);
      }
      await whole.measure(look);
      opened.size = whole.size;
    },
    close: () => (whole ?? body)?.close(),
  };
  return opened;
};
