//! The chunks that WAV, AVI and AIFF are made of.

use crate::boxes::Part;
use crate::facts::Result;
use crate::sparse::Sparse;

/// Reads the chunk at `at`, or returns `None` at the end. The chunk after it begins at [`next`].
pub fn chunk(bytes: &Sparse, at: u64, end: u64, is_big: bool) -> Result<Option<Part>> {
    if end.saturating_sub(at) < 8 {
        return Ok(None);
    }
    let name = bytes.be(at, 4)? as u32;
    // Zeros are padding, and there may be many.
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

/// Where the chunk after this one begins. Chunks are aligned to even positions.
pub fn next(chunk: Part) -> u64 {
    chunk.end + (chunk.end & 1)
}
