//! Ogg: Vorbis, Opus, FLAC, Speex, Theora.

use crate::facts::{Facts, Result, Stop};
use crate::flac;
use crate::mp4::scale;
use crate::sparse::{Sparse, WINDOW};

/// The largest chained file that is read completely.
const WHOLE: u64 = 1 << 22;

#[derive(Clone, Copy)]
struct Page {
    /// Where the body begins.
    body: u64,
    end: u64,
    is_first: bool,
    serial: u64,
    /// The time at the end of the page, in units of the stream.
    granule: u64,
}

#[derive(Clone, Copy, Default)]
struct Stream {
    serial: u64,
    /// `rate` granule units take `per` seconds.
    rate: u64,
    per: u64,
    /// Granule units that are skipped at the start.
    skip: u64,
    /// Theora only: how many low bits of a granule count from the last key frame.
    shift: u64,
    /// The latest end of a page so far.
    seconds: f64,
}

#[derive(Default)]
struct Streams {
    all: [Stream; 8],
    count: usize,
    width: u64,
    height: u64,
}

pub fn probe(bytes: &Sparse) -> Result<Facts> {
    let mut streams = Streams::default();
    let mut at = 0;
    while let Some(page) = page(bytes, at)?.filter(|page| page.is_first) {
        streams.begin(bytes, page)?;
        at = page.end;
    }
    if streams.count == 0 {
        return Err(bytes.unsupported("ogg"));
    }
    let seconds = last(bytes, &mut streams, at)?;
    Ok(Facts::clip("ogg", "ogg", (streams.width, streams.height), seconds))
}

fn page(bytes: &Sparse, at: u64) -> Result<Option<Page>> {
    if bytes.end().saturating_sub(at) < 27 || !bytes.has(at, b"OggS\0")? {
        return Ok(None);
    }
    let segments = bytes.be(at + 26, 1)?;
    let body = at + 27 + segments;
    let length: u64 = bytes
        .get(at + 27, segments)?
        .iter()
        .map(|length| u64::from(*length))
        .sum();
    Ok(Some(Page {
        body,
        end: body + length,
        is_first: bytes.be(at + 5, 1)? & 2 != 0,
        serial: bytes.le(at + 14, 4)?,
        granule: bytes.le(at + 6, 8)?,
    }))
}

impl Streams {
    /// Adds the stream that begins with this page, if it is sound or video.
    fn begin(&mut self, bytes: &Sparse, page: Page) -> Result<()> {
        let at = page.body;
        let has = |magic: &[u8], length| Ok(page.end >= at + length && bytes.has(at, magic)?);
        let mut stream = Stream {
            serial: page.serial,
            per: 1,
            ..Stream::default()
        };
        if has(b"\x01vorbis", 30)? {
            stream.rate = bytes.le(at + 12, 4)?;
        } else if has(b"OpusHead", 19)? {
            stream.rate = 48_000;
            stream.skip = bytes.le(at + 10, 2)?;
        } else if has(b"\x7FFLAC", 51)? {
            stream.rate = flac::rate(bytes, at + 9)?;
        } else if has(b"Speex   ", 40)? {
            stream.rate = bytes.le(at + 36, 4)?;
        } else if has(b"\x80theora", 42)? {
            stream.rate = bytes.be(at + 22, 4)?;
            stream.per = bytes.be(at + 26, 4)?;
            stream.shift = bytes.be(at + 40, 2)? >> 5 & 31;
            self.height = bytes.be(at + 17, 3)?;
            self.width = scale(bytes.be(at + 14, 3)?, bytes.be(at + 30, 3)?, bytes.be(at + 33, 3)?);
        }
        if stream.rate > 0
            && let Some(slot) = self.all.get_mut(self.count)
        {
            *slot = stream;
            self.count += 1;
        }
        Ok(())
    }

    /// Records the time of a page. Returns false if its stream is unknown.
    fn see(&mut self, page: Page) -> bool {
        let Some(stream) = self
            .all
            .iter_mut()
            .find(|stream| stream.rate > 0 && stream.serial == page.serial)
        else {
            return false;
        };
        // All bits set means that no packet ends on this page.
        if page.granule != u64::MAX {
            let units = (page.granule >> stream.shift)
                + (page.granule & !(u64::MAX << stream.shift)) * u64::from(stream.shift > 0);
            let seconds = units.saturating_sub(stream.skip) as f64 * stream.per as f64 / stream.rate as f64;
            stream.seconds = stream.seconds.max(seconds);
        }
        true
    }

    fn seconds(&self) -> f64 {
        self.all.iter().map(|stream| stream.seconds).fold(0.0, f64::max)
    }
}

/// The duration, by the last page. Searches ever larger parts of the end.
fn last(bytes: &Sparse, streams: &mut Streams, from: u64) -> Result<f64> {
    let mut reach = WINDOW;
    loop {
        let (start, tail) = bytes.tail(from, reach)?;
        let mut places = tail
            .windows(4)
            .enumerate()
            .filter(|(_, magic)| *magic == b"OggS")
            .map(|(place, _)| start + place as u64);
        let mut is_known = true;
        let mut next = from.max(start);
        for at in &mut places {
            // Ignore matches inside the body of a page.
            if at >= next
                && let Ok(Some(page)) = page(bytes, at)
            {
                // A page that is cut off does not count.
                if page.end <= bytes.end() {
                    next = page.end;
                    is_known &= !page.is_first && streams.see(page);
                }
            }
        }
        if !is_known {
            return chained(bytes);
        }
        if streams.seconds() > 0.0 {
            return Ok(streams.seconds());
        }
        if start <= from || reach >= WHOLE {
            return Ok(0.0);
        }
        reach *= 8;
    }
}

/// The duration of a chained file, which is several recordings one after the other.
fn chained(bytes: &Sparse) -> Result<f64> {
    let size = bytes.size()?;
    if size > WHOLE {
        return Err(bytes.halt(Stop::Unknown("It contains several recordings.")));
    }
    bytes.get(0, size)?;
    let mut total = 0.0;
    let mut streams = Streams::default();
    let mut was_first = true;
    let mut at = 0;
    while let Ok(Some(page)) = page(bytes, at) {
        if page.is_first && !was_first {
            total += streams.seconds();
            streams = Streams::default();
        }
        if page.is_first {
            streams.begin(bytes, page)?;
        } else {
            streams.see(page);
        }
        was_first = page.is_first;
        at = page.end;
    }
    Ok(total + streams.seconds())
}
