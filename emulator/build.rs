//! Enlarges the WebAssembly stack, because JSON may be deeply nested. The package's own flags keep it small
//! (xtask/src/module.rs).

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch == "wasm32") {
        println!("cargo::rustc-link-arg=-zstack-size=1048576");
    }
}
