// The gateway in Next.js: a route handler. Where a process lives on (`next start`), `start` lets it work between requests.
import { createGateway, folderUploads } from "sd2-client/gateway";

const gateway = createGateway({
  // Read when it is needed: a build has no key.
  apiKey: () => process.env.SD2_API_KEY,
  baseUrl: process.env.SD2_BASE_URL,
  authorize(request) {
    // Put your session's user in place of this cookie.
    const user = /(?:^|; )user=(\w+)/.exec(request.headers.get("cookie") ?? "")?.[1];
    return user && { user, budget: { credits: 2000, per: "day" }, limits: { running: 1 } };
  },
  uploads: { store: folderUploads("uploads") },
});
if (process.env.NEXT_PHASE !== "phase-production-build") gateway.start();

export const dynamic = "force-dynamic";
export const GET = request => gateway.fetch(request);
export const POST = GET;
export const DELETE = GET;
// For pages of other sites, if you set `origins`. Next.js would answer this itself, and allow none.
export const OPTIONS = GET;
