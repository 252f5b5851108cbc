//! WAV, RF64 and BW64.

use crate::boxes::name;
use crate::facts::{Facts, Result};
use crate::riff::{chunk, next};
use crate::sparse::Sparse;

const DS64: u32 = name(b"ds64");
pub const FMT: u32 = name(b"fmt ");
const FACT: u32 = name(b"fact");
pub const DATA: u32 = name(b"data");

pub fn probe(bytes: &Sparse) -> Result<Facts> {
    let mut at = 12;
    let mut format = Format::default();
    let mut samples = 0;
    let mut large = 0;
    while let Some(part) = chunk(bytes, at, bytes.end(), false)? {
        match part.name {
            DS64 => large = bytes.le(part.at + 8, 8)?,
            FMT => format = Format::read(bytes, part.at)?,
            FACT => samples = bytes.le(part.at, 4)?,
            DATA => {
                let length = part.end - part.at;
                let length = if large > 0 && length == u32::MAX.into() {
                    large
                } else {
                    length
                };
                let seconds = format.seconds(bytes, part.at, length, samples)?;
                return Ok(Facts::clip("wav", "wav", (0, 0), seconds));
            }
            _ => {}
        }
        at = next(part);
    }
    Err(bytes.truncated())
}

/// The sample format of WAV and W64.
#[derive(Default)]
pub struct Format {
    tag: u64,
    rate: u64,
    bytes_per_second: u64,
}

impl Format {
    pub fn read(bytes: &Sparse, at: u64) -> Result<Format> {
        let (tag, rate) = (bytes.le(at, 2)?, bytes.le(at + 4, 4)?);
        let mut bytes_per_second = bytes.le(at + 8, 4)?;
        // Some writers leave it out, but without compression it can be computed.
        if matches!(tag, 1 | 3 | 0xFFFE) {
            bytes_per_second = rate * bytes.le(at + 12, 2)?;
        }
        Ok(Format {
            tag,
            rate,
            bytes_per_second,
        })
    }

    /// The duration of the sample data. `length` may be wrong: truncated files hold less, and encoders that write to a pipe
    /// put 0 or the largest number.
    pub fn seconds(&self, bytes: &Sparse, at: u64, length: u64, samples: u64) -> Result<f64> {
        if !matches!(self.tag, 1 | 3 | 0xFFFE) && samples > 0 && samples < u32::MAX.into() && self.rate > 0 {
            return Ok(samples as f64 / self.rate as f64);
        }
        let mut length = length;
        if length == 0 || length >= u32::MAX.into() || bytes.size.is_some() {
            let rest = bytes.size()?.saturating_sub(at);
            length = if length == 0 { rest } else { length.min(rest) };
        }
        if self.bytes_per_second == 0 {
            return Ok(0.0);
        }
        Ok(length as f64 / self.bytes_per_second as f64)
    }
}
