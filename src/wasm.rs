//! The boundary to JavaScript: each function reads what was laid out, calls the core, and tells numbers.

mod bell;
mod exports;
mod host;

pub use exports::*;
pub use host::JsHost;

/// A third of the standard allocator's size.
#[cfg(feature = "small-allocator")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
