// Workers in workerd, Cloudflare's runtime.
import { basename } from "node:path";
import { after } from "node:test";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { project } from "./project.mjs";
import { SERVICE } from "./snippets.mjs";

/** Bundles a Worker as wrangler does: the same conditions, and .wasm files as compiled modules. */
export const bundle = async entry => {
  const { outputFiles } = await build({
    entryPoints: [entry],
    outdir: `${project}/workerd`,
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    conditions: ["workerd", "worker", "browser"],
    loader: { ".wasm": "copy" },
    external: ["node:*", "cloudflare:*"],
    logLevel: "error",
  });
  return outputFiles
    .map(({ path, contents }) => ({
      type: path.endsWith(".wasm") ? "CompiledWasm" : "ESModule",
      path: basename(path),
      contents,
    }))
    .sort((a, b) => (a.type < b.type ? 1 : -1));
};

/** Starts a Worker; stops it after the file's tests. */
export const startWorker = (modules, compatibilityDate, options = {}) => {
  const worker = new Miniflare({ modulesRoot: "/", modules, compatibilityDate, ...options });
  after(() => worker.dispose());
  return worker;
};

/** An `outboundService` that sends a Worker's requests to the sandbox. `watch` is called with the body of each. */
export const reroute =
  (sandbox, watch = () => undefined) =>
  async request => {
    const body = await request.text();
    watch(body);
    return fetch(request.url.replace(SERVICE, sandbox.url), {
      method: request.method,
      headers: [...request.headers],
      body: body || undefined,
      redirect: "manual",
    });
  };
