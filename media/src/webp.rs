//! WebP.

use crate::boxes::name;
use crate::facts::{Facts, Result};
use crate::sparse::Sparse;

const LOSSY: u32 = name(b"VP8 ");
const LOSSLESS: u32 = name(b"VP8L");
const EXTENDED: u32 = name(b"VP8X");

pub fn probe(bytes: &Sparse) -> Result<Facts> {
    let (width, height) = match bytes.be(12, 4)? as u32 {
        LOSSY => (bytes.le(26, 2)? & 0x3FFF, bytes.le(28, 2)? & 0x3FFF),
        LOSSLESS => {
            let bits = bytes.le(21, 4)?;
            ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
        }
        EXTENDED => (bytes.le(24, 3)? + 1, bytes.le(27, 3)? + 1),
        _ => return Err(bytes.damaged()),
    };
    Ok(Facts::image("webp", width, height))
}
