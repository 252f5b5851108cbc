//! BMP of Windows and OS/2.

use crate::facts::{Facts, Result};
use crate::sparse::{Sparse, le};

pub fn probe(bytes: &Sparse) -> Result<Facts> {
    let (width, height) = match bytes.le(14, 4)? {
        12 => (bytes.le(18, 2)?, bytes.le(20, 2)?),
        // The height is negative if rows are stored top down.
        _ => (absolute(bytes.le(18, 4)?), absolute(bytes.le(22, 4)?)),
    };
    Ok(Facts::image("bmp", width, height))
}

/// Whether the header has a known length. "BM" alone could be the start of a text.
pub fn is_header(head: &[u8]) -> bool {
    matches!(
        le(head.get(14..18).unwrap_or_default()),
        12 | 16 | 40 | 52 | 56 | 64 | 108 | 124
    )
}

/// The absolute value of a signed 32-bit number.
pub fn absolute(number: u64) -> u64 {
    (number as i32).unsigned_abs().into()
}
