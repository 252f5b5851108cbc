//! The boundary to JavaScript: each function reads values in memory, calls the core, and reports numbers.

mod bell;
mod exports;
mod host;

#[cfg(feature = "small-allocator")]
use lol_alloc::{AssumeSingleThreaded, FreeListAllocator};

pub use exports::*;
pub use host::JsHost;

/// A fifth as large as the standard allocator.
#[cfg(feature = "small-allocator")]
#[global_allocator]
#[expect(unsafe_code, reason = "the allocator is only safe with one thread")]
static ALLOCATOR: AssumeSingleThreaded<FreeListAllocator> =
    // SAFETY: nothing shares the module's memory.
    unsafe { AssumeSingleThreaded::new(FreeListAllocator::new()) };
