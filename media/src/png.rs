//! PNG, animated or not.

use crate::facts::{Facts, Result};
use crate::sparse::Sparse;

pub fn probe(bytes: &Sparse) -> Result<Facts> {
    // Xcode puts a chunk of its own before the header.
    let at = if bytes.has(12, b"CgBI")? { 32 } else { 16 };
    Ok(Facts::image("png", bytes.be(at, 4)?, bytes.be(at + 4, 4)?))
}
