// What tests/package/gateway.test.mjs says, over SQLite.
import { test } from "node:test";
import { withoutSqlite } from "./databases.mjs";

if (withoutSqlite) {
  test("the gateway over SQLite", { skip: withoutSqlite });
} else {
  process.env.LEDGER = "sqlite";
  await import("./gateway.test.mjs");
}
