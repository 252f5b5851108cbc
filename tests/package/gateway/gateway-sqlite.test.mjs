// The tests of gateway.test.mjs, over SQLite.
import { test } from "node:test";
import { withoutSqlite } from "../../support/databases.mjs";

if (withoutSqlite) {
  test("the gateway over SQLite", { skip: withoutSqlite });
} else {
  process.env.LEDGER = "sqlite";
  await import("./gateway.test.mjs");
}
