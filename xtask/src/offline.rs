//! Builds `sd2-client/offline`, the validator and the prices in a module of their own.

use crate::command::{npm_program, root, run, target};
use crate::package::{BUILD_STD, RUSTFLAGS, WASM_OPT, finish};
use anyhow::{Context, Result};
use sd2_client::rules::{catalog, issue, node, rule};
use serde_json::json;
use std::fs;
use std::path::Path;

/// Compiles the module and bundles an entry for each way to load WebAssembly.
pub fn build() -> Result<()> {
    let dist = root().join("dist");
    let wasm = dist.join("sd2_offline.wasm");
    compile(&wasm)?;
    let bytes = fs::read(&wasm)?;
    for (entry, module) in [
        ("offline", "inline"),
        ("offline-workerd", "workerd"),
        ("offline-edge-light", "edge-light"),
    ] {
        let bundle = dist.join(format!("{entry}.js"));
        run(npm_program("esbuild").args([
            "js/offline/index.js",
            "--bundle",
            "--minify",
            "--format=esm",
            "--platform=neutral",
            "--target=es2022",
            "--line-limit=160",
            "--charset=utf8",
            "--legal-comments=none",
            "--sourcemap",
            "--log-level=warning",
            "--external:./sd2_client.wasm*",
            &format!("--alias:sd2-client-module=./js/module/{module}.js"),
            "--alias:sd2-client-ask=./js/offline/ask.js",
            "--alias:sd2-client-inlined=./target/glue/inlined.js",
            "--alias:sd2-client-rules=./target/glue/rules.js",
            "--alias:sd2-client-catalog=./target/glue/catalog.js",
            &format!("--outfile={}", bundle.display()),
        ]))?;
        finish(&bundle, &bytes)?;
        let text = fs::read_to_string(&bundle)?;
        fs::write(&bundle, text.replace("./sd2_client.wasm", "./sd2_offline.wasm"))?;
    }
    fs::copy(root().join("js/offline.d.ts"), dist.join("offline.d.ts")).context("js/offline.d.ts")?;
    Ok(())
}

/// Compiles with the flags of the client's module, so that both share a standard library.
fn compile(wasm: &Path) -> Result<()> {
    let target = target().join("lean");
    run(crate::command::cargo()
        .args([
            "rustc",
            "--package",
            "sd2-offline",
            "--release",
            "--lib",
            "--crate-type",
            "cdylib",
        ])
        .args(["--target", "wasm32-unknown-unknown"])
        .args(BUILD_STD)
        // The start of the memory for values.
        .args(["--", "-Clink-arg=--export=__heap_base"])
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", RUSTFLAGS)
        .env("CARGO_TARGET_DIR", &target))?;
    run(npm_program("wasm-opt")
        .args(WASM_OPT)
        .arg(target.join("wasm32-unknown-unknown/release/sd2_offline.wasm"))
        .arg("-o")
        .arg(wasm))
}

/// The texts of the rules for JavaScript: one line for each rule. A code is written only before the first of the rules that share
/// it.
pub fn words() -> String {
    let mut last = "";
    let lines: Vec<String> = rule::WORDS
        .iter()
        .map(|words| {
            let code = if words.code == last {
                String::new()
            } else {
                format!("{}|", words.code)
            };
            last = words.code;
            code + words.message
        })
        .collect();
    let modes = [None, Some("text"), Some("image"), Some("keyframe"), Some("reference")];
    debug_assert_eq!(modes.last().copied().flatten(), Some(catalog::Mode::Reference.name()));
    [
        ("ERRORS", json!(rule::ERRORS)),
        ("RULES", json!(lines.join("\n"))),
        ("KINDS", json!(node::Kind::NAMES.join("|"))),
        ("SCHEMES", json!(issue::Scheme::TEXTS)),
        ("MODES", json!(modes)),
    ]
    .iter()
    .map(|(name, value)| format!("export const {name} = {value};\n"))
    .collect()
}
