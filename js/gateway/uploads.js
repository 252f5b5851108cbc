// The endpoints for uploads. Files arrive in parts, are probed by their bytes, and are then served to the service at their own URLs.
import { digestOf, MAX_BODY, readBody, readBytes } from "./body.js";
import { Sd2Error } from "../error.js";
import { parse } from "../exchange.js";
import { json, refuse, toResponse } from "./answers.js";
import { lastDay } from "./files.js";
import { newId } from "./ids.js";
import { rangeOf } from "./ranges.js";

/** The size of each part but the last. It is the largest body that nginx accepts by default. */
const PART_BYTES = 1 << 20;
/** How long a browser may cache a file, in seconds. */
const KEEP = 3_600;
/** The length of a part's digest in characters. */
const DIGEST = 44;
/** Headers for served files, so that nothing in them runs in the app's origin. */
const HARMLESS = {
  "content-security-policy": "default-src 'none'; sandbox",
  "content-disposition": "attachment",
  "x-content-type-options": "nosniff",
  "accept-ranges": "bytes",
};

/** Starts an upload. `uploads` has `basePath`, `maxBytes`, `judge`, `store` and `origin`. `engine.file` calls Files. */
export const startUpload = async ({ request, grant, engine, uploads, key }) => {
  const text = await readBody(request);
  if (text === undefined) return refuse(413, "invalid_request", `The body is larger than ${MAX_BODY} bytes.`);
  const size = parse(text)?.size;
  if (!(Number.isSafeInteger(size) && size >= 0)) {
    return refuse(400, "invalid_request", "Send { size }, the size of the file in bytes.");
  }
  if (!size) return rejected(uploads, { code: "media_unsupported", message: "The file is empty." });
  const { files, fileBytes } = grant.limits;
  const limits = { files, fileBytes, maxBytes: uploads.maxBytes };
  const id = newId("file_");
  const found = await engine.file("start", { user: grant.user, key, size, partBytes: PART_BYTES, limits, id });
  return found.refusal ? toResponse(found.refusal) : json(200, shown(found.file, uploads));
};

export const uploadState = async ({ grant, engine, uploads, match }) => {
  const file = await engine.file("find", { user: grant.user, id: match[1] });
  return file ? json(200, shown(file, uploads)) : missing();
};

/** Stores a part. If it has been stored already, its body is not read again. */
export const putPart = async ({ request, grant, engine, uploads, match }) => {
  const of = { user: grant.user, id: match[1] };
  const part = Number(match[2]);
  const file = await engine.file("find", of);
  if (!file) return missing();
  if (part >= countOf(file)) return refuse(400, "invalid_request", `The file has ${countOf(file)} parts, from 0.`);
  if (part < file.received) return json(200, shown(file, uploads));
  if (part > file.received)
    return json(409, { ...shown(file, uploads), code: "conflict", message: "A part is missing." });
  const length = Math.min(file.partBytes, file.size - part * file.partBytes);
  const bytes = await readBytes(request, length);
  if (bytes?.length !== length) return refuse(400, "invalid_request", `This part has ${length} bytes.`);
  // For most files the first part is enough to refuse them, before anything is stored.
  if (part === 0) {
    const refusal = await refusalOf(uploads, beginning(bytes, file.size));
    if (refusal) {
      await engine.file("discard", of);
      return toResponse(refusal);
    }
  }
  const { store } = uploads;
  await store.put(nameOf(file.id, part), bytes);
  const next = await engine.file("advance", { ...of, part, digest: await digestOf(bytes) });
  if (next) return json(200, shown(next, uploads));
  await store.delete(nameOf(file.id, part));
  return missing();
};

/** Probes the complete file, and makes it ready or deletes it. */
export const endUpload = async ({ grant, engine, uploads, match }) => {
  const of = { user: grant.user, id: match[1] };
  const file = await engine.file("find", of);
  if (!file) return missing();
  if (file.state === "ready") return json(200, shown(file, uploads));
  if (file.received < countOf(file)) {
    return json(409, { ...shown(file, uploads), code: "conflict", message: "A part is missing." });
  }
  const { store } = uploads;
  // While a file is open, its result is the digests of its parts.
  const { id, size, partBytes, result: digests } = file;
  let judgement;
  try {
    judgement = await judged(uploads, stored(store, { id, size, partBytes, digests }));
  } catch (error) {
    // The upload may have been cancelled meanwhile.
    if (await engine.file("find", of)) throw error;
    return missing();
  }
  const { refusal, mimeType, extension, issues } = judgement;
  if (refusal) {
    await engine.file("discard", of);
    await eraseFile(store, file);
    return toResponse(refusal);
  }
  const expires = lastDay();
  const about = { mimeType, size, partBytes, digests, expires };
  await store.put(aboutOf(id), new TextEncoder().encode(JSON.stringify(about)));
  const result = JSON.stringify({ name: `${id}.${extension}`, mimeType, issues });
  const ready = await engine.file("offer", { ...of, result, expires });
  if (ready) return json(200, shown(ready, uploads));
  await eraseFile(store, file);
  return missing();
};

export const cancelUpload = async ({ grant, engine, uploads, match }) => {
  const file = await engine.file("discard", { user: grant.user, id: match[1] });
  if (!file) return missing();
  await eraseFile(uploads.store, file);
  return new Response(null, { status: 204 });
};

