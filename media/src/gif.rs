//! GIF.

use crate::facts::{Facts, Result};
use crate::sparse::Sparse;

pub fn probe(bytes: &Sparse) -> Result<Facts> {
    Ok(Facts::image("gif", bytes.le(6, 2)?, bytes.le(8, 2)?))
}
