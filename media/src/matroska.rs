//! WebM and Matroska.

use crate::facts::{Facts, Result};
use crate::mp4::scale;
use crate::sparse::{Sparse, WINDOW, be, be_in};

const SEGMENT: u64 = 0x1853_8067;
const INFO: u64 = 0x1549_A966;
const TRACKS: u64 = 0x1654_AE6B;
const CLUSTER: u64 = 0x1F43_B675;

#[derive(Clone, Copy)]
struct Element {
    id: u64,
    /// Where the body begins.
    at: u64,
    end: u64,
}

/// Reads the element at `at`. `None` at the end of the parent, or if there is no valid element.
fn element(bytes: &Sparse, at: u64, end: u64) -> Result<Option<Element>> {
    if end.saturating_sub(at) < 2 {
        return Ok(None);
    }
    let id_length = 1 + u64::from((bytes.be(at, 1)? as u8).leading_zeros());
    let after = at + id_length;
    let size_length = 1 + u64::from((bytes.be(after, 1)? as u8).leading_zeros());
    if id_length > 4 || size_length > 8 {
        return Ok(None);
    }
    let most = u64::MAX >> (64 - 7 * size_length);
    let size = bytes.be(after, size_length)? & most;
    let body = after + size_length;
    // All bits set means that the size is unknown.
    let stop = if size == most {
        end
    } else {
        body.saturating_add(size).min(end)
    };
    Ok((stop >= body).then_some(Element {
        id: bytes.be(at, id_length)?,
        at: body,
        end: stop,
    }))
}

fn child(bytes: &Sparse, parent: Element, id: u64) -> Result<Option<Element>> {
    let mut at = parent.at;
    while let Some(element) = element(bytes, at, parent.end)? {
        if element.id == id {
            return Ok(Some(element));
        }
        at = element.end;
    }
    Ok(None)
}

/// The integer in a child, or `default` if there is none.
fn number(bytes: &Sparse, parent: Element, id: u64, default: u64) -> Result<u64> {
    match child(bytes, parent, id)? {
        Some(Element { at, end, .. }) => bytes.be(at, (end - at).min(8)),
        None => Ok(default),
    }
}

/// The floating-point number in a child; 0 if there is none.
fn float(bytes: &Sparse, parent: Element, id: u64) -> Result<f64> {
    let Some(Element { at, end, .. }) = child(bytes, parent, id)? else {
        return Ok(0.0);
    };
    Ok(match end - at {
        4 => f32::from_bits(bytes.be(at, 4)? as u32).into(),
        8 => f64::from_bits(bytes.be(at, 8)?),
        _ => 0.0,
    })
}

pub fn probe(bytes: &Sparse) -> Result<Facts> {
    let end = bytes.end();
    let header = element(bytes, 0, end)?.ok_or_else(|| bytes.damaged())?;
    let is_webm = match child(bytes, header, 0x4282)? {
        Some(kind) => bytes.get(kind.at, (kind.end - kind.at).min(4))? == b"webm",
        None => false,
    };
    let segment = element(bytes, header.end, end)?
        .filter(|segment| segment.id == SEGMENT)
        .ok_or_else(|| bytes.truncated())?;

    let mut info = None;
    let mut tracks = None;
    let mut at = segment.at;
    while info.is_none() || tracks.is_none() {
        let Some(element) = element(bytes, at, segment.end)? else {
            break;
        };
        at = element.end;
        match element.id {
            INFO => info = Some(element),
            TRACKS => tracks = Some(element),
            _ => {}
        }
    }
    let tracks = tracks.ok_or_else(|| bytes.truncated())?;
    bytes.get(tracks.at, (tracks.end - tracks.at).min(1 << 20))?;
    let size = shape(bytes, tracks)?;
    let mut tick = 0.001;
    let mut seconds = 0.0;
    if let Some(info) = info {
        tick = number(bytes, info, 0x2A_D7B1, 1_000_000)? as f64 / 1e9;
        seconds = float(bytes, info, 0x4489)? * tick;
    }
    // Live recordings have no duration in their header.
    if seconds.max(0.0) == 0.0 {
        seconds = tick * last(bytes, segment)?;
    }
    let (format, subtype) = match is_webm {
        true => ("webm", "webm"),
        false => ("matroska", "x-matroska"),
    };
    Ok(Facts::clip(format, subtype, size, seconds))
}

