//! The validator and the prices in a WebAssembly module of their own: `sd2-client/offline`.
//!
//! It compiles the rules from the files of `sd2-client` itself. There is no bindgen, no allocator and no copy: JavaScript
//! lays a value out in the module's memory, the rules read it where it lies, and each issue is told to JavaScript as
//! numbers.

pub mod memory;
pub mod plain;
#[path = "../../src/rules/mod.rs"]
pub mod rules;
