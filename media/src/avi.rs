//! AVI.

use crate::bmp::absolute;
use crate::boxes::{Part, name};
use crate::facts::{Facts, Result};
use crate::riff::{chunk, next};
use crate::sparse::Sparse;

const VIDS: u32 = name(b"vids");
const AUDS: u32 = name(b"auds");

pub fn probe(bytes: &Sparse) -> Result<Facts> {
    let headers = list(bytes, 12, bytes.end(), name(b"hdrl"))?.ok_or_else(|| bytes.truncated())?;
    let mut at = headers.at;
    let mut seconds = 0f64;
    let mut size = (0, 0);
    while let Some(stream) = list(bytes, at, headers.end, name(b"strl"))? {
        at = stream.end;
        let Some(strh) = chunk(bytes, stream.at, stream.end, false)?.filter(|chunk| chunk.name == name(b"strh")) else {
            continue;
        };
        let is_video = match bytes.be(strh.at, 4)? as u32 {
            VIDS => true,
            AUDS => false,
            _ => continue,
        };
        let field = |number: u64| bytes.le(strh.at + 4 * number, 4);
        let (scale, rate, start, length) = (field(5)?, field(6)?, field(7)?, field(8)?);
        if rate > 0 {
            seconds = seconds.max((start + length) as f64 * scale as f64 / rate as f64);
        }
        let format = next(strh);
        if is_video && size.0 == 0 && bytes.has(format, b"strf")? {
            size = (absolute(bytes.le(format + 12, 4)?), absolute(bytes.le(format + 16, 4)?));
        }
    }
    Ok(Facts::clip("avi", "x-msvideo", size, seconds))
}

/// Finds the next list of the wanted type. The returned body begins after the type.
fn list(bytes: &Sparse, at: u64, end: u64, wanted: u32) -> Result<Option<Part>> {
    let mut at = at;
    while let Some(part) = chunk(bytes, at, end, false)? {
        if part.name == name(b"LIST") && bytes.be(part.at, 4)? as u32 == wanted {
            return Ok(Some(Part {
                at: part.at + 4,
                ..part
            }));
        }
        at = next(part);
    }
    Ok(None)
}
