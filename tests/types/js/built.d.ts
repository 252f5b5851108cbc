// What xtask writes or chooses when it builds.
declare module "sd2-client-*";
declare module "*.wasm";
declare module "*.wasm?module";
