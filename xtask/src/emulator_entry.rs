//! Builds `sd2-client/emulator`: the emulated service as a WebAssembly module of its own.

use crate::command::{cargo, npm_program, output, root, run, step};
use crate::inline;
use crate::package::{BUILD_STD, RUSTFLAGS};
use anyhow::{Context, Result};
use std::fs;
use std::path::Path;

/// The features of Node 20, as for the client's module. Only tests load this module, so its size matters less.
const WASM_OPT: [&str; 11] = [
    "-Oz",
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-reference-types",
    "--enable-sign-ext",
    "--enable-nontrapping-float-to-int",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--strip-debug",
    "--strip-producers",
    "--strip-target-features",
];

/// Compiles the crate and writes two entries: for Workers, which load a file, and for all other platforms. `target` contains the
/// standard library that was built for the client's module.
pub fn build(target: &Path) -> Result<()> {
    step("Compiling the emulator to WebAssembly");
    run(cargo()
        .args(["rustc", "--quiet", "--release", "--lib", "--package", "emulator"])
        .args(["--crate-type", "cdylib", "--target", "wasm32-unknown-unknown"])
        .args(BUILD_STD)
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", RUSTFLAGS)
        .env("CARGO_TARGET_DIR", target))?;
    let dist = root().join("dist");
    let wasm = dist.join("emulator.wasm");
    output(
        npm_program("wasm-opt")
            .args(WASM_OPT)
            .arg(target.join("wasm32-unknown-unknown/release/emulator.wasm"))
            .arg("-o")
            .arg(&wasm),
    )?;
    let bytes = fs::read(&wasm)?;
    for (entry, module) in [("emulator", "inline"), ("emulator-workerd", "emulator-workerd")] {
        run(npm_program("esbuild").args([
            "js/emulator.js",
            "--bundle",
            "--format=esm",
            "--platform=neutral",
            "--target=es2022",
            "--charset=utf8",
            "--legal-comments=none",
            "--log-level=warning",
            "--external:./emulator.wasm",
            &format!("--alias:sd2-client-module=./js/module/{module}.js"),
            "--alias:sd2-client-inlined=./target/glue/inlined.js",
            &format!("--outfile=dist/{entry}.js"),
        ]))?;
        let bundle = dist.join(format!("{entry}.js"));
        let mut text = fs::read_to_string(&bundle)?;
        inline::fill(&mut text, &mut String::new(), &bytes);
        fs::write(bundle, text)?;
    }
    let types = "emulator.d.ts";
    fs::copy(root().join("js").join(types), dist.join(types)).context(types)?;
    Ok(())
}
