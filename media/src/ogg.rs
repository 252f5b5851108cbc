//! Ogg: Vorbis, Opus, FLAC, Speex, Theora.

use crate::facts::{Facts, Result, Stop};
use crate::flac;
use crate::mp4::scale;
use crate::sparse::{Sparse, WINDOW};

/// The largest file that is read as a whole, because it consists of several.
const WHOLE: u64 = 1 << 22;

#[derive(Clone, Copy)]
struct Page {
    /// Where its body begins.
    body: u64,
    end: u64,
    is_first: bool,
    serial: u64,
    /// Where it ends in time, in the stream's own units.
    granule: u64,
}

#[derive(Clone, Copy, Default)]
struct Stream {
    serial: u64,
    /// Units of the granules: this many for so many seconds.
    rate: u64,
    per: u64,
    /// What is left out at the beginning.
    skip: u64,
    /// Theora counts from the last key frame, in the low bits.
    shift: u64,
    /// The end of what was seen, in seconds.
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
    /// Reads a stream's first page; what is neither sound nor video is left out.
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

    /// Takes note of a page's time; whether the page's stream is known.
    fn see(&mut self, page: Page) -> bool {
        let Some(stream) = self
            .all
            .iter_mut()
            .find(|stream| stream.rate > 0 && stream.serial == page.serial)
        else {
            return false;
        };
        // All bits set: nothing ends on this page.
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

/// Seconds until the last page, looked for from the end.
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
            // What stands in a page's body is no page.
            if at >= next
                && let Ok(Some(page)) = page(bytes, at)
            {
                // One that is cut off does not reach its time.
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

/// Seconds of several files that were put together.
fn chained(bytes: &Sparse) -> Result<f64> {
    let size = bytes.size()?;
    if size > WHOLE {
        return Err(bytes.halt(Stop::Unknown("It has several recordings.")));
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
