//! Compiles a crate of the workspace to a small WebAssembly module.

use crate::command::{cargo, npm_program, output, run, target};
use anyhow::Result;
use std::path::{Path, PathBuf};

/// Compiles the standard library with the crate, so that a panic is one instruction without formatting. Together these flags
/// save a third of the module. They are unstable, hence `RUSTC_BOOTSTRAP` for this command; the crates themselves do not need
/// them.
const BUILD_STD: [&str; 2] = ["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"];
/// A stack of 64 kB keeps the addresses of data short. It suffices, because nested values are cut at a depth of 64.
const RUSTFLAGS: &str = "-Zunstable-options -Cpanic=immediate-abort -Zlocation-detail=none -Zfmt-debug=none \
     -Zmir-opt-level=3 -Cllvm-args=-inline-threshold=30 -Clink-arg=-zstack-size=65536";

/// The features of Node 20 (`--all-features` would emit more), and what to strip.
const WASM_OPT: [&str; 10] = [
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
/// Passes for a module whose size matters. The order is the result of experiments.
pub const SMALLEST: [&str; 9] = [
    // The lowest addresses are the end of the stack, which no program reaches.
    "--low-memory-unused",
    "--always-inline-max-function-size=4",
    "-Oz",
    "--flatten",
    "--rereloop",
    "-Oz",
    "-Oz",
    "-Oz",
    "--reorder-functions",
];

/// Compiles the library of a package, and returns the path of the module. `arguments` are for `cargo rustc`. These builds have a target
/// folder of their own, so that they share one standard library, which builds with other flags would replace.
pub fn compile(package: &str, arguments: &[&str]) -> Result<PathBuf> {
    let target = target().join("lean");
    run(cargo()
        .args(["rustc", "--quiet", "--release", "--lib", "--package", package])
        .args(["--crate-type", "cdylib", "--target", "wasm32-unknown-unknown"])
        .args(BUILD_STD)
        .args(arguments)
        .env("RUSTC_BOOTSTRAP", "1")
        .env("RUSTFLAGS", RUSTFLAGS)
        .env("CARGO_TARGET_DIR", &target))?;
    let file = format!("{}.wasm", package.replace('-', "_"));
    Ok(target.join("wasm32-unknown-unknown/release").join(file))
}

/// Runs `wasm-opt` with these passes and returns its output.
pub fn optimize(from: &Path, to: &Path, passes: &[&str]) -> Result<String> {
    output(
        npm_program("wasm-opt")
            .args(passes)
            .args(WASM_OPT)
            .arg(from)
            .arg("-o")
            .arg(to),
    )
}
