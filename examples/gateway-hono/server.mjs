// The gateway in Hono, with its jobs in SQLite: npm install hono @hono/node-server better-sqlite3 sd2-client, then SD2_API_KEY=… node server.mjs
import { serve } from "@hono/node-server";
import Database from "better-sqlite3";
import { Hono } from "hono";
import { createGateway, folderUploads, sqlLedger } from "sd2-client/gateway";

const database = new Database(process.env.DATABASE ?? "jobs.sqlite", { timeout: 10_000 });
database.pragma("journal_mode = WAL");
const run = (sql, values) => {
  const statement = database.prepare(sql);
  return statement.reader ? statement.all(values) : void statement.run(values);
};

const gateway = createGateway({
  apiKey: process.env.SD2_API_KEY,
  baseUrl: process.env.SD2_BASE_URL,
  ledger: sqlLedger(run),
  authorize(request) {
    // Put your session's user in place of this header.
    const user = request.headers.get("x-user");
    return user && { user, budget: { credits: 2000, per: "day" } };
  },
  uploads: { store: folderUploads("uploads") },
});
gateway.start();

const app = new Hono();
app.all("/api/sd2/*", context => gateway.fetch(context.req.raw));
serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000), hostname: "127.0.0.1" }, ({ port }) => {
  console.log(`http://127.0.0.1:${port}`);
});
process.once("SIGTERM", async () => {
  await gateway.stop();
  process.exit();
});
