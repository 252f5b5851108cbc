// Programs that must compile with the types of a browser.
import { init, Sd2Client, type Fetch } from "sd2-client";

export const global: Fetch = fetch;
export const clients = [
  new Sd2Client({ apiKey: "key", fetch }),
  new Sd2Client({ apiKey: "key", headers: new Headers({ "x-tenant": "a" }) }),
  new Sd2Client({ apiKey: "key", fetch: (url, init) => fetch(url, init) }),
  new Sd2Client({ apiKey: "key", fetch: (url, init) => fetch(new Request(url, { ...init, keepalive: true })) }),
  new Sd2Client({ apiKey: "key", fetch: async () => new Response("{}", { headers: { "retry-after": "1" } }) }),
  new Sd2Client({ apiKey: "key", fetch: async (_, init) => (init.signal.throwIfAborted(), Response.json({})) }),
];

export const calls = (client: Sd2Client, controller: AbortController) => [
  client.getCredits({ signal: controller.signal }),
  client.queryTask("task", { signal: AbortSignal.any([controller.signal, AbortSignal.timeout(1_000)]) }),
];

export const ready = [
  init(new URL("https://example.com/sd2_client.wasm")),
  init(fetch("/sd2_client.wasm")),
  init(new Response()),
  init(new WebAssembly.Module(new Uint8Array(8))),
  init(WebAssembly.compile(new Uint8Array(8))),
];
