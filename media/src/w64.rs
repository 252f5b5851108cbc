//! Sony's W64, which is WAV with 64-bit sizes.

use crate::facts::{Facts, Result};
use crate::sparse::Sparse;
use crate::wav::{DATA, FMT, Format};

/// The GUID of "riff".
pub const MAGIC: &[u8; 16] = b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\x00\x00";

pub fn probe(bytes: &Sparse) -> Result<Facts> {
    let mut at = 40;
    let mut format = Format::default();
    while at < bytes.end() {
        // The size includes the header of 24 bytes.
        let size = bytes.le(at + 16, 8)?;
        let length = size.saturating_sub(24);
        let body = at + 24;
        match bytes.be(at, 4)? as u32 {
            FMT => format = Format::read(bytes, body)?,
            DATA => {
                return Ok(Facts::clip(
                    "w64",
                    "x-w64",
                    (0, 0),
                    format.seconds(bytes, body, length, 0)?,
                ));
            }
            // Zeros are padding, and there may be many.
            _ if size < 24 => break,
            _ => {}
        }
        at = body
            .saturating_add(length)
            .checked_next_multiple_of(8)
            .ok_or_else(|| bytes.truncated())?;
    }
    Err(bytes.truncated())
}
