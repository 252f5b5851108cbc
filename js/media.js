// What a media file is, told by its bytes. Rust knows the formats (media/), JavaScript fetches what it asks for.
import { validateRequest } from "./index.js";
import { checkOptions, failure, misuse, Sd2Error } from "./media/failure.js";
import { borrow, giveBack, WINDOW } from "./media/module.js";
import { open } from "./media/source.js";

/** More reads than any file needs that has an end. */
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
  const look = await borrow();
  try {
    await source.read(look, 0, WINDOW);
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const { facts, need, code, word } = look.ask(source.size);
      if (facts) return source.size === undefined ? facts : { ...facts, size: source.size };
      if (code) throw failure(code, word);
      if (need) await source.read(look, ...need);
      else await source.measure(look);
    }
    throw failure("media_too_large");
  } catch (error) {
    if (Sd2Error.is(error)) throw error;
    // The file broke the module, or there is no memory for it: this instance is not used again.
    look.isBroken = true;
    throw failure("media_unknown", error.message);
  } finally {
    giveBack(look);
  }
};

/** The lists of files in a request, in the validator's order, and the kinds that belong there. */
const LISTS = { urls: "image", videoUrls: "video", audioUrls: "audio video" };
const MAX_PROBES = 4;

export const checkMedia = async (request, options) => {
  const { concurrency = MAX_PROBES, ...given } = checkOptions(options, ["concurrency", "fetch", "signal"]);
  if (!(concurrency >= 1)) throw misuse("concurrency must be a number from 1 up.");
  const files = filesOf(request);
  /** Facts or errors, by URL. The validator sees nothing in an error. */
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
    const { kind, message = `It is of another kind (${kind}).` } = found[url];
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

/** Whether the validator names a problem at this path before those of a file. */
const isBefore = ([root, field, place], list, index) => {
  const order = ["prompt", ...Object.keys(LISTS)];
  if (root !== "inputs") return !root || root === "model";
  if (field === list) return !(place > index);
  return order.includes(field) && order.indexOf(field) < order.indexOf(list);
};

/** The files that can be looked at: not those that only the service can read, and not what the validator refuses anyway. */
const filesOf = request => {
  const files = [];
  try {
    const { issues } = validateRequest(request);
    for (const list of Object.keys(LISTS)) {
      // No more than the service takes.
      request.inputs[list]?.slice(0, 12).forEach((url, index) => {
        const isRefused = issues.some(({ path, code }) => path[1] === list && path[2] === index && /url/.test(code));
        if (/^\s*https?:/i.test(url) && !isRefused) files.push({ list, index, url });
      });
    }
  } catch {
    // Nothing that can be read: the validator says so.
  }
  return files;
};
