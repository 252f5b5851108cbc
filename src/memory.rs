//! What JavaScript laid out in the memory of a module. All that is unsafe about reading it is here.
//!
//! `js/memory.js` writes a value at an address and leaves everything there as it is until the call returns; nothing in the
//! module writes there. It writes what [`Plain`] describes: whole tags, flags of 0 or 1, addresses within the memory,
//! lengths that end there, and UTF-8, because `encodeInto` writes nothing else.
#![expect(unsafe_code, reason = "what JavaScript wrote is read where it lies")]

use crate::plain::Plain;

/// The value at an address.
///
/// # Safety
///
/// There must be one, as the module's documentation says, and it must stay for `'a`.
pub unsafe fn value<'a>(address: usize) -> &'a Plain<'a> {
    // SAFETY: the caller vouches for it.
    unsafe { &*core::ptr::with_exposed_provenance(address) }
}
