// Identifies media files. Rust (media/) knows the formats; JavaScript fetches the bytes that it asks for.
import { validateRequest } from "./index.js";
import { checkOptions, failure, misuse, Sd2Error } from "./media/failure.js";
import { borrow, giveBack, WINDOW } from "./media/module.js";
import { open } from "./media/source.js";

/** More reads than any valid file needs. */
const MAX_ROUNDS = 48;

export const probeMedia = async (source, options) => {
  const { fetch, signal } = checkOptions(options, ["fetch", "signal"]);
  const opened = open(source, fetch, signal);
  return new Promise((resolve, reject) => {
    const abort = () => {
      reject(signal.reason);
      opened.close();
    };
    signal?.addEventListener("abort", abort);
    probe(opened)
      .then(resolve, reject)
      .finally(() => {
        signal?.removeEventListener("abort", abort);
        opened.close();
      });
  });
};

const probe = async source => {
  const parser = await borrow();
  try {
    await source.read(parser, 0, WINDOW);
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const { facts, need, code, detail } = parser.parse(source.size);
      if (facts) return source.size === undefined ? facts : { ...facts, size: source.size };
      if (code) throw failure(code, detail);
      if (need) await source.read(parser, ...need);
      else await source.measure(parser);
    }
    throw failure("media_too_large");
  } catch (error) {
    if (Sd2Error.is(error)) throw error;
    // The module trapped or ran out of memory, so this instance must not be reused.
    parser.isBroken = true;
    throw failure("media_unknown", error.message);
  } finally {
    giveBack(parser);
  }
};

/** The file lists of a request in the validator's order, with the kinds that they take. */
const LISTS = { urls: "image", videoUrls: "video", audioUrls: "audio video" };
const MAX_PROBES = 4;

export const checkMedia = async (request, options) => {
  const { concurrency = MAX_PROBES, ...given } = checkOptions(options, ["concurrency", "fetch", "signal"]);
  if (!(concurrency >= 1)) throw misuse("concurrency must be a number from 1 up.");
  const files = filesOf(request);
  /** Facts or errors, by URL. An error has no fields that the validator reads. */
  const found = {};
  const queue = [...new Set(files.map(({ url }) => url))];
  const work = async () => {
    for (let url; (url = queue.shift()) !== undefined; ) {
      try {
        found[url] = await probeMedia(url, given);
      } catch (error) {
        given.signal?.throwIfAborted();
        if (!Sd2Error.is(error) || !error.code.startsWith("media_")) throw error;
        found[url] = error;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, MAX_PROBES) }, work));
  const validation = validateRequest(request, { media: found });
  for (const { list, index, url } of files) {
    const { kind, message = `${list} does not take ${kind} files.` } = found[url];
    if (LISTS[list].includes(kind)) continue;
    const issue = {
      path: ["inputs", list, index],
      code: "unprobed",
      severity: "warning",
      message: `Not checked: ${message}`,
    };
    const before = validation.issues.findLastIndex(({ path }) => isBefore(path, list, index));
    validation.issues.splice(before + 1, 0, issue);
  }
  return validation;
};

/** Whether the validator reports an issue at this path before those of this file. */
const isBefore = ([root, field, place], list, index) => {
  const order = ["prompt", ...Object.keys(LISTS)];
  if (root !== "inputs") return !root || root === "model";
  if (field === list) return !(place > index);
  return order.includes(field) && order.indexOf(field) < order.indexOf(list);
};

/** The files to probe: neither `asset://` files, which only the service can read, nor URLs that the validator refuses. */
const filesOf = request => {
  const files = [];
  try {
    const { issues } = validateRequest(request);
    for (const list of Object.keys(LISTS)) {
      // The service takes at most 12 files.
      request.inputs[list]?.slice(0, 12).forEach((url, index) => {
        const isRefused = issues.some(({ path, code }) => path[1] === list && path[2] === index && /url/.test(code));
        if (/^\s*https?:/i.test(url) && !isRefused) files.push({ list, index, url });
      });
    }
  } catch {
    // Not readable; the validator reports that.
  }
  return files;
};
