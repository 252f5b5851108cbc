//! Makes `sd2-client/gateway`: what the server half decides, as WebAssembly of its own, and the JavaScript around it.

use crate::command::{cargo, npm_program, root, run, step};
use crate::inline;
use crate::package::{BUILD_STD, RUSTFLAGS, WASM_OPT};
use anyhow::{Context, Result};
use std::fs;
use std::path::Path;

/// The entries: the file, and where its WebAssembly comes from.
const ENTRIES: [(&str, &str); 3] = [
    ("gateway", "inline"),
    ("gateway-workerd", "gateway-workerd"),
    ("gateway-edge-light", "gateway-edge-light"),
];

/// Compiles the crate in `gateway/` and bundles its entries. `target` has the standard library of the client's module.
pub fn build(target: &Path) -> Result<()> {
    step("Compiling the gateway to WebAssembly");
    run(cargo()
        .args(["rustc", "--quiet", "--release", "--lib", "--package", "sd2-gateway"])
        .args(["--crate-type", "cdylib", "--target", "wasm32-unknown-unknown"])
        .args(BUILD_STD)
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", RUSTFLAGS)
        .env("CARGO_TARGET_DIR", target))?;
    let dist = root().join("dist");
    let wasm = dist.join("gateway.wasm");
    run(npm_program("wasm-opt")
        .args(WASM_OPT)
        .arg(target.join("wasm32-unknown-unknown/release/sd2_gateway.wasm"))
        .arg("-o")
        .arg(&wasm))?;
    let bytes = fs::read(&wasm)?;
    for (entry, module) in ENTRIES {
        run(npm_program("esbuild").args([
            "js/gateway/index.js",
            "--bundle",
            "--format=esm",
            "--platform=neutral",
            "--target=es2022",
            "--charset=utf8",
            "--legal-comments=none",
            "--log-level=warning",
            "--external:./gateway.wasm*",
            &format!("--alias:sd2-client-module=./js/module/{module}.js"),
            "--alias:sd2-client-inlined=./target/glue/inlined.js",
            &format!("--outfile=dist/{entry}.js"),
        ]))?;
        let bundle = dist.join(format!("{entry}.js"));
        let mut text = fs::read_to_string(&bundle)?;
        inline::fill(&mut text, &mut String::new(), &bytes);
        fs::write(bundle, text)?;
    }
    let types = "gateway.d.ts";
    fs::copy(root().join("js").join(types), dist.join(types)).context(types)?;
    Ok(())
}
