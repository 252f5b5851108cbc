//! Bundles the entries of the package in `dist/`.

use crate::command::{npm_program, root, run};
use crate::inline;
use anyhow::{Context, Result};
use std::fs;
use std::path::PathBuf;

/// The options of every bundle. An alias that a source does not import has no effect.
const OPTIONS: [&str; 10] = [
    "--bundle",
    "--format=esm",
    "--platform=neutral",
    "--target=es2022",
    "--legal-comments=none",
    "--log-level=warning",
    "--alias:sd2-client-decoder=./target/glue/decoder.js",
    "--alias:sd2-client-words=./target/glue/words.js",
    "--alias:sd2-client-rules=./target/glue/rules.js",
    "--alias:sd2-client-catalog=./target/glue/catalog.js",
];
/// Options for entries that pages load without a bundler. Lines are short, because Node prints the whole line that throws.
pub const MINIFY: [&str; 3] = ["--minify", "--sourcemap", "--line-limit=145"];

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
    inline::append(&mut text, module);
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
