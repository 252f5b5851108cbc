// The gateway in Deno: deno add npm:sd2-client, then SD2_API_KEY=… deno run --allow-env --allow-net --allow-read --allow-write server.ts
import { createGateway, folderUploads } from "sd2-client/gateway";

const gateway = createGateway({
  apiKey: Deno.env.get("SD2_API_KEY") ?? "",
  baseUrl: Deno.env.get("SD2_BASE_URL"),
  authorize(request) {
    // Put your session's user in place of this header.
    const user = request.headers.get("x-user");
    return user ? { user, budget: { credits: 2000, per: "day" }, limits: { running: 1 } } : null;
  },
  uploads: { store: folderUploads("uploads") },
});
gateway.start();

Deno.serve({ port: Number(Deno.env.get("PORT") ?? 3000), hostname: "127.0.0.1" }, request => gateway.fetch(request));
Deno.addSignalListener("SIGTERM", async () => {
  // Let the requests in flight be recorded before the process ends.
  await gateway.stop();
  Deno.exit();
});
