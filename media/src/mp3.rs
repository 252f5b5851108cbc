//! MP3, MP2 and AAC: the duration by the encoder's header in the first frame, or by counting frames.

use crate::facts::{Facts, Result};
use crate::frames::{self, Codec, Frame};
use crate::sparse::{Sparse, WINDOW, be_in};

pub fn probe(bytes: &Sparse, at: u64, first: &Frame, free: usize) -> Result<Facts> {
    let run = bytes.run(at, 0, WINDOW)?;
    let (format, subtype) = match first.codec {
        Codec::Mp3 => ("mp3", "mpeg"),
        Codec::Mp2 => ("mp2", "mpeg"),
        Codec::Aac => ("aac", "aac"),
    };
    let header = header(run, first);
    if let Some(samples @ 1..) = header {
        return Ok(Facts::clip(format, subtype, (0, 0), samples as f64 / first.rate as f64));
    }
    // Decoders leave out the frame that holds the header.
    let skip = if header.is_some() { first.length as u64 } else { 0 };
    let (seconds, is_estimate) = frames::seconds(bytes, at + skip, first, free)?;
    Ok(Facts {
        is_estimate,
        ..Facts::clip(format, subtype, (0, 0), seconds)
    })
}

/// The number of samples in the header of Xing, LAME or Fraunhofer. 0 if the header lacks it, `None` without a header.
pub fn header(run: &[u8], first: &Frame) -> Option<u64> {
    if first.codec != Codec::Mp3 {
        return None;
    }
    if run.get(36..40) == Some(b"VBRI") {
        return Some(be_in(run, 50, 4) * first.samples);
    }
    let is_mono = be_in(run, 3, 1) >> 6 == 3;
    let side = match (first.samples, is_mono) {
        (1152, false) => 32,
        (1152, true) | (_, false) => 17,
        _ => 9,
    };
    let has_sum = be_in(run, 1, 1) & 1 == 0;
    let xing = run.get(4 + side + if has_sum { 2 } else { 0 }..)?;
    if !xing.starts_with(b"Xing") && !xing.starts_with(b"Info") {
        return None;
    }
    let flags = be_in(xing, 4, 4) as usize;
    if flags & 1 == 0 {
        return Some(0);
    }
    let samples = be_in(xing, 8, 4) * first.samples;
    // The padding that the encoder added at the start and the end, 12 bits each.
    let extension = 12 + (flags & 2) * 2 + (flags & 4) * 25 + (flags & 8) / 2;
    let gaps = match xing.get(extension) {
        Some(b'L') => be_in(xing, extension + 21, 3),
        _ => 0,
    };
    let gaps = (gaps >> 12) + (gaps & 0xFFF);
    Some(if gaps < samples { samples - gaps } else { samples })
}
