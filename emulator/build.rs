//! The stack of the WebAssembly: the package's flags keep it small (xtask/src/package.rs), and JSON may be nested deep.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "wasm32") {
        println!("cargo::rustc-link-arg=-zstack-size=1048576");
    }
}
