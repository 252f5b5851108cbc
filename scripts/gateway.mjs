// A gateway in a Worker, as `npm start` has it: node scripts/gateway.mjs PROJECT SERVICE, where the package is installed in the folder
// PROJECT, and SERVICE is the emulator's origin, whose page may use the gateway. It ends when its stdin ends.
import { basename, resolve } from "node:path";
import { createServer } from "node:net";
import { build } from "esbuild";
import { Miniflare } from "miniflare";

const [project, service] = process.argv.slice(2);
/** Where the gateway is, unless somebody else is there. */
const PORT = 8788;

/** The port, or a free one in its place. */
const freePort = port =>
  new Promise((done, failed) => {
    const server = createServer();
    server.on("error", error => (port ? done(freePort(0)) : failed(error)));
    server.listen(port, "127.0.0.1", () => {
      const found = server.address().port;
      server.close(() => done(found));
    });
  });

const port = await freePort(PORT);
const origin = `http://127.0.0.1:${port}`;

// Whoever can reach this machine's own address is the one user: there is nothing to sign in to. Another name in the Host header would be
// that of a strange page whose name resolves to this machine.
const source = `
  import { createGateway } from "sd2-client/gateway/cloudflare";
  const gateway = createGateway({
    binding: "SD2",
    apiKey: env => env.SD2_API_KEY,
    baseUrl: ${JSON.stringify(`${service}/api/v1`)},
    authorize: ({ url }) =>
      ["127.0.0.1", "localhost"].includes(new URL(url).hostname) && { user: "you", budget: { credits: 2000, per: "day" } },
    origins: [${JSON.stringify(service)}],
    uploads: { bucket: env => env.UPLOADS },
    callbacks: { origin: ${JSON.stringify(origin)}, secret: ${JSON.stringify(crypto.randomUUID())} },
  });
  export class Sd2Gateway extends gateway.DurableObject {}
  export default { fetch: gateway.fetch };`;

const { outputFiles } = await build({
  stdin: { contents: source, resolveDir: resolve(project) },
  outdir: resolve(project, "gateway"),
  bundle: true,
  write: false,
  format: "esm",
  conditions: ["workerd", "worker", "browser"],
  loader: { ".wasm": "copy" },
  external: ["cloudflare:*"],
});
const modules = outputFiles.map(({ path, contents }) => ({
  type: path.endsWith(".wasm") ? "CompiledWasm" : "ESModule",
  path: basename(path),
  contents,
}));

const worker = new Miniflare({
  port,
  host: "127.0.0.1",
  modulesRoot: "/",
  modules: modules.sort((a, b) => (a.type < b.type ? 1 : -1)),
  compatibilityDate: "2026-04-01",
  durableObjects: { SD2: { className: "Sd2Gateway", useSQLite: true } },
  r2Buckets: ["UPLOADS"],
  bindings: { SD2_API_KEY: process.env.SD2_API_KEY ?? "sandbox-key" },
});
await worker.ready;
console.log(`gateway listening on ${origin}/api/sd2`);
process.stdin.on("end", async () => {
  await worker.dispose();
  process.exit();
});
process.stdin.resume();
