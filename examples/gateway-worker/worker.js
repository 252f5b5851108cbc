// The gateway on Cloudflare Workers, with a page: npm install sd2-client wrangler, then npx wrangler dev (wrangler.jsonc has the rest).
import { createGateway } from "sd2-client/gateway/cloudflare";

const gateway = createGateway({
  binding: "SD2",
  apiKey: env => env.SD2_API_KEY,
  baseUrl: env => env.SD2_BASE_URL,
  authorize(request) {
    // Put your session in place of this cookie, which anybody can write.
    const [, user] = /(?:^|; )user=([^;]+)/.exec(request.headers.get("cookie")) ?? [];
    return user && { user, budget: { credits: 2000, per: "day" }, limits: { running: 1 } };
  },
  uploads: { bucket: env => env.UPLOADS },
});

export class Sd2Gateway extends gateway.DurableObject {}

export default {
  async fetch(request, env, ctx) {
    if (new URL(request.url).pathname !== "/sign-in") return gateway.fetch(request, env, ctx);
    const name = encodeURIComponent(await request.text());
    return new Response("", { headers: { "set-cookie": `user=${name}; HttpOnly; SameSite=Lax; Path=/` } });
  },
};
