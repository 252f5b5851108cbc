// For tools that do not read `exports`, as `main` is for the default entry.
export * from "./dist/media.js";
