//! BMP: Windows' and OS/2's.

use crate::facts::{Facts, Result};
use crate::sparse::{Sparse, le};

pub fn probe(bytes: &Sparse) -> Result<Facts> {
    let (width, height) = match bytes.le(14, 4)? {
        12 => (bytes.le(18, 2)?, bytes.le(20, 2)?),
        // Negative where the rows are stored from the top down.
        _ => (absolute(bytes.le(18, 4)?), absolute(bytes.le(22, 4)?)),
    };
    Ok(Facts::image("bmp", width, height))
}

/// Whether a header of a known length begins here: "BM" alone may be the beginning of a text.
pub fn is_header(head: &[u8]) -> bool {
    matches!(
        le(head.get(14..18).unwrap_or_default()),
        12 | 16 | 40 | 52 | 56 | 64 | 108 | 124
    )
}

/// Of a number that was stored as 32 bits with a sign.
pub fn absolute(number: u64) -> u64 {
    (number as i32).unsigned_abs().into()
}
