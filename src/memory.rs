//! Reads values that JavaScript laid out in the memory of a module. All unsafe code for that is here.
//!
//! `js/memory.js` writes a value at an address, and nothing changes it until the call returns. The layout is that of [`Plain`]:
//! valid tags, flags of 0 or 1, addresses and lengths within the memory, and UTF-8, because `encodeInto` writes nothing else.
#![expect(unsafe_code, reason = "what JavaScript wrote is read where it lies")]

use crate::plain::Plain;

/// The value at an address.
///
/// # Safety
///
/// A value must be at the address, as described above, and must stay unchanged for `'a`.
pub unsafe fn value<'a>(address: usize) -> &'a Plain<'a> {
    // SAFETY: as the caller promises.
    unsafe { &*core::ptr::with_exposed_provenance(address) }
}
