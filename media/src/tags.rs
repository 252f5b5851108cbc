//! Tags before and after sound without a container.

use crate::facts::Result;
use crate::sparse::{Sparse, be, le};

/// Where the tags at the start end: any number of ID3v2.
pub fn start(bytes: &Sparse) -> Result<u64> {
    let mut at = 0;
    while at + 10 < bytes.end() && bytes.has(at, b"ID3")? {
        let flags = bytes.be(at + 5, 1)?;
        // Each byte holds seven bits.
        let size = bytes
            .get(at + 6, 4)?
            .iter()
            .fold(0, |size, byte| size << 7 | u64::from(byte & 0x7F));
        at += 10 + size + if flags & 0x10 == 0 { 0 } else { 10 };
    }
    Ok(at)
}

/// The length of the tags at the end: ID3v1 and APE.
pub fn length(tail: &[u8]) -> u64 {
    let mut rest = tail;
    let mut length = 0;
    if let Some((front, tag)) = rest.split_last_chunk::<128>()
        && tag.starts_with(b"TAG")
    {
        rest = front;
        length += 128;
    }
    if let Some((_, footer)) = rest.split_last_chunk::<32>()
        && footer.starts_with(b"APETAGEX")
    {
        let size = le(footer.get(12..16).unwrap_or_default());
        let has_header = be(footer.get(23..24).unwrap_or_default()) & 0x80 != 0;
        length += size + if has_header { 32 } else { 0 };
    }
    length
}
