// What xtask writes or chooses when it builds.
declare module "sd2-client-*";
declare module "*.wasm";
declare module "*.wasm?module";
declare module "cloudflare:workers";

// Cloudflare's own, in js/gateway/durable-object.js.
declare const WebSocketPair: any;