/** Serves a file to everyone who knows its URL. */
export const serveFile = async (request, path, store) => {
  const id = /^\/files\/([\w-]{1,60})(\.\w{1,10})?$/.exec(path)?.[1];
  const bytes = id && (await bytesOf(await store.get(aboutOf(id))));
  const about = bytes && parse(new TextDecoder().decode(bytes));
  if (!(about?.expires > Date.now())) return refuse(404, "not_found", "Not found.");
  const { mimeType, size, expires } = about;
  const tag = `"${id}"`;
  const age = Math.min(KEEP, Math.floor((expires - Date.now()) / 1_000));
  const headers = { ...HARMLESS, "content-type": mimeType, "cache-control": `private, max-age=${age}`, etag: tag };
  const range = rangeOf(request.headers, size, tag);
  if (!range) return new Response(null, { status: 416, headers: { ...headers, "content-range": `bytes */${size}` } });
  const { from, to, isPart } = range;
  if (isPart) headers["content-range"] = `bytes ${from}-${to - 1}/${size}`;
  headers["content-length"] = String(to - from);
  const body = request.method === "HEAD" ? null : withLength(streamOf(store, id, about, from, to), to - from);
  return new Response(body, { status: isPart ? 206 : 200, headers });
};

/** Deletes a file's bytes, first the entry that serves it. After the `received` parts, at most one more can have been written. */
export const eraseFile = async (store, file) => {
  await store.delete(aboutOf(file.id));
  const length = Math.min(countOf(file), file.received + 1);
  await Promise.all(Array.from({ length }, (_, part) => store.delete(nameOf(file.id, part))));
};

const nameOf = (id, part) => `${id}.${part}`;
const aboutOf = id => `${id}.json`;
const countOf = ({ size, partBytes }) => Math.ceil(size / partBytes);

/** The state of an upload in responses. */
const shown = ({ id, size, partBytes, received, state, result, expires }, { origin, basePath }) => {
  const upload = { uploadId: id, size, partBytes, received };
  if (state !== "ready") return upload;
  const { name, mimeType, issues } = JSON.parse(result);
  return { ...upload, url: `${origin}${basePath}/files/${name}`, mimeType, issues, expiresAt: expires };
};

const missing = () => refuse(404, "not_found", "Upload not found.");

/** Converts the result of the store's `get` to bytes. */
const bytesOf = async given => {
  if (given == null) return undefined;
  if (typeof given.arrayBuffer === "function") return new Uint8Array(await given.arrayBuffer());
  return ArrayBuffer.isView(given)
    ? new Uint8Array(given.buffer, given.byteOffset, given.byteLength)
    : new Uint8Array(given);
};

/** Reads a part. Throws if a slow second request has replaced it since it was received. */
const partOf = async (store, id, digests, part) => {
  const bytes = await bytesOf(await store.get(nameOf(id, part)));
  if (!bytes) throw new Error(`uploads.store.get returned nothing for ${nameOf(id, part)}`);
  if ((await digestOf(bytes)) !== digests.slice(part * DIGEST, (part + 1) * DIGEST)) {
    throw new Error(`uploads.store.get returned other bytes for ${nameOf(id, part)} than put was given`);
  }
  return bytes;
};

/** A stream of some bytes of a file, part by part. */
const streamOf = (store, id, { partBytes, digests }, from, to) =>
  new ReadableStream(
    {
      async pull(controller) {
        const part = Math.floor(from / partBytes);
        const begin = part * partBytes;
        const bytes = await partOf(store, id, digests, part);
        const end = Math.min(to, begin + partBytes);
        controller.enqueue(bytes.slice(from - begin, end - begin));
        from = end;
        if (from >= to) controller.close();
      },
    },
    { highWaterMark: 0 },
  );

/** A Worker sends Content-Length only if the stream itself has a length. */
const withLength = (stream, length) => {
  const { FixedLengthStream } = globalThis;
  return FixedLengthStream ? stream.pipeThrough(new FixedLengthStream(length)) : stream;
};

/** An object that `probeMedia` reads like a Blob, through `read(from, to)`. It remembers the error of `read`. */
const source = (size, read) => {
  const file = {
    size,
    slice: (from = 0, to = size) => ({
      arrayBuffer: () =>
        read(from, to).catch(error => {
          file.error = error;
          throw error;
        }),
    }),
    arrayBuffer: () => file.slice().arrayBuffer(),
  };
  return file;
};

class NotHere extends Error {}

/** A file of which only the beginning has arrived. */
const beginning = (bytes, size) =>
  source(size, async (from, to) => {
    if (to > bytes.length) throw new NotHere();
    return bytes.slice(from, to).buffer;
  });

/** A file that is stored in parts. */
const stored = (store, { id, size, partBytes, digests }) => {
  let last;
  return source(size, async (from, to) => {
    const bytes = new Uint8Array(to - from);
    for (let at = from; at < to; ) {
      const part = Math.floor(at / partBytes);
      if (last?.part !== part) last = { part, bytes: await partOf(store, id, digests, part) };
      const begin = part * partBytes;
      const piece = last.bytes.subarray(at - begin, to - begin);
      bytes.set(piece, at - from);
      at += piece.length;
    }
    return bytes.buffer;
  });
};

/** The refusal of a file, if its beginning is enough to decide. */
const refusalOf = async (uploads, file) => {
  try {
    return (await judged(uploads, file)).refusal;
  } catch (error) {
    if (error instanceof NotHere) return undefined;
    throw error;
  }
};

/** Judges a file by its bytes: a refusal, or its type. */
const judged = async ({ judge }, file) => {
  const { probeMedia } = await import("../media.js");
  try {
    return judge({ facts: await probeMedia(file) });
  } catch (error) {
    if (file.error) throw file.error;
    if (!Sd2Error.is(error) || !error.code.startsWith("media_")) throw error;
    return judge({ problem: { code: error.code, message: error.message } });
  }
};

const rejected = ({ judge }, problem) => toResponse(judge({ problem }).refusal);
