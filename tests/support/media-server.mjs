// A server of media files that counts requests and bytes.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { after } from "node:test";
import { root } from "./project.mjs";

/** One of the project's media files. */
export const file = name => readFileSync(join(root, "tests", "fixtures", "media", name));

/** A large MP4 with its moov box at the end. */
export const largeClip = (megabytes = 20) => {
  const clip = file("mp4-moovend.mp4");
  const at = clip.indexOf("mdat") - 4;
  const filler = Buffer.alloc(megabytes << 20);
  filler.writeUInt32BE(filler.length, 0);
  filler.write("free", 4);
  return Buffer.concat([clip.subarray(0, at), filler, clip.subarray(at)]);
};

/**
 * Starts a server, and stops it after the file's tests. If `answer(request, response, bytes)` returns true, it has responded;
 * otherwise the server responds, also to ranges. `seen` has a line for each request, `sent` counts the bytes of bodies.
 */
export const serve = async (files, answer = () => false) => {
  const counts = { seen: [], sent: 0, open: new Set() };
  const server = createServer((request, response) => {
    const { range } = request.headers;
    counts.seen.push(`${request.method} ${range ?? "whole"}`);
    counts.open.add(response);
    response.on("close", () => counts.open.delete(response));
    const { write, end } = response;
    const count = piece => typeof piece !== "function" && (counts.sent += piece?.length ?? 0);
    response.write = (...all) => (count(all[0]), write.apply(response, all));
    response.end = (...all) => (all[0] && count(all[0]), end.apply(response, all));
    const bytes = files[decodeURIComponent(new URL(request.url, "http://localhost").pathname.slice(1))];
    if (answer(request, response, bytes)) return;
    if (!bytes) response.writeHead(404, { "content-type": "text/html" }).end("<html>Not found</html>");
    else byRange(range, response, bytes);
  });
  await new Promise(done => server.listen(0, "127.0.0.1", done));
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { ...counts, counts, url: name => `http://127.0.0.1:${server.address().port}/${name}` };
};

/** Responds like a server with ranges. `hide` leaves out Content-Range. */
export const byRange = (range, response, bytes, { hide = false } = {}) => {
  const [, from, to] = /^bytes=(\d+)-(\d*)$/.exec(range ?? "") ?? [];
  if (from === undefined) return response.writeHead(200, { "content-length": bytes.length }).end(bytes);
  if (Number(from) >= bytes.length) {
    return response.writeHead(416, hide ? {} : { "content-range": `bytes */${bytes.length}` }).end();
  }
  const part = bytes.subarray(Number(from), to ? Number(to) + 1 : bytes.length);
  const where = `bytes ${from}-${Number(from) + part.length - 1}/${bytes.length}`;
  response.writeHead(206, { "content-length": part.length, ...(!hide && { "content-range": where }) }).end(part);
};
