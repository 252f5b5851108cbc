// The tests of gateway.test.mjs, over PostgreSQL.
import { test } from "node:test";
import { withoutPostgres } from "../../support/databases.mjs";

if (withoutPostgres) {
  test("the gateway over PostgreSQL", { skip: withoutPostgres });
} else {
  process.env.LEDGER = "postgres";
  await import("./gateway.test.mjs");
}
