//! FLAC.

use crate::facts::{Facts, Result};
use crate::sparse::{Sparse, WINDOW, be_in};

pub fn probe(bytes: &Sparse, at: u64) -> Result<Facts> {
    // A file without a complete STREAMINFO block is truncated.
    bytes.get(at, 42)?;
    let rates = bytes.be(at + 18, 8)?;
    let rate = rates >> 44;
    let mut samples = rates & 0xF_FFFF_FFFF;
    if samples == 0 {
        // The encoder wrote to a pipe and could not fill in the count, so the last frame has to tell.
        let (_, tail) = bytes.tail(at, WINDOW)?;
        samples = end(tail, bytes.be(at + 8, 2)?).unwrap_or(0);
    }
    Ok(Facts::clip("flac", "flac", (0, 0), samples as f64 / rate as f64))
}

/// The sample rate, for FLAC in another container.
pub fn rate(bytes: &Sparse, at: u64) -> Result<u64> {
    Ok(bytes.be(at + 18, 8)? >> 44)
}

/// Where the last frame ends, in samples. Sync codes also occur by chance, so a frame counts only if the one before ends
/// where it begins.
fn end(tail: &[u8], block: u64) -> Option<u64> {
    let mut later: Option<(u64, u64)> = None;
    for at in (0..tail.len()).rev() {
        if let Some((begin, length)) = tail.get(at..).and_then(|rest| header(rest, block)) {
            match later {
                Some((next, end)) if next == begin + length => return Some(end),
                _ if begin == 0 => return Some(length),
                _ => later = Some((begin, begin + length)),
            }
        }
    }
    None
}

/// The first sample and the number of samples of a frame.
fn header(frame: &[u8], block: u64) -> Option<(u64, u64)> {
    let head = be_in(frame, 0, 4);
    if head >> 17 != 0x7FFC || head & 1 == 1 {
        return None;
    }
    let mut at = 4;
    // As in UTF-8, the leading ones of the first byte give the number of bytes.
    let lead = *frame.get(at)?;
    let more = match lead.leading_ones() {
        0 => 0,
        ones @ 2..=7 => ones as usize - 1,
        _ => return None,
    };
    let mut number = u64::from(lead) & (0x7F >> more);
    for byte in frame.get(at + 1..=at + more)? {
        number = number << 6 | u64::from(byte & 0x3F);
    }
    at += 1 + more;
    let mut length = match head >> 12 & 15 {
        0 => return None,
        1 => 192,
        code @ 2..=5 => 144 << code,
        code @ 6..=7 => {
            let wide = code as usize - 5;
            at += wide;
            be_in(frame, at - wide, wide) + 1
        }
        code => 1 << code,
    };
    at += match head >> 8 & 15 {
        12 => 1,
        13 | 14 => 2,
        15 => return None,
        _ => 0,
    };
    let sum = frame.get(..at)?.iter().fold(0u8, |sum, byte| {
        (0..8).fold(
            sum ^ byte,
            |sum, _| if sum & 0x80 == 0 { sum << 1 } else { sum << 1 ^ 0x07 },
        )
    });
    if *frame.get(at)? != sum {
        return None;
    }
    // With a fixed block size this is the number of the frame, else that of its first sample.
    if head >> 16 & 1 == 0 {
        number *= block;
    }
    length = length.min(65_536);
    Some((number, length))
}
