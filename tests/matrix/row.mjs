// A row of the matrix: a tool or platform with which the package must work, and how to try it.
import assert from "node:assert/strict";
import { check } from "../support/program.mjs";

/** The reason why a row cannot run on this machine. It counts as neither passed nor failed. */
export class CannotRun extends Error {}

/** Checks the facts about the emulator's file from every kind of source. */
export const checkFiles = text => {
  const line = text.trim().split("\n").at(-1);
  assert.match(line, /^\{/, `The program printed no result:\n${text}`);
  const { told, refused, valid, codes } = JSON.parse(line);
  for (const { kind, mimeType, width, height } of told) {
    assert.deepEqual([kind, mimeType, width > 0, height > 0], ["video", "video/mp4", true, true]);
  }
  assert.deepEqual([told.length, refused, valid, codes], [6, ["media_status", 404], true, ["unprobed"]]);
};

/** Checks the report of the program. */
export const checkReport = told => {
  if (typeof told === "string") {
    const line = told.trim().split("\n").at(-1);
    assert.match(line, /^\{/, `The program printed no result:\n${told}`);
    told = JSON.parse(line);
  }
  assert.equal(told.failed, undefined, told.failed);
  check(told);
};
