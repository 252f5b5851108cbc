// A process of a gateway that shares its database with others. Arguments: the kind and the place of the database, the base URL of the
// service, and the origin of callbacks.
import { createServer } from "node:http";
import { openPostgres, openSqlite } from "../support/databases.mjs";
import { load } from "../support/project.mjs";

const { createGateway, sqlLedger, toNodeHandler } = await load("sd2-client/gateway");
const [kind, place, baseUrl, origin] = process.argv.slice(2);
const { run } = kind === "sqlite" ? openSqlite(place) : openPostgres(place);

const gateway = createGateway({
  apiKey: "sandbox-key",
  baseUrl,
  ledger: sqlLedger(run),
  authorize: request => ({
    user: request.headers.get("authorization"),
    limits: { queued: 1_000, createsPerMinute: 100_000 },
  }),
  callbacks: { origin, secret: "a secret of all the processes" },
});
gateway.start();
const server = createServer(toNodeHandler(gateway)).listen(0, "127.0.0.1", () => {
  console.log(server.address().port);
});
process.on("SIGTERM", async () => {
  server.close();
  await gateway.stop();
  process.exit(0);
});
