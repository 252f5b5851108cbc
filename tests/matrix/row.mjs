// One row of the matrix: a place where the package must work, and how that is tried.
import assert from "node:assert/strict";
import { check } from "../package/program.mjs";

/** Why a row cannot run on this machine. It is named in the table, and is neither green nor red. */
export class CannotRun extends Error {}

/** Holds what was told of the emulator's file from every kind of source. */
export const holdFiles = text => {
  const line = text.trim().split("\n").at(-1);
  assert.match(line, /^\{/, `The program printed no result:\n${text}`);
  const { told, refused, valid, codes } = JSON.parse(line);
  for (const { kind, mimeType, width, height } of told) {
    assert.deepEqual([kind, mimeType, width > 0, height > 0], ["video", "video/mp4", true, true]);
  }
  assert.deepEqual([told.length, refused, valid, codes], [6, ["media_status", 404], true, ["unprobed"]]);
};

/** Holds what the program told against what it must tell. */
export const hold = told => {
  if (typeof told === "string") {
    const line = told.trim().split("\n").at(-1);
    assert.match(line, /^\{/, `The program printed no result:\n${told}`);
    told = JSON.parse(line);
  }
  assert.equal(told.failed, undefined, told.failed);
  check(told);
};
