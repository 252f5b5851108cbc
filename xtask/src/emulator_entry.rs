//! Builds `sd2-client/emulator`: the emulated service as a WebAssembly module of its own.

use crate::bundle::{bundle_with, copy_files};
use crate::command::{root, step};
use crate::module::{compile, optimize};
use anyhow::Result;
use std::fs;

/// Compiles the crate and writes two entries: for Workers, which load a file, and for all other platforms.
pub fn build() -> Result<()> {
    step("Compiling the emulator to WebAssembly");
    let wasm = root().join("dist/emulator.wasm");
    // Only tests load this module, so its size matters less.
    optimize(&compile("emulator", &[])?, &wasm, &["-Oz"])?;
    let module = fs::read(&wasm)?;
    for (entry, loader) in [("emulator", "inline"), ("emulator-workerd", "emulator-workerd")] {
        bundle_with(
            "js/emulator.js",
            entry,
            loader,
            &["--external:./emulator.wasm"],
            &module,
        )?;
    }
    copy_files(&["emulator.d.ts"])
}
