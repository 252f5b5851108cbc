// Files to upload, and a place for their bytes.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "./project.mjs";

export const fixture = name => new Uint8Array(readFileSync(join(root, "tests/fixtures/media", name)));

/** As the client takes it, without the platform's threads: no virtual time passes in them. */
export const fileOf = bytes => ({
  size: bytes.length,
  slice: (from, to) => ({ arrayBuffer: async () => bytes.slice(from, to).buffer }),
});

/** A photo with so many bytes: what follows its end is not looked at. */
export const photo = size => {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 4_096) bytes[at] = at / 4_096;
  bytes.set(fixture("jpg-baseline.jpg"));
  return bytes;
};

/** A sound of so many seconds. */
export const sound = seconds => {
  const bytes = new Uint8Array(44 + seconds * 1_000);
  const view = new DataView(bytes.buffer);
  const write = (at, text) => bytes.set(new TextEncoder().encode(text), at);
  write(0, "RIFF");
  view.setUint32(4, bytes.length - 8, true);
  write(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  // PCM, one channel, 1000 bytes a second, 8 bits.
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, 1_000, true);
  view.setUint32(28, 1_000, true);
  view.setUint16(32, 1, true);
  view.setUint16(34, 8, true);
  write(36, "data");
  view.setUint32(40, seconds * 1_000, true);
  return bytes;
};

/** A video that says what it is only at its end, after so many other bytes. */
export const lateVideo = size => {
  const video = fixture("mp4-moovend.mp4");
  const view = new DataView(video.buffer);
  const begin = view.getUint32(0);
  const free = new Uint8Array(size);
  new DataView(free.buffer).setUint32(0, size);
  free.set(new TextEncoder().encode("free"), 4);
  return Uint8Array.from([...video.subarray(0, begin), ...free, ...video.subarray(begin)]);
};

/** A place in memory for the bytes of uploads, with how many there are. */
export const memoryStore = () => {
  const names = new Map();
  return {
    names,
    put: async (name, bytes) => names.set(name, Uint8Array.from(bytes)),
    get: async name => names.get(name),
    delete: async name => names.delete(name),
  };
};
