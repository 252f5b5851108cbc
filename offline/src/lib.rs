//! The validator and the prices in a WebAssembly module of their own: `sd2-client/offline`.
//!
//! It compiles the rules from the source files of `sd2-client`. It needs no bindgen, no allocator and no copies: JavaScript lays out a
//! value in the module's memory, the rules read it in place, and issues are reported as numbers.

#[cfg(target_arch = "wasm32")]
mod exports;
#[path = "../../src/memory.rs"]
pub mod memory;
#[path = "../../src/plain.rs"]
pub mod plain;
#[path = "../../src/rules/mod.rs"]
pub mod rules;
