//! MP4, MOV, M4V, M4A, 3GP; also HEIC and AVIF, which begin the same way.

use crate::boxes::{Part, child, descendant, name, part};
use crate::facts::{Facts, Result, Stop};
use crate::sparse::{Sparse, be, be_in};
use crate::{fragments, heif};

const FTYP: u32 = name(b"ftyp");
const META: u32 = name(b"meta");
const MOOV: u32 = name(b"moov");
const MOOF: u32 = name(b"moof");
const VIDE: u32 = name(b"vide");
const PICT: u32 = name(b"pict");
const SOUN: u32 = name(b"soun");

// The first three letters of brands.
const M4A: u64 = be(b"M4A");
const M4B: u64 = be(b"M4B");
const M4P: u64 = be(b"M4P");
const M4V: u64 = be(b"M4V");
const QT: u64 = be(b"qt ");
const THREE_GP: u64 = be(b"3gp");
const THREE_G2: u64 = be(b"3g2");

/// Bytes to fetch after a long box. Enough for the `moov` box of a clip of some minutes.
const AHEAD: u64 = 1 << 18;
/// The largest `moov` box to fetch in one read.
const MOST_MOOV: u64 = 1 << 22;
/// Further tracks are ignored.
pub const TRACKS: usize = 16;

/// An audio or video track.
#[derive(Clone, Copy, Default)]
pub struct Track {
    pub id: u64,
    is_video: bool,
    is_enabled: bool,
    width: u64,
    height: u64,
    /// Ticks per second.
    pub timescale: u64,
    /// The duration in the media header, in ticks.
    media: u64,
    /// The duration of the samples listed in `moov`, in ticks. Read only if it matters.
    pub listed: u64,
    /// Ticks that the edit list skips at the start.
    pub skip: u64,
    /// Seconds before the track starts.
    delay: f64,
    /// The duration in the edit list, in seconds; 0 without one.
    edited: f64,
    /// The default duration of a sample in a fragment, in ticks.
    pub sample: u64,
    /// When the first fragment begins, in ticks.
    pub start: Option<u64>,
    /// When the last fragment ends, in ticks.
    pub time: u64,
}

impl Track {
    pub fn seconds(&self, ticks: u64) -> f64 {
        match self.timescale {
            0 => 0.0,
            timescale => ticks as f64 / timescale as f64,
        }
    }

    fn duration(&self) -> f64 {
        match self.edited {
            0.0 => self.delay + self.seconds(self.media.saturating_sub(self.skip)),
            edited => edited,
        }
    }
}

pub fn probe(bytes: &Sparse) -> Result<Facts> {
    let end = bytes.end();
    let mut brands: &[u8] = b"qt  ";
    let mut at = 0;
    let moov = loop {
        if at < end {
            bytes.run(at, (end - at).min(8), AHEAD)?;
        }
        let Some(part) = part(bytes, at, end)? else {
            return Err(bytes.truncated());
        };
        match part.name {
            FTYP => brands = bytes.get(part.at, (part.end - part.at).min(256))?,
            META => {
                if let Some(format) = heif::format(brands) {
                    return heif::probe(bytes, part, format);
                }
            }
            MOOF => return Err(bytes.halt(Stop::Unknown("It is a fragment without its header."))),
            MOOV => break part,
            _ => {}
        }
        at = part.end;
    };
    bytes.get(moov.at, moov.end.saturating_sub(moov.at).min(MOST_MOOV))?;

    let movie = match child(bytes, moov, name(b"mvhd"))? {
        Some(mvhd) => bytes.be(after_times(bytes, mvhd)?, 4)?,
        None => 0,
    };
    let mvex = child(bytes, moov, name(b"mvex"))?;
    let mut tracks = [Track::default(); TRACKS];
    let mut slots = tracks.iter_mut();
    let mut at = moov.at;
    while let Some(part) = part(bytes, at, moov.end)? {
        at = part.end;
        if part.name == name(b"trak")
            && let Some(track) = track(bytes, part, movie, mvex.is_some())?
            && let Some(slot) = slots.next()
        {
            *slot = track;
        }
    }
    if tracks.iter().all(|track| track.timescale == 0) {
        return Err(bytes.damaged());
    }
    let mut seconds = tracks.iter().map(Track::duration).fold(0.0, f64::max);
    let mut is_estimate = false;
    if let Some(mvex) = mvex {
        let found = fragments::duration(bytes, moov.end, mvex, movie, &mut tracks)?;
        is_estimate = found.is_estimate;
        seconds = seconds.max(found.seconds);
    }

    // Chapter pictures are in a disabled track, which does not count unless all are disabled.
    let is_any_enabled = tracks.iter().any(|track| track.is_enabled);
    let mut seen = tracks.iter().filter(|track| track.is_enabled == is_any_enabled);
    let video = seen.find(|track| track.is_video && track.width > 0 && track.height > 0);
    let size = video.map_or((0, 0), |video| (video.width, video.height));
    if let Some(format) = heif::format(brands) {
        return Ok(Facts::image(format, size.0, size.1));
    }
    let is_sound = size.0 == 0;
    let (format, subtype) = match be_in(brands, 0, 3) {
        M4A | M4B | M4P if is_sound => ("m4a", "mp4"),
        M4V if !is_sound => ("m4v", "x-m4v"),
        QT => ("mov", "quicktime"),
        THREE_GP | THREE_G2 => ("3gp", "3gpp"),
        _ => ("mp4", "mp4"),
    };
    Ok(Facts {
        is_estimate,
        ..Facts::clip(format, subtype, size, seconds)
    })
}

/// The position after the two dates of a header, where the timescale or the track id is.
fn after_times(bytes: &Sparse, header: Part) -> Result<u64> {
    Ok(header.at + if bytes.be(header.at, 1)? == 1 { 20 } else { 12 })
}

