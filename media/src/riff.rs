//! The chunks that WAV, AVI and AIFF are made of.

use crate::boxes::Part;
use crate::facts::Result;
use crate::sparse::Sparse;

/// The chunk that begins here; `None` at the end. The next one begins at [`next`].
pub fn chunk(bytes: &Sparse, at: u64, end: u64, is_big: bool) -> Result<Option<Part>> {
    if end.saturating_sub(at) < 8 {
        return Ok(None);
    }
    let name = bytes.be(at, 4)? as u32;
    // Zeros are no chunks, and there may be many of them.
    if name == 0 {
        return Ok(None);
    }
    let size = if is_big {
        bytes.be(at + 4, 4)?
    } else {
        bytes.le(at + 4, 4)?
    };
    Ok(Some(Part {
        name,
        at: at + 8,
        end: at + 8 + size,
    }))
}

/// Where the chunk behind this one begins: at an even place.
pub fn next(chunk: Part) -> u64 {
    chunk.end + (chunk.end & 1)
}
