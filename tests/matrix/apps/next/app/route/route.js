import { program } from "../../program.js";

export async function GET(request) {
  return Response.json(await program(new URL(request.url).searchParams.get("api")));
}
