// What tests/package/uploads.test.mjs says, over SQLite.
import { test } from "node:test";
import { withoutSqlite } from "../../support/databases.mjs";

if (withoutSqlite) {
  test("uploads over SQLite", { skip: withoutSqlite });
} else {
  process.env.LEDGER = "sqlite";
  await import("./uploads.test.mjs");
}