/// Reads a track; `None` if it is neither sound nor video.
fn track(bytes: &Sparse, trak: Part, movie: u64, is_fragmented: bool) -> Result<Option<Track>> {
    let (Some(tkhd), Some(mdia)) = (child(bytes, trak, name(b"tkhd"))?, child(bytes, trak, name(b"mdia"))?) else {
        return Ok(None);
    };
    let (Some(mdhd), Some(hdlr)) = (child(bytes, mdia, name(b"mdhd"))?, child(bytes, mdia, name(b"hdlr"))?) else {
        return Ok(None);
    };
    let is_video = match bytes.be(hdlr.at + 8, 4)? as u32 {
        VIDE | PICT => true,
        SOUN => false,
        _ => return Ok(None),
    };
    let after = after_times(bytes, mdhd)?;
    let wide = if bytes.be(mdhd.at, 1)? == 1 { 8 } else { 4 };
    let mut track = Track {
        id: bytes.be(after_times(bytes, tkhd)?, 4)?,
        is_video,
        is_enabled: bytes.be(tkhd.at, 4)? & 1 == 1,
        timescale: bytes.be(after, 4)?,
        media: bytes.be(after + 4, wide)?,
        ..Track::default()
    };
    let stbl = descendant(bytes, mdia, &[name(b"minf"), name(b"stbl")])?;
    // All bits set means unknown.
    let is_unknown = track.media == 0 || track.media == u64::MAX >> (64 - 8 * wide);
    if let (Some(stbl), true) = (stbl, is_unknown || is_fragmented) {
        track.listed = samples(bytes, stbl)?;
    }
    if is_unknown {
        track.media = track.listed;
    }
    if let Some(elst) = descendant(bytes, trak, &[name(b"edts"), name(b"elst")])? {
        edits(bytes, elst, movie, &mut track)?;
    }
    if is_video {
        shape(bytes, tkhd, stbl, &mut track)?;
    }
    Ok(Some(track))
}

/// The sum of the sample durations in `stts`, in ticks.
fn samples(bytes: &Sparse, stbl: Part) -> Result<u64> {
    let mut ticks = 0u64;
    if let Some(stts) = child(bytes, stbl, name(b"stts"))? {
        for entry in bytes.table(stts.at + 8, stts.end)?.chunks_exact(8) {
            ticks = ticks.saturating_add(be_in(entry, 0, 4) * be_in(entry, 4, 4));
        }
    }
    Ok(ticks)
}

/// Reads the edit list: which parts of the media are shown.
fn edits(bytes: &Sparse, elst: Part, movie: u64, track: &mut Track) -> Result<()> {
    let wide = if bytes.be(elst.at, 1)? == 1 { 8 } else { 4 };
    let mut shown = 0u64;
    let mut empty = 0u64;
    let mut is_first = true;
    for entry in bytes.table(elst.at + 8, elst.end)?.chunks_exact(2 * wide + 4) {
        let segment = be_in(entry, 0, wide);
        let start = be_in(entry, wide, wide);
        if start == u64::MAX >> (64 - 8 * wide) {
            empty = empty.saturating_add(segment);
            continue;
        }
        shown = shown.saturating_add(segment);
        // In a video, this is only the delay of reordered frames: every frame is shown.
        if is_first && !track.is_video {
            track.skip = start;
        }
        is_first = false;
    }
    if movie > 0 {
        track.delay = empty as f64 / movie as f64;
        if shown > 0 {
            track.edited = track.delay + shown as f64 / movie as f64;
        }
    }
    Ok(())
}

/// Sets the displayed size, with square pixels and after rotation.
fn shape(bytes: &Sparse, tkhd: Part, stbl: Option<Part>, track: &mut Track) -> Result<()> {
    let matrix = after_times(bytes, tkhd)? + if bytes.be(tkhd.at, 1)? == 1 { 32 } else { 28 };
    // Fixed-point numbers with 16 fractional bits.
    let (shown_width, shown_height) = (bytes.be(matrix + 36, 4)?, bytes.be(matrix + 40, 4)?);
    (track.width, track.height) = (shown_width >> 16, shown_height >> 16);
    if let Some(stbl) = stbl
        && let Some(stsd) = child(bytes, stbl, name(b"stsd"))?
        && let Some(entry) = part(bytes, stsd.at + 8, stsd.end)?
        && entry.end - entry.at >= 28
    {
        let (width, height) = (bytes.be(entry.at + 24, 2)?, bytes.be(entry.at + 26, 2)?);
        let extensions = Part {
            at: entry.at + 78,
            ..entry
        };
        if width > 0 && height > 0 {
            let (across, down) = match child(bytes, extensions, name(b"pasp"))? {
                Some(pasp) => (bytes.be(pasp.at, 4)?, bytes.be(pasp.at + 4, 4)?),
                // The track header has the size with square pixels.
                None => (shown_width * height, shown_height * width),
            };
            track.height = height;
            track.width = scale(width, across, down);
        }
    }
    // A rotation by 90 degrees leaves the diagonal of the matrix empty.
    if bytes.be(matrix, 4)? == 0 && bytes.be(matrix + 16, 4)? == 0 && bytes.be(matrix + 4, 4)? != 0 {
        (track.width, track.height) = (track.height, track.width);
    }
    Ok(())
}

/// The width with square pixels, unless the pixel aspect ratio is nonsense.
pub fn scale(width: u64, across: u64, down: u64) -> u64 {
    if across == 0 || down == 0 {
        return width;
    }
    let scaled = (width as f64 * across as f64 / down as f64 + 0.5) as u64;
    if scaled > 0 && scaled < 1 << 20 { scaled } else { width }
}
