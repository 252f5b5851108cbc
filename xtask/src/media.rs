//! Builds `sd2-client/media`. Its module needs no generated bindings, because it shares only memory with JavaScript.

use crate::bundle::{MINIFY, bundle_with, copy_files};
use crate::command::root;
use crate::module::{SMALLEST, compile, optimize};
use anyhow::{Result, ensure};
use std::fs;

/// For each entry: its name, the module that loads the WebAssembly, and the default entry that it imports.
const ENTRIES: [(&str, &str, &str); 3] = [
    ("media", "inline", "index"),
    ("media-workerd", "media-workerd", "workerd"),
    ("media-edge-light", "media-edge-light", "edge-light"),
];
/// The default entry contains the validator and Sd2Error, and most programs import it anyway.
const OPTIONS: [&str; 2] = ["--external:./media.wasm*", "--external:./js/index.js"];

/// Compiles the crate `media/` and bundles its entries.
pub fn build() -> Result<()> {
    let wasm = root().join("dist/media.wasm");
    optimize(&compile("sd2-media", &[])?, &wasm, &SMALLEST)?;
    let module = fs::read(&wasm)?;
    let options = [&MINIFY[..], &OPTIONS].concat();
    for (entry, loader, beside) in ENTRIES {
        let bundle = bundle_with("js/media.js", entry, loader, &options, &module)?;
        let text = fs::read_to_string(&bundle)?;
        ensure!(
            text.contains("\"../js/index.js\""),
            "{entry}.js does not import the default entry."
        );
        fs::write(
            &bundle,
            text.replace("\"../js/index.js\"", &format!("\"./{beside}.js\"")),
        )?;
    }
    copy_files(&["media.d.ts"])
}