/// The displayed size of the first video track; (0, 0) if there is only sound.
fn shape(bytes: &Sparse, tracks: Element) -> Result<(u64, u64)> {
    let mut has_sound = false;
    let mut at = tracks.at;
    while let Some(track) = element(bytes, at, tracks.end)? {
        at = track.end;
        if track.id != 0xAE {
            continue;
        }
        match (number(bytes, track, 0x83, 0)?, child(bytes, track, 0xE0)?) {
            (1, Some(video)) => return displayed(bytes, video),
            (2, _) => has_sound = true,
            _ => {}
        }
    }
    if has_sound { Ok((0, 0)) } else { Err(bytes.damaged()) }
}

fn displayed(bytes: &Sparse, video: Element) -> Result<(u64, u64)> {
    let value = |id| number(bytes, video, id, 0);
    let mut width = value(0xB0)?.saturating_sub(value(0x54CC)?.saturating_add(value(0x54DD)?));
    let mut height = value(0xBA)?.saturating_sub(value(0x54AA)?.saturating_add(value(0x54BB)?));
    let (across, down) = (value(0x54B0)?, value(0x54BA)?);
    // The display size is in pixels, or only an aspect ratio, which old writers do not mark as one.
    if value(0x54B2)? == 0 && across >= 256 {
        (width, height) = (across, down);
    } else if across > 0 && down > 0 {
        width = scale(height, across, down);
    }
    if let Some(projection) = child(bytes, video, 0x7670)? {
        let roll = float(bytes, projection, 0x7675)?.abs();
        if roll > 45.0 && roll < 135.0 || roll > 225.0 && roll < 315.0 {
            (width, height) = (height, width);
        }
    }
    Ok((width, height))
}

/// How many false clusters are tried. A hostile file could be full of them.
const MOST_TRIES: usize = 64;

/// The duration from the first cluster to the end of the last one, in ticks.
fn last(bytes: &Sparse, segment: Element) -> Result<f64> {
    let first = child(bytes, segment, CLUSTER)?.ok_or_else(|| bytes.truncated())?;
    let begun = number(bytes, first, 0xE7, 0)?;
    let mut reach = WINDOW;
    loop {
        let (start, tail) = bytes.tail(first.at.saturating_sub(12), reach)?;
        let mut until = tail.len();
        // Search backwards for a cluster id that is followed by a timestamp, as in a real cluster.
        for _ in 0..MOST_TRIES {
            let Some(place) = tail
                .get(..until)
                .and_then(|tail| tail.windows(4).rposition(|id| be(id) == CLUSTER))
            else {
                break;
            };
            until = place + 3;
            let at = start + place as u64;
            if let Some(cluster) = element(bytes, at, segment.end.min(bytes.end()))?
                && let Some(time) = element(bytes, cluster.at, cluster.end)?
                && matches!(time.id, 0xE7 | 0xBF | 0xEC)
                && let Some(end) = blocks(bytes, cluster)?
                && end >= begun as f64
            {
                return Ok(end - begun as f64);
            }
        }
        if start <= first.at || reach >= 1 << 22 {
            return Ok(0.0);
        }
        reach *= 8;
    }
}

/// When the blocks of a cluster end, in ticks.
fn blocks(bytes: &Sparse, cluster: Element) -> Result<Option<f64>> {
    let Some(time) = child(bytes, cluster, 0xE7)? else {
        return Ok(None);
    };
    let begun = bytes.be(time.at, (time.end - time.at).min(8))? as f64;
    let mut end = begun;
    // For each track: its number, the time of its last block, and the duration of a block.
    let mut known = [(0u64, 0.0, 0.0); 8];
    let mut at = time.end;
    while let Some(element) = element(bytes, at, cluster.end)? {
        at = element.end;
        let (block, lasting) = match element.id {
            0xA3 => (element, 0),
            0xA0 => match child(bytes, element, 0xA1)? {
                Some(block) => (block, number(bytes, element, 0x9B, 0)?),
                None => continue,
            },
            CLUSTER | 0x1C53_BB6B | 0x1254_C367 => break,
            _ => continue,
        };
        let head = bytes.get(block.at, (block.end - block.at).min(4))?;
        let number = be_in(head, 0, 1) & 0x7F;
        let time = begun + f64::from(be_in(head, 1, 2) as i16);
        let Some(track) = known.iter_mut().find(|track| track.0 == number || track.0 == 0) else {
            continue;
        };
        if track.0 == 0 {
            *track = (number, time, 0.0);
        }
        if time > track.1 {
            track.2 = time - track.1;
        }
        track.1 = time;
        end = end.max(time + if lasting > 0 { lasting as f64 } else { track.2 });
    }
    Ok(Some(end))
}
