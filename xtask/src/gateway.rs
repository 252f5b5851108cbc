//! Builds `sd2-client/gateway`: a WebAssembly module that decides, and the JavaScript around it.

use crate::bundle::{bundle_with, copy_files};
use crate::command::{root, step};
use crate::module::{SMALLEST, compile, optimize};
use anyhow::{Result, ensure};
use std::fs;

/// The entries: the source, the file, where its WebAssembly comes from, and the entry that looks at uploaded files.
const ENTRIES: [(&str, &str, &str, &str); 4] = [
    ("index", "gateway", "inline", "media"),
    ("index", "gateway-workerd", "gateway-workerd", "media-workerd"),
    ("index", "gateway-edge-light", "gateway-edge-light", "media-edge-light"),
    ("cloudflare", "gateway-cloudflare", "gateway-workerd", "media-workerd"),
];

/// Compiles the crate in `gateway/` and bundles its entries.
pub fn build() -> Result<()> {
    step("Compiling the gateway to WebAssembly");
    let wasm = root().join("dist/gateway.wasm");
    optimize(&compile("sd2-gateway", &[])?, &wasm, &SMALLEST)?;
    let module = fs::read(&wasm)?;
    for (source, entry, loader, media) in ENTRIES {
        let bundle = bundle_with(
            &format!("js/gateway/{source}.js"),
            entry,
            loader,
            &[
                "--external:./gateway.wasm*",
                "--external:./js/media.js",
                "--external:cloudflare:*",
            ],
            &module,
        )?;
        let text = fs::read_to_string(&bundle)?;
        ensure!(
            text.contains("import(\"../js/media.js\")"),
            "{entry}.js does not import sd2-client/media."
        );
        fs::write(
            &bundle,
            text.replace("\"../js/media.js\"", &format!("\"./{media}.js\"")),
        )?;
    }
    copy_files(&["gateway.d.ts", "gateway-cloudflare.d.ts"])
}
