//! Finds and counts the frames of MP3, MP2 and AAC (ADTS).

use crate::facts::Result;
use crate::sparse::{Sparse, WINDOW, be_in};
use crate::tags;

/// Up to this size, sound of variable bitrate is read completely. More than any clip of 15 s.
const WHOLE: u64 = 1_500_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codec {
    Mp3,
    Mp2,
    Aac,
}

#[derive(Clone, Copy, Debug)]
pub struct Frame {
    pub codec: Codec,
    /// In bytes, including the header.
    pub length: usize,
    pub samples: u64,
    pub rate: u64,
    /// The header bits that all frames of a file share.
    key: u64,
    /// The bitrate code of the header; 0 for AAC.
    bitrate: u64,
}

const MPEG1_LAYER3: [u8; 14] = [4, 5, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28, 32, 40];
const MPEG1_LAYER2: [u8; 14] = [4, 6, 7, 8, 10, 12, 14, 16, 20, 24, 28, 32, 40, 48];
const MPEG2: [u8; 14] = [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 16, 18, 20];
const AAC_RATES: [u32; 13] = [
    96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350,
];

/// Reads the frame header at the start of `bytes`. `free` is the length of a free-format frame, whose header does not give it.
pub fn frame(bytes: &[u8], free: usize) -> Option<Frame> {
    let head = be_in(bytes, 0, 4);
    if head >> 21 != 0x7FF {
        return None;
    }
    let bitrate = head >> 12 & 15;
    let version = head >> 19 & 3;
    let (codec, samples, table) = match (head >> 17 & 3, version) {
        (0, 2 | 3) => return adts(bytes, head),
        (1, 3) => (Codec::Mp3, 1152, &MPEG1_LAYER3),
        (1, 0 | 2) => (Codec::Mp3, 576, &MPEG2),
        (2, 3) => (Codec::Mp2, 1152, &MPEG1_LAYER2),
        (2, 0 | 2) => (Codec::Mp2, 1152, &MPEG2),
        _ => return None,
    };
    let rate = match head >> 10 & 3 {
        0 => 44_100,
        1 => 48_000,
        2 => 32_000,
        _ => return None,
    };
    let rate: u64 = match version {
        3 => rate,
        2 => rate / 2,
        _ => rate / 4,
    };
    let length = match bitrate {
        0 => free,
        // The table is in units of 8,000 bit/s, which is 1,000 bytes/s.
        _ => samples as usize * usize::from(*table.get(bitrate as usize - 1)?) * 1_000 / rate as usize,
    };
    Some(Frame {
        codec,
        length: length + (head >> 9 & 1) as usize,
        samples,
        rate,
        key: head & 0xFFFE_0C00,
        bitrate,
    })
    .filter(|frame| frame.length > 4)
}

fn adts(bytes: &[u8], head: u64) -> Option<Frame> {
    let length = (be_in(bytes, 3, 3) >> 5 & 0x1FFF) as usize;
    Some(Frame {
        codec: Codec::Aac,
        length,
        samples: 1024 * ((be_in(bytes, 6, 1) & 3) + 1),
        rate: (*AAC_RATES.get((head >> 10 & 15) as usize)?).into(),
        key: head & 0xFFFE_FC00,
        bitrate: 0,
    })
    .filter(|_| length > 7)
}

/// Finds the first frame that is followed by two others. Returns its position and the length of free-format frames.
pub fn find(run: &[u8]) -> Option<(usize, usize)> {
    let free = free(run);
    let follows = |at: usize, first: &Frame| {
        run.get(at..)
            .and_then(|rest| frame(rest, free))
            .filter(|next| next.key == first.key)
    };
    let at = (0..run.len()).filter(|at| run.get(*at) == Some(&0xFF)).find(|at| {
        let Some(first) = run.get(*at..).and_then(|rest| frame(rest, free)) else {
            return false;
        };
        let second = at + first.length;
        follows(second, &first).is_some_and(|next| {
            let third = second + next.length;
            third == run.len() || follows(third, &first).is_some()
        })
    })?;
    Some((at, free))
}

/// The length of free-format frames, measured from the first to the second and third. 0 if there are none.
fn free(run: &[u8]) -> usize {
    let same = |at| {
        let is_free = |head: u64| head & 0xFFE0_F000 == 0xFFE0_0000;
        let (first, head) = (be_in(run, 0, 4), be_in(run, at, 4));
        is_free(first) && (first ^ head) & 0xFFFE_FC00 == 0
    };
    if !same(0) {
        return 0;
    }
    // Padding may make a frame one byte longer than the one before.
    let found =
        (24..8192).find(|length| same(*length) && (same(2 * length) || same(2 * length + 1) || same(2 * length - 1)));
    found.unwrap_or(0) - (be_in(run, 2, 1) >> 1 & 1) as usize * usize::from(found.is_some())
}

#[derive(Default)]
struct Tally {
    samples: u64,
    bytes: u64,
    rate: u64,
    bitrate: Option<u64>,
    is_constant: bool,
}

impl Tally {
    /// Counts the complete frames in `run`.
    fn add(&mut self, run: &[u8], first: &Frame, free: usize) {
        let mut at = 0;
        while let Some(rest) = run.get(at..).filter(|rest| rest.len() >= 7) {
            match frame(rest, free).filter(|next| next.key == first.key) {
                Some(next) if next.length <= rest.len() => {
                    self.samples += next.samples;
                    self.bytes += next.length as u64;
                    self.is_constant &= *self.bitrate.get_or_insert(next.bitrate) == next.bitrate;
                    at += next.length;
                }
                Some(_) => break,
                None => at += 1,
            }
        }
        self.rate = first.rate;
    }

    fn seconds(&self) -> f64 {
        self.samples as f64 / self.rate as f64
    }
}

/// The duration of the frames from `at` on, and whether it was extrapolated.
pub fn seconds(bytes: &Sparse, at: u64, first: &Frame, free: usize) -> Result<(f64, bool)> {
    let (_, tail) = bytes.tail(at, WINDOW)?;
    let end = bytes.size()?.saturating_sub(tags::length(tail));
    let length = end.saturating_sub(at);
    let mut tally = Tally {
        is_constant: first.codec != Codec::Aac,
        ..Tally::default()
    };
    let mut run = bytes.run(at, 1, WINDOW)?;
    if run.len() as u64 >= length {
        run = run.get(..length as usize).unwrap_or(run);
        tally.add(run, first, free);
        return Ok((tally.seconds(), false));
    }
    tally.add(run, first, free);
    tally.add(tail, first, free);
    let is_constant = tally.is_constant;
    if !is_constant && length <= WHOLE {
        // Asks for all of it; the next probe then counts every frame.
        bytes.get(at, length)?;
        return Err(bytes.damaged());
    }
    if tally.bytes == 0 {
        return Err(bytes.damaged());
    }
    Ok((tally.seconds() * length as f64 / tally.bytes as f64, !is_constant))
}
