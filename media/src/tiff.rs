//! TIFF; also the orientation in Exif, which is TIFF inside another file.

use crate::facts::{Facts, Result};
use crate::sparse::Sparse;

/// The fields of the first directory; 0 for those it lacks.
#[derive(Default)]
pub struct Directory {
    width: u64,
    height: u64,
    orientation: u64,
}

impl Directory {
    /// Whether the orientation swaps width and height.
    pub fn is_turned(&self) -> bool {
        matches!(self.orientation, 5..=8)
    }
}

pub fn probe(bytes: &Sparse) -> Result<Facts> {
    let directory = directory(bytes, 0, bytes.end())?.ok_or_else(|| bytes.damaged())?;
    let (width, height) = match directory.is_turned() {
        true => (directory.height, directory.width),
        false => (directory.width, directory.height),
    };
    Ok(Facts::image("tiff", width, height))
}

/// A number in the byte order of the file.
fn number(bytes: &Sparse, at: u64, length: u64, is_little: bool) -> Result<u64> {
    if is_little {
        bytes.le(at, length)
    } else {
        bytes.be(at, length)
    }
}

/// The first directory of the TIFF from `start` to `end`; `None` if it lies outside.
pub fn directory(bytes: &Sparse, start: u64, end: u64) -> Result<Option<Directory>> {
    let is_little = bytes.has(start, b"II")?;
    let number = |at, length| number(bytes, at, length, is_little);
    // 43 is BigTIFF, which has wider numbers.
    let (pointer, word, count, entry) = match number(start + 2, 2)? {
        43 => (start + 8, 8, 8, 20),
        _ => (start + 4, 4, 2, 12),
    };
    let at = start.saturating_add(number(pointer, word)?);
    if at >= end.saturating_sub(count) {
        return Ok(None);
    }
    let mut directory = Directory::default();
    for index in 0..number(at, count)?.min(4096) {
        let entry = at + count + index * entry;
        let value = entry + 4 + word;
        if value + word > end {
            break;
        }
        let field = match number(entry, 2)? {
            0x100 => &mut directory.width,
            0x101 => &mut directory.height,
            0x112 => &mut directory.orientation,
            _ => continue,
        };
        // Type 3 is a 16-bit number, type 4 a 32-bit one.
        *field = number(value, if number(entry + 2, 2)? == 3 { 2 } else { 4 })?;
    }
    Ok(Some(directory))
}
