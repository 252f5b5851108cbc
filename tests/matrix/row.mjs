// One row of the matrix: a place where the package must work, and how that is tried.
import assert from "node:assert/strict";
import { check } from "../package/program.mjs";

/** Why a row cannot run on this machine. It is named in the table, and is neither green nor red. */
export class CannotRun extends Error {}

/** Holds what the program told against what it must tell. */
export const hold = (told) => {
  if (typeof told === "string") {
    const line = told.trim().split("\n").at(-1);
    assert.match(line, /^\{/, `The program printed no result:\n${told}`);
    told = JSON.parse(line);
  }
  assert.equal(told.failed, undefined, told.failed);
  check(told);
};
