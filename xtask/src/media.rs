//! Builds `sd2-client/media`. Its module needs no generated bindings, because it shares only memory with JavaScript.

use crate::command::{cargo, npm_program, root, run};
use crate::package::{BUILD_STD, RUSTFLAGS, WASM_OPT, finish};
use anyhow::{Context, Result, ensure};
use std::fs;
use std::path::Path;

/// For each entry: its name, the module that loads the WebAssembly, and the default entry that it imports.
const ENTRIES: [(&str, &str, &str); 3] = [
    ("media", "inline", "index"),
    ("media-workerd", "media-workerd", "workerd"),
    ("media-edge-light", "media-edge-light", "edge-light"),
];

/// Compiles the crate `media/` and bundles its entries.
pub fn build(target: &Path) -> Result<()> {
    run(cargo()
        .args(["build", "--release", "--lib", "--package", "sd2-media"])
        .args(["--target", "wasm32-unknown-unknown"])
        .args(BUILD_STD)
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", RUSTFLAGS)
        .env("CARGO_TARGET_DIR", target))?;
    let dist = root().join("dist");
    let wasm = dist.join("media.wasm");
    run(npm_program("wasm-opt")
        .args(WASM_OPT)
        .arg(target.join("wasm32-unknown-unknown/release/sd2_media.wasm"))
        .arg("-o")
        .arg(&wasm))?;
    let bytes = fs::read(&wasm)?;
    for (entry, module, beside) in ENTRIES {
        let bundle = dist.join(format!("{entry}.js"));
        run(npm_program("esbuild").args([
            "js/media.js",
            "--bundle",
            "--minify",
            "--format=esm",
            "--platform=neutral",
            "--target=es2022",
            // Node prints the whole line that throws.
            "--line-limit=200",
            "--charset=utf8",
            "--legal-comments=none",
            "--sourcemap",
            "--log-level=warning",
            "--external:./media.wasm*",
            // It contains the validator and Sd2Error, and most programs import it anyway.
            "--external:./js/index.js",
            &format!("--alias:sd2-client-module=./js/module/{module}.js"),
            "--alias:sd2-client-inlined=./target/glue/inlined.js",
            &format!("--outfile={}", bundle.display()),
        ]))?;
        let text = fs::read_to_string(&bundle)?;
        ensure!(
            text.contains("\"../js/index.js\""),
            "{entry}.js does not import the default entry."
        );
        fs::write(
            &bundle,
            text.replace("\"../js/index.js\"", &format!("\"./{beside}.js\"")),
        )?;
        finish(&bundle, &bytes)?;
    }
    fs::copy(root().join("js/media.d.ts"), dist.join("media.d.ts")).context("media.d.ts")?;
    Ok(())
}
