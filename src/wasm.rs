//! The boundary to JavaScript: each function reads what was laid out, calls the core, and tells numbers.

mod bell;
mod exports;
mod host;

#[cfg(feature = "small-allocator")]
use lol_alloc::{AssumeSingleThreaded, FreeListAllocator};

pub use exports::*;
pub use host::JsHost;

/// A fifth of the standard allocator's size.
#[cfg(feature = "small-allocator")]
#[global_allocator]
#[expect(unsafe_code, reason = "the allocator wants to hear that there is one thread")]
static ALLOCATOR: AssumeSingleThreaded<FreeListAllocator> =
    // SAFETY: nothing shares the module's memory.
    unsafe { AssumeSingleThreaded::new(FreeListAllocator::new()) };
