// The tests of gateway.test.mjs, with PostgreSQL.
import { test } from "node:test";
import { withoutPostgres } from "../../support/databases.mjs";

if (withoutPostgres) {
  test("the gateway with PostgreSQL", { skip: withoutPostgres });
} else {
  process.env.LEDGER = "postgres";
  await import("./gateway.test.mjs");
}
