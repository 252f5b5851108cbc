// Probes files by URL, and compares accuracy, requests, bytes and time with other libraries on the same files: the project's fixtures,
// or those of `--folder DIR`, which needs a truth.json or `--truth FILE`.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { imageSize } from "image-size";
import { ALL_FORMATS, Input, UrlSource } from "mediabunny";
import { parseWebStream } from "music-metadata";
import { probeMedia } from "../dist/media.js";

const { values: given } = parseArgs({
  options: {
    folder: { type: "string", default: fileURLToPath(new URL("../tests/fixtures/media", import.meta.url)) },
    truth: { type: "string" },
  },
  allowPositionals: true,
});

/** Normalizes an entry of a truth.json: that of tests/fixtures/media, or one with the raw output of ffprobe and ImageMagick. */
const normal = raw => {
  if (raw.kind) return raw;
  const { expect = {}, ff_d, dec_d, ff_w, ff_h, im_w, im_h } = raw;
  if (expect.unknown || expect.unsupported || expect.any) return {};
  if (!expect.d && (im_w || (expect.w && !ff_d)))
    return { kind: "image", width: expect.w ?? im_w, height: expect.h ?? im_h };
  const seconds = expect.d ? [expect.d] : [ff_d, dec_d].filter(Boolean);
  return seconds.length
    ? { kind: ff_w ? "video" : "audio", width: expect.w ?? ff_w, height: expect.h ?? ff_h, seconds }
    : {};
};

const truth = Object.entries(JSON.parse(readFileSync(given.truth ?? join(given.folder, "truth.json"), "utf8")));
const known =
  /\.(jpe?g|png|gif|webp|avif|heic|bmp|tiff?|mp4|mov|m4[av]|3gp|webm|mk[va]|avi|mp[23]|aac|wav|w64|aiff|og[gav]|opus|spx|flac)$/;
const files = truth
  .map(([name, raw]) => ({ name, ...normal(raw), bytes: readFileSync(join(given.folder, name)) }))
  .filter(({ kind, name }) => kind && known.test(name));

// A large clip like that of a camera, with its moov box at the end.
const clip = files.find(({ name }) => name === "mp4-moovend.mp4");
if (clip) {
  const at = clip.bytes.indexOf("mdat") - 4;
  const filler = Buffer.alloc(20 << 20);
  filler.writeUInt32BE(filler.length, 0);
  filler.write("free", 4);
  files.push({
    ...clip,
    name: "20 MB, moov box at the end",
    bytes: Buffer.concat([clip.bytes.subarray(0, at), filler, clip.bytes.subarray(at)]),
  });
}

let requests = 0;
let sent = 0;
const server = createServer((request, response) => {
  requests++;
  const { bytes } = files[Number(request.url.slice(1))];
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? "") ?? [];
  const part = from ? bytes.subarray(Number(from), to ? Number(to) + 1 : undefined) : bytes;
  const headers = { "accept-ranges": "bytes", "content-length": part.length };
  if (from && Number(from) >= bytes.length)
    return response.writeHead(416, { "content-range": `bytes */${bytes.length}` }).end();
  if (from) headers["content-range"] = `bytes ${from}-${Number(from) + part.length - 1}/${bytes.length}`;
  response.writeHead(from ? 206 : 200, headers);
  // In pieces, so that a client can stop when it has enough.
  const write = at => {
    if (response.destroyed) return;
    const piece = part.subarray(at, at + 65_536);
    sent += piece.length;
    if (at + piece.length === part.length) response.end(piece);
    else if (response.write(piece)) setImmediate(write, at + piece.length);
    else response.once("drain", () => write(at + piece.length));
  };
  write(0);
});
await new Promise(done => server.listen(0, "127.0.0.1", done));
const url = index => `http://127.0.0.1:${server.address().port}/${index}`;

const tools = {
  "sd2-client/media": async address => {
    const { width, height, durationSeconds } = await probeMedia(address);
    return { width, height, seconds: durationSeconds };
  },
  mediabunny: async (address, { kind }) => {
    if (kind === "image") return;
    const input = new Input({ source: new UrlSource(address), formats: ALL_FORMATS });
    try {
      const track = await input.getPrimaryVideoTrack();
      const size = track && {
        width: await (track.getDisplayWidth?.() ?? track.displayWidth),
        height: await (track.getDisplayHeight?.() ?? track.displayHeight),
      };
      return { ...size, seconds: await input.computeDuration() };
    } finally {
      input.dispose?.();
    }
  },
  "music-metadata": async (address, { kind, bytes }) => {
    if (kind === "image") return;
    const response = await fetch(address);
    const { format } = await parseWebStream(
      response.body,
      { size: bytes.length },
      { duration: true, skipCovers: true },
    );
    return { seconds: format.duration };
  },
  "image-size": async (address, { kind }) => {
    if (kind !== "image") return;
    // It cannot read URLs, so it gets the whole file.
    const { width, height, orientation } = imageSize(new Uint8Array(await (await fetch(address)).arrayBuffer()));
    return orientation >= 5 ? { width: height, height: width } : { width, height };
  },
};

const isNear = (seconds, truths) => truths.some(is => Math.abs(seconds - is) <= Math.max(0.06, 0.004 * is));
const isRight = (told, { kind, width, height, seconds }, hasSizes) =>
  kind === "image"
    ? told.width === width && told.height === height
    : isNear(told.seconds, seconds) &&
      (kind === "audio" || !hasSizes || (told.width === width && told.height === height));

const quietly = console.error;
console.error = console.warn = () => {};
const rows = [];
const misses = [];
for (const [tool, probe] of Object.entries(tools)) {
  const row = { tool, images: [0, 0], clips: [0, 0], requests: 0, most: 0, bytes: 0, ms: 0, files: 0 };
  for (const [index, file] of files.entries()) {
    requests = sent = 0;
    const began = performance.now();
    let timer;
    const told = await Promise.race([
      probe(url(index), file).catch(error => ({ error: error.message })),
      new Promise(done => (timer = setTimeout(done, 10_000, { error: "no answer in 10 s" }))),
    ]);
    clearTimeout(timer);
    if (!told) continue;
    const count = file.kind === "image" ? row.images : row.clips;
    count[1]++;
    if (isRight(told, file, tool !== "music-metadata")) count[0]++;
    else if (tool === "sd2-client/media") misses.push(`${file.name}: ${JSON.stringify(told)}`);
    row.ms += performance.now() - began;
    row.requests += requests;
    row.most = Math.max(row.most, requests);
    row.bytes += sent;
    row.files++;
  }
  rows.push(row);
}
console.error = quietly;
server.closeAllConnections();
server.close();

const total = files.reduce((sum, { bytes }) => sum + bytes.length, 0);
console.log(
  `\n${files.length} files, ${(total / 1e6).toFixed(1)} MB; right within 0.06 s or 0.4 %, and in width and height`,
);
console.log(
  `${"".padEnd(18)}${["images", "clips", "requests", "most", "kB/file", "ms/file"].map(word => word.padStart(12)).join("")}`,
);
for (const { tool, images, clips, files, ...row } of rows) {
  const share = ([right, all]) => (all ? `${right} of ${all}` : "–");
  const cells = [
    share(images),
    share(clips),
    (row.requests / files).toFixed(2),
    row.most,
    (row.bytes / files / 1000).toFixed(1),
    (row.ms / files).toFixed(2),
  ];
  console.log(tool.padEnd(18) + cells.map(cell => String(cell).padStart(12)).join(""));
}
for (const miss of misses) console.log(`  missed: ${miss}`);
process.exit();
