// A Worker: the request names the service.
import { files } from "./files.js";
import { program } from "./program.js";

export default {
  async fetch(request) {
    try {
      const { pathname, searchParams } = new URL(request.url);
      return Response.json(await (pathname === "/media" ? files : program)(searchParams.get("api")));
    } catch (error) {
      return new Response(`${error} ${error?.code} ${error?.stack}`, { status: 500 });
    }
  },
};
