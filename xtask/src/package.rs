//! Builds `dist/`: the module, its glue, a bundle for each entry, and the types.

use crate::ai_sdk;
use crate::bundle::{MINIFY, bundle_with, copy_files};
use crate::command::{root, step};
use crate::emulator_entry;
use crate::gateway;
use crate::glue;
use crate::inline;
use crate::media;
use crate::module::{SMALLEST, compile, optimize};
use crate::offline;
use crate::prices;
use crate::words;
use anyhow::{Context, Result};
use std::fs;
use std::path::Path;
use wasm_bindgen_cli_support::{Bindgen, EncodeInto};

/// Builds everything in the package.
pub fn build() -> Result<()> {
    let root = root();
    step("Compiling Rust to WebAssembly");
    let made_wasm = compile("sd2-client", &["--features", "small-allocator"])?;

    step("Building the package in dist/");
    let made = root.join("target/glue");
    recreate(&made)?;
    Bindgen::new()
        .input_path(made_wasm)
        .out_name("sd2_client")
        .web(true)?
        .typescript(false)
        .omit_default_module_path(true)
        .encode_into(EncodeInto::Always)
        .generate(&made)?;

    let dist = root.join("dist");
    recreate(&dist)?;
    let wasm = dist.join("sd2_client.wasm");
    let passes = [&SMALLEST[..], &["--minify-imports-and-exports-and-modules"]].concat();
    let names = optimize(&made.join("sd2_client_bg.wasm"), &wasm, &passes)?;
    let generated = fs::read_to_string(made.join("sd2_client.js"))?;
    fs::write(made.join("sd2_client.js"), glue::lean(&generated, &names)?)?;
    fs::write(made.join("decoder.js"), inline::decoder()?)?;
    let bytes = fs::read(&wasm)?;
    // For the tests.
    fs::write(made.join("inlined.js"), inline::variable(&bytes))?;
    fs::write(made.join("words.js"), words::module())?;
    fs::write(made.join("rules.js"), offline::words())?;
    fs::write(made.join("catalog.js"), prices::module())?;
    let entries = [
        ("index", "inline-fast"),
        ("workerd", "workerd"),
        ("edge-light", "edge-light"),
        ("slim", "slim"),
    ];
    let own = [
        "--external:./sd2_client.wasm*",
        "--alias:sd2-client-glue=./target/glue/sd2_client.js",
        "--alias:sd2-client-ask=./js/ask.js",
    ];
    let options = [&MINIFY[..], &own].concat();
    for (entry, loader) in entries {
        bundle_with("js/index.js", entry, loader, &options, &bytes)?;
    }
    copy_files(&["index.d.ts", "sd2_client.wasm.d.ts"])?;
    prices::build()?;
    offline::build()?;
    emulator_entry::build()?;
    media::build()?;
    ai_sdk::build()?;
    gateway::build()?;
    // For CommonJS. Node requires the ES modules themselves (`module-sync`), but TypeScript needs .d.cts files.
    for entry in ["index", "offline", "prices", "emulator", "media", "ai-sdk", "gateway"] {
        let types = fs::read_to_string(dist.join(format!("{entry}.d.ts")))?;
        fs::write(dist.join(format!("{entry}.d.cts")), types.replace(".js\";", ".cjs\";"))?;
    }
    for entry in [
        "index", "slim", "offline", "prices", "emulator", "media", "ai-sdk", "gateway",
    ] {
        let text = format!("module.exports = require(\"./{entry}.js\");\n");
        fs::write(dist.join(format!("{entry}.cjs")), text)?;
    }
    Ok(())
}

fn recreate(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())
}
