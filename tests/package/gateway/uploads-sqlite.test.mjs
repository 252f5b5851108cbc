// The tests of uploads.test.mjs, with SQLite.
import { test } from "node:test";
import { withoutSqlite } from "../../support/databases.mjs";

if (withoutSqlite) {
  test("uploads with SQLite", { skip: withoutSqlite });
} else {
  process.env.LEDGER = "sqlite";
  await import("./uploads.test.mjs");
}
