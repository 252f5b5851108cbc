//! The boundary to JavaScript: each function decodes, calls the core, and encodes.

mod calls;
mod encode;
mod host;
mod offline;

pub use calls::Handle;
pub use offline::*;

/// The bytes that talc spares against the standard allocator are a tenth of the module.
#[global_allocator]
static ALLOCATOR: talc::wasm::WasmDynamicTalc = talc::wasm::new_wasm_dynamic_allocator();
