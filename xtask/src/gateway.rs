//! Builds `sd2-client/gateway`: a WebAssembly module that decides, and the JavaScript around it.

use crate::bundle::{bundle_with, copy_files};
use crate::command::{root, step};
use crate::module::{SMALLEST, compile, optimize};
use anyhow::Result;
use std::fs;

/// The entries: the source, the file, and where its WebAssembly comes from.
const ENTRIES: [(&str, &str, &str); 4] = [
    ("index", "gateway", "inline"),
    ("index", "gateway-workerd", "gateway-workerd"),
    ("index", "gateway-edge-light", "gateway-edge-light"),
    ("cloudflare", "gateway-cloudflare", "gateway-workerd"),
];

/// Compiles the crate in `gateway/` and bundles its entries.
pub fn build() -> Result<()> {
    step("Compiling the gateway to WebAssembly");
    let wasm = root().join("dist/gateway.wasm");
    optimize(&compile("sd2-gateway", &[])?, &wasm, &SMALLEST)?;
    let module = fs::read(&wasm)?;
    for (source, entry, loader) in ENTRIES {
        bundle_with(
            &format!("js/gateway/{source}.js"),
            entry,
            loader,
            &["--external:./gateway.wasm*", "--external:cloudflare:*"],
            &module,
        )?;
    }
    copy_files(&["gateway.d.ts", "gateway-cloudflare.d.ts"])
}
