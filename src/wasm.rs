//! The boundary to JavaScript: each function decodes, calls the core, and encodes.

mod calls;
mod encode;
mod host;
mod offline;

pub use calls::Handle;
pub use encode::{to_js, to_js_error};
pub use host::JsHost;
pub use offline::*;

/// A third of the standard allocator's size.
#[cfg(feature = "small-allocator")]
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
