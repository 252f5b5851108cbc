// The gateway in Express: npm install express sd2-client, then SD2_API_KEY=… node server.mjs
import express from "express";
import { createGateway, folderUploads, toNodeHandler } from "sd2-client/gateway";

const gateway = createGateway({
  apiKey: process.env.SD2_API_KEY,
  baseUrl: process.env.SD2_BASE_URL,
  authorize(request) {
    // Put your session's user in place of this header.
    const user = request.headers.get("x-user");
    return user && { user, budget: { credits: 2000, per: "day" }, limits: { running: 1 } };
  },
  // Your users' photos and clips; see docs/uploads.md for other places than a folder.
  uploads: { store: folderUploads("uploads") },
});
gateway.start();

const app = express();
app.use(express.json());
app.use("/api/sd2", toNodeHandler(gateway));
const server = app.listen(Number(process.env.PORT ?? 3000), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}`);
});
process.once("SIGTERM", async () => {
  server.close();
  // Let the requests in flight be recorded before the process ends.
  await gateway.stop();
  process.exit();
});
