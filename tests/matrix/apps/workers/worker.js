// A Worker: the request names the service.
import { program } from "./program.js";

export default {
  async fetch(request) {
    try {
      return Response.json(await program(new URL(request.url).searchParams.get("api")));
    } catch (error) {
      return new Response(`${error} ${error?.code} ${error?.stack}`, { status: 500 });
    }
  },
};
