//! Builds the example crate, a WebAssembly module that uses sd2-client as a Rust crate.

use crate::command::{cargo, root, run, target};
use anyhow::Result;
use wasm_bindgen_cli_support::Bindgen;

const TARGET: &str = "wasm32-unknown-unknown";

/// Builds examples/rust and its JavaScript into `target/storyboard/`.
pub fn build() -> Result<()> {
    run(cargo().args(["build", "--quiet", "--package", "storyboard", "--target", TARGET]))?;
    Bindgen::new()
        .input_path(target().join(TARGET).join("debug/storyboard.wasm"))
        .web(true)?
        .generate(root().join("target/storyboard"))
}
