// Modules that the build provides.
declare module "sd2-client-*";
declare module "*.wasm";
declare module "*.wasm?module";
declare module "cloudflare:workers";

// The build appends this variable to bundles. See xtask/src/inline.rs.
declare const sd2_client_inlined: [text: string, shift: number];

// Only in Cloudflare Workers: js/gateway/durable-object.js uses it.
declare const WebSocketPair: new () => { 0: WebSocket; 1: WebSocket & { serializeAttachment(value: unknown): void } };
