//! Builds `dist/`: the module, its glue, a bundle for each entry, and the types.

use crate::ai_sdk;
use crate::command::{cargo, npm_program, output, root, run, step, target};
use crate::emulator_entry;
use crate::gateway;
use crate::glue;
use crate::inline;
use crate::media;
use crate::offline;
use crate::prices;
use crate::words;
use anyhow::{Context, Result};
use serde_json::Value;
use std::fs;
use std::path::Path;
use wasm_bindgen_cli_support::{Bindgen, EncodeInto};

/// Compiles the standard library with the crate, so that a panic is one instruction without formatting. Together these flags
/// save a third of the module. They are unstable, hence `RUSTC_BOOTSTRAP` for this command; the crate itself does not need
/// them.
pub const BUILD_STD: [&str; 2] = ["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"];
/// A stack of 64 kB keeps the addresses of data short. It suffices, because nested values are cut at a depth of 64.
pub const RUSTFLAGS: &str = "-Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none -Zfmt-debug=none \
     -Zmir-opt-level=3 -Cllvm-args=-inline-threshold=30 -Clink-arg=-zstack-size=65536";

/// Passes in an order that was found by trying, the features of Node 20 (`--all-features` would emit more), and what to
/// strip.
pub const WASM_OPT: [&str; 19] = [
    // The low end of the stack, which nothing reaches.
    "--low-memory-unused",
    "--always-inline-max-function-size=4",
    "-Oz",
    "--flatten",
    "--rereloop",
    "-Oz",
    "-Oz",
    "-Oz",
    "--reorder-functions",
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

/// Builds everything in the package.
pub fn build() -> Result<()> {
    let root = root();
    step("Compiling Rust to WebAssembly");
    // Its own folder, because builds with different flags would replace each other.
    let target = target().join("lean");
    run(cargo()
        .args(["build", "--release", "--lib", "--target", "wasm32-unknown-unknown"])
        .args(["--features", "small-allocator"])
        .args(BUILD_STD)
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", RUSTFLAGS)
        .env("CARGO_TARGET_DIR", &target))?;

    step("Building the package in dist/");
    let made = root.join("target/glue");
    recreate(&made)?;
    Bindgen::new()
        .input_path(target.join("wasm32-unknown-unknown/release/sd2_client.wasm"))
        .out_name("sd2_client")
        .web(true)?
        .typescript(false)
        .omit_default_module_path(true)
        .encode_into(EncodeInto::Always)
        .generate(&made)?;

    let dist = root.join("dist");
    recreate(&dist)?;
    let wasm = dist.join("sd2_client.wasm");
    let names = output(
        npm_program("wasm-opt")
            .args(WASM_OPT)
            .arg("--minify-imports-and-exports-and-modules")
            .arg(made.join("sd2_client_bg.wasm"))
            .arg("-o")
            .arg(&wasm),
    )?;
    let generated = fs::read_to_string(made.join("sd2_client.js"))?;
    fs::write(made.join("sd2_client.js"), glue::lean(&generated, &names)?)?;
    let mut inlined = inline::module();
    fs::write(made.join("inlined.js"), &inlined)?;
    fs::write(made.join("decoder.js"), inline::decoder()?)?;
    let bytes = fs::read(&wasm)?;
    // For tests/matrix/rows/inlining.mjs.
    inline::fill(&mut inlined, &mut String::new(), &bytes);
    fs::write(made.join("filled.js"), inlined)?;
    fs::write(made.join("words.js"), words::module())?;
    fs::write(made.join("rules.js"), offline::words())?;
    fs::write(made.join("catalog.js"), prices::module())?;
    let entries = [
        ("index", "inline-fast"),
        ("workerd", "workerd"),
        ("edge-light", "edge-light"),
        ("slim", "slim"),
    ];
    for (entry, module) in entries {
        run(npm_program("esbuild").args([
            "js/index.js",
            "--bundle",
            // For pages without a bundler. The source maps contain the sources.
            "--minify",
            "--format=esm",
            "--platform=neutral",
            "--target=es2022",
            // Node prints the whole line that throws.
            "--line-limit=160",
            "--charset=utf8",
            "--legal-comments=none",
            "--sourcemap",
            "--log-level=warning",
            "--external:./sd2_client.wasm*",
            &format!("--alias:sd2-client-module=./js/module/{module}.js"),
            "--alias:sd2-client-glue=./target/glue/sd2_client.js",
            "--alias:sd2-client-inlined=./target/glue/inlined.js",
            "--alias:sd2-client-decoder=./target/glue/decoder.js",
            "--alias:sd2-client-words=./target/glue/words.js",
            "--alias:sd2-client-rules=./target/glue/rules.js",
            "--alias:sd2-client-catalog=./target/glue/catalog.js",
            "--alias:sd2-client-ask=./js/ask.js",
            &format!("--outfile=dist/{entry}.js"),
        ]))?;
        finish(&dist.join(format!("{entry}.js")), &bytes)?;
    }
    for name in ["index.d.ts", "sd2_client.wasm.d.ts"] {
        fs::copy(root.join("js").join(name), dist.join(name)).context(name)?;
    }
    prices::build()?;
    offline::build()?;
    emulator_entry::build(&target)?;
    media::build(&target)?;
    ai_sdk::build()?;
    gateway::build(&target)?;
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

/// Puts the module into a bundle that inlines it, and removes it from the sources in the source map.
pub fn finish(bundle: &Path, module: &[u8]) -> Result<()> {
    let map_path = bundle.with_extension("js.map");
    let mut text = fs::read_to_string(bundle)?;
    let mut map: Value = serde_json::from_slice(&fs::read(&map_path)?)?;
    if let Some(Value::String(mappings)) = map.get_mut("mappings") {
        inline::fill(&mut text, mappings, module);
    }
    let is_inlined = |source: &Value| source.as_str().is_some_and(|source| source.ends_with("inlined.js"));
    let sources = map.get("sources").and_then(Value::as_array);
    let position = sources.and_then(|sources| sources.iter().position(is_inlined));
    let contents = map.get_mut("sourcesContent").and_then(Value::as_array_mut);
    if let Some(content) = position.and_then(|position| contents?.get_mut(position)) {
        *content = "// The WebAssembly as text, written by xtask/src/inline.rs.\n".into();
    }
    fs::write(bundle, text)?;
    fs::write(&map_path, map.to_string()).with_context(|| map_path.display().to_string())
}

fn recreate(folder: &Path) -> Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder).with_context(|| folder.display().to_string())
}
