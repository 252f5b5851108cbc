import { program } from "../../program.js";

export default async function Page({ searchParams }) {
  const { api } = await searchParams;
  return <pre id="told">{JSON.stringify(await program(api))}</pre>;
}
