//! Builds `sd2-client/ai-sdk`. It imports `sd2-client` by name, so that a user's bundler chooses the right entry.

use crate::command::{npm_program, root, run};
use anyhow::{Context, Result};
use std::fs;

/// Bundles the entry and copies its types.
pub fn build() -> Result<()> {
    run(npm_program("esbuild").args([
        "js/ai-sdk.js",
        "--bundle",
        "--minify",
        "--format=esm",
        "--platform=neutral",
        "--target=es2022",
        // Node prints the whole line that throws.
        "--line-limit=160",
        "--legal-comments=none",
        "--sourcemap",
        "--log-level=warning",
        "--external:sd2-client",
        "--outfile=dist/ai-sdk.js",
    ]))?;
    fs::copy(root().join("js/ai-sdk.d.ts"), root().join("dist/ai-sdk.d.ts")).context("ai-sdk.d.ts")?;
    Ok(())
}
