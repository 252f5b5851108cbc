//! Chooses the parser by the first bytes.

use crate::boxes::name;
use crate::facts::{Facts, Kind, Result, Stop};
use crate::frames;
use crate::sparse::{Sparse, WINDOW, be_in};
use crate::{aiff, avi, bmp, flac, gif, jpeg, matroska, mp3, mp4, ogg, others, png, tags, tiff, w64, wav, webp};

const RIFF: u32 = name(b"RIFF");
const RF64: u32 = name(b"RF64");
const BW64: u32 = name(b"BW64");
const FORM: u32 = name(b"FORM");
const WEBP: u32 = name(b"WEBP");
const AVI: u32 = name(b"AVI ");
const WAVE: u32 = name(b"WAVE");
const AIFF: u32 = name(b"AIFF");
const AIFC: u32 = name(b"AIFC");
const OGGS: u32 = name(b"OggS");
const GIF8: u32 = name(b"GIF8");
const FTYP: u32 = name(b"ftyp");
const MOOV: u32 = name(b"moov");
const MOOF: u32 = name(b"moof");
const MDAT: u32 = name(b"mdat");
const STYP: u32 = name(b"styp");
const FREE: u32 = name(b"free");
const SKIP: u32 = name(b"skip");
const WIDE: u32 = name(b"wide");
const CRX: u32 = name(b"crx ");

/// The most garbage to skip between a tag and the first frame.
const GARBAGE: u64 = 1 << 18;

/// Identifies a file, or returns what is needed to identify it.
pub fn probe(bytes: &Sparse) -> core::result::Result<Facts, Stop> {
    let facts = identify(bytes).map_err(|_| bytes.stop.get())?;
    let is_flat = facts.width.min(facts.height) == 0;
    match facts.kind {
        Kind::Image | Kind::Video if is_flat => Err(Stop::Unknown("It has no width or height.")),
        Kind::Video | Kind::Audio if !(facts.seconds > 0.0 && facts.seconds < 1e8) => {
            Err(Stop::Unknown("It has no duration."))
        }
        _ => Ok(facts),
    }
}

fn identify(bytes: &Sparse) -> Result<Facts> {
    let head = match bytes.size {
        Some(0) => &[],
        size => bytes.run(0, size.unwrap_or(WINDOW).min(WINDOW), WINDOW)?,
    };
    let [first, second, third] = [0, 4, 8].map(|at| be_in(head, at, 4) as u32);
    match (first, second, third) {
        (0xFFD8_FF00..=0xFFD8_FFFF, ..) => jpeg::probe(bytes),
        (0x8950_4E47, ..) => png::probe(bytes),
        (GIF8, ..) => gif::probe(bytes),
        (0x4949_2A00 | 0x4949_2B00 | 0x4D4D_002A | 0x4D4D_002B, ..) => tiff::probe(bytes),
        (RIFF, _, WEBP) => webp::probe(bytes),
        (RIFF, _, AVI) => avi::probe(bytes),
        (RIFF | RF64 | BW64, _, WAVE) => wav::probe(bytes),
        (FORM, _, AIFF | AIFC) => aiff::probe(bytes),
        (OGGS, ..) => ogg::probe(bytes),
        (0x1A45_DFA3, ..) => matroska::probe(bytes),
        (_, FTYP, CRX) => Err(bytes.unsupported("cr3")),
        (_, FTYP | MOOV | MOOF | MDAT | STYP | FREE | SKIP | WIDE, _) => mp4::probe(bytes),
        _ if head.starts_with(b"BM") && bmp::is_header(head) => bmp::probe(bytes),
        _ if head.starts_with(w64::MAGIC) => w64::probe(bytes),
        _ => frames(bytes, head),
    }
}

/// Sound without a container has no magic number, but possibly tags before and after it.
fn frames(bytes: &Sparse, head: &[u8]) -> Result<Facts> {
    let mut at = tags::start(bytes)?;
    let is_tagged = at > 0;
    if bytes.end().saturating_sub(at) >= 4 && bytes.has(at, b"fLaC")? {
        return flac::probe(bytes, at);
    }
    if !is_tagged && let Some(name) = others::name(head) {
        return Err(bytes.unsupported(name));
    }
    // Enough for some frames of any size.
    let mut wanted = (WINDOW / 8).min(bytes.end().saturating_sub(at));
    loop {
        let run = bytes.run(at, wanted, WINDOW)?;
        // A header in the first frame is proof enough; without one, two more frames must follow.
        let found = match frames::frame(run, 0) {
            Some(frame) if mp3::header(run, &frame).is_some() => Some((0, 0)),
            _ => frames::find(run),
        };
        if let Some((place, free)) = found {
            at += place as u64;
            if let Some(first) = bytes.run(at, 1, WINDOW).ok().and_then(|run| frames::frame(run, free)) {
                return mp3::probe(bytes, at, &first, free);
            }
        }
        if !is_tagged {
            break;
        }
        wanted = GARBAGE.min(bytes.end().saturating_sub(at));
        if run.len() as u64 >= wanted {
            return Err(bytes.damaged());
        }
    }
    Err(bytes.unsupported("an unknown format"))
}
