//! Bundles the entries of the package in `dist/`.

use crate::command::{npm_program, root, run};
use crate::inline;
use anyhow::{Context, Result};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

/// The options of every bundle. An alias that a source does not import has no effect.
const OPTIONS: [&str; 11] = [
    "--bundle",
    "--format=esm",
    "--platform=neutral",
    "--target=es2022",
    "--legal-comments=none",
    "--log-level=warning",
    "--alias:sd2-client-inlined=./target/glue/inlined.js",
    "--alias:sd2-client-decoder=./target/glue/decoder.js",
    "--alias:sd2-client-words=./target/glue/words.js",
    "--alias:sd2-client-rules=./target/glue/rules.js",
    "--alias:sd2-client-catalog=./target/glue/catalog.js",
];
/// Options for entries that pages load without a bundler. Lines are short, because Node prints the whole line that throws.
pub const MINIFY: [&str; 3] = ["--minify", "--sourcemap", "--line-limit=160"];

/// Bundles a source into an entry, with further options of esbuild. Returns the path of the entry.
pub fn bundle(source: &str, entry: &str, options: &[&str]) -> Result<PathBuf> {
    let file = root().join("dist").join(format!("{entry}.js"));
    run(npm_program("esbuild")
        .arg(source)
        .args(OPTIONS)
        .args(options)
        .arg(format!("--outfile={}", file.display())))?;
    Ok(file)
}

/// Bundles a source with the file in `js/module/` that loads its WebAssembly. Inlines the WebAssembly if that file expects it.
pub fn bundle_with(source: &str, entry: &str, loader: &str, options: &[&str], module: &[u8]) -> Result<PathBuf> {
    let loader = format!("--alias:sd2-client-module=./js/module/{loader}.js");
    // The inlined text is not ASCII.
    let options = [&[loader.as_str(), "--charset=utf8"], options].concat();
    let file = bundle(source, entry, &options)?;
    let mut text = fs::read_to_string(&file)?;
    let map_file = file.with_extension("js.map");
    if map_file.exists() {
        inline_mapped(&mut text, &map_file, module)?;
    } else {
        inline::fill(&mut text, &mut String::new(), module);
    }
    fs::write(&file, text)?;
    Ok(file)
}

/// Copies files from `js/` to `dist/`.
pub fn copy_files(names: &[&str]) -> Result<()> {
    for name in names {
        fs::copy(root().join("js").join(name), root().join("dist").join(name)).context(name.to_string())?;
    }
    Ok(())
}

/// Inlines the module, and removes it from the sources in the source map.
fn inline_mapped(text: &mut String, map_file: &Path, module: &[u8]) -> Result<()> {
    let mut map: Value = serde_json::from_slice(&fs::read(map_file)?)?;
    if let Some(Value::String(mappings)) = map.get_mut("mappings") {
        inline::fill(text, mappings, module);
    }
    let is_inlined = |source: &Value| source.as_str().is_some_and(|source| source.ends_with("inlined.js"));
    let sources = map.get("sources").and_then(Value::as_array);
    let position = sources.and_then(|sources| sources.iter().position(is_inlined));
    let contents = map.get_mut("sourcesContent").and_then(Value::as_array_mut);
    if let Some(content) = position.and_then(|position| contents?.get_mut(position)) {
        *content = "// The WebAssembly as text, written by xtask/src/inline.rs.\n".into();
    }
    fs::write(map_file, map.to_string()).with_context(|| map_file.display().to_string())
}
