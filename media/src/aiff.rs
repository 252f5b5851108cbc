//! AIFF and AIFF-C.

use crate::boxes::name;
use crate::facts::{Facts, Result};
use crate::riff::{chunk, next};
use crate::sparse::Sparse;

pub fn probe(bytes: &Sparse) -> Result<Facts> {
    let mut at = 12;
    while let Some(part) = chunk(bytes, at, bytes.end(), true)? {
        if part.name == name(b"COMM") {
            let frames = bytes.be(part.at + 2, 4)? as f64;
            // An 80-bit float: the exponent, then the mantissa.
            let exponent = (bytes.be(part.at + 8, 2)? & 0x7FFF) as i32 - 16_383 - 63;
            let mut rate = bytes.be(part.at + 10, 8)? as f64;
            for _ in 0..exponent.unsigned_abs().min(64) {
                rate *= if exponent < 0 { 0.5 } else { 2.0 };
            }
            return Ok(Facts::clip("aiff", "aiff", (0, 0), frames / rate));
        }
        at = next(part);
    }
    Err(bytes.truncated())
}
