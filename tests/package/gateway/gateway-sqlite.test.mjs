// The tests of gateway.test.mjs, with SQLite.
import { test } from "node:test";
import { withoutSqlite } from "../../support/databases.mjs";

if (withoutSqlite) {
  test("the gateway with SQLite", { skip: withoutSqlite });
} else {
  process.env.LEDGER = "sqlite";
  await import("./gateway.test.mjs");
}
