//! The duration of a fragmented MP4, with as few reads as possible.

use crate::boxes::{Part, child, name, part};
use crate::facts::Result;
use crate::mp4::Track;
use crate::sparse::{Sparse, WINDOW, be_in};

const MOOF: u32 = name(b"moof");
const SIDX: u32 = name(b"sidx");

/// Reads after which the rest is extrapolated.
const MOST_READS: usize = 40;

pub struct Duration {
    pub seconds: f64,
    pub is_estimate: bool,
}

/// The duration of the fragments from `at` on.
pub fn duration(bytes: &Sparse, at: u64, mvex: Part, movie: u64, tracks: &mut [Track]) -> Result<Duration> {
    let exactly = |seconds| {
        Ok(Duration {
            seconds,
            is_estimate: false,
        })
    };
    let mut declared = 0.0;
    if let Some(mehd) = child(bytes, mvex, name(b"mehd"))?
        && movie > 0
    {
        let ticks = bytes.be(mehd.at + 4, if bytes.be(mehd.at, 1)? == 1 { 8 } else { 4 })?;
        declared = ticks as f64 / movie as f64;
    }
    defaults(bytes, mvex, tracks)?;
    for track in tracks.iter_mut() {
        track.time = track.listed;
    }

    let end = bytes.end();
    let first = at;
    let mut at = at;
    let mut is_indexed = false;
    loop {
        let is_held = bytes.run(at, 16, 0).is_ok();
        if !is_held && at < end {
            // The declared duration may be wrong, but it saves many reads.
            if declared > 0.0 {
                return exactly(declared);
            }
            let has_begun = tracks.iter().any(|track| track.start.is_some());
            if has_begun
                && !is_indexed
                && let Some(size) = bytes.size
            {
                is_indexed = true;
                if let Some(last) = index(bytes, size, tracks)? {
                    at = at.max(last);
                    continue;
                }
            }
            if bytes.chunks.len() >= MOST_READS {
                let share = (at - first) as f64 / (bytes.size()? - first) as f64;
                return Ok(Duration {
                    seconds: total(tracks) / share,
                    is_estimate: true,
                });
            }
        }
        let Some(part) = part(bytes, at, end)? else {
            break;
        };
        match part.name {
            MOOF => fragment(bytes, part, tracks)?,
            SIDX => {
                let (seconds, covered) = segments(bytes, part)?;
                // An index of only part of the file is followed by others.
                let is_first = tracks.iter().all(|track| track.start.is_none());
                if is_first && seconds > 0.0 && (Some(covered) == bytes.size || is_end(bytes, covered)?) {
                    declared = seconds;
                }
            }
            _ => {}
        }
        at = part.end;
    }
    exactly(total(tracks))
}

/// Seconds from the first fragment's beginning to the end of the last one.
fn total(tracks: &[Track]) -> f64 {
    let mut start = f64::INFINITY;
    let mut end = 0.0;
    for track in tracks {
        let begun = if track.listed > 0 { Some(0) } else { track.start };
        if let Some(ticks) = begun {
            start = track.seconds(ticks).min(start);
            end = track.seconds(track.time.saturating_sub(track.skip)).max(end);
        }
    }
    if end > start { end - start } else { 0.0 }
}

/// Reads the default sample durations.
fn defaults(bytes: &Sparse, mvex: Part, tracks: &mut [Track]) -> Result<()> {
    let mut at = mvex.at;
    while let Some(trex) = part(bytes, at, mvex.end)? {
        at = trex.end;
        if trex.name == name(b"trex") {
            let id = bytes.be(trex.at + 4, 4)?;
            if let Some(track) = tracks.iter_mut().find(|track| track.id == id) {
                track.sample = bytes.be(trex.at + 12, 4)?;
            }
        }
    }
    Ok(())
}

/// Adds a fragment to its tracks.
fn fragment(bytes: &Sparse, moof: Part, tracks: &mut [Track]) -> Result<()> {
    let mut at = moof.at;
    while let Some(traf) = part(bytes, at, moof.end)? {
        at = traf.end;
        if traf.name != name(b"traf") {
            continue;
        }
        let Some(tfhd) = child(bytes, traf, name(b"tfhd"))? else {
            continue;
        };
        let id = bytes.be(tfhd.at + 4, 4)?;
        let Some(track) = tracks.iter_mut().find(|track| track.timescale > 0 && track.id == id) else {
            continue;
        };
        if let Some(tfdt) = child(bytes, traf, name(b"tfdt"))? {
            let wide = if bytes.be(tfdt.at, 1)? == 1 { 8 } else { 4 };
            track.time = bytes.be(tfdt.at + 4, wide)?;
        }
        track.start.get_or_insert(track.time);
        let flags = bytes.be(tfhd.at, 4)?;
        let sample = match flags & 8 {
            0 => track.sample,
            _ => bytes.be(tfhd.at + 8 + 8 * (flags & 1) + 2 * (flags & 2), 4)?,
        };
        let mut at = traf.at;
        while let Some(trun) = part(bytes, at, traf.end)? {
            at = trun.end;
            if trun.name == name(b"trun") {
                track.time = track.time.saturating_add(run(bytes, trun, sample)?);
            }
        }
    }
    Ok(())
}

/// The duration of a run of samples, in ticks.
fn run(bytes: &Sparse, trun: Part, sample: u64) -> Result<u64> {
    let flags = bytes.be(trun.at, 4)?;
    let count = bytes.be(trun.at + 4, 4)?;
    if flags & 0x100 == 0 {
        return Ok(count * sample);
    }
    // Each of these four flags adds four bytes to an entry. The duration comes first.
    let wide = (flags & 0xF00).count_ones() as usize * 4;
    let table = bytes.table(trun.at + 8 + 4 * (flags & 1) + (flags & 4), trun.end)?;
    let durations = table.chunks_exact(wide).map(|entry| be_in(entry, 0, 4));
    Ok(durations.take(count as usize).sum())
}

/// Reads a segment index: its duration in seconds, and where the last segment ends.
fn segments(bytes: &Sparse, sidx: Part) -> Result<(f64, u64)> {
    let wide = if bytes.be(sidx.at, 1)? == 0 { 4 } else { 8 };
    let timescale = bytes.be(sidx.at + 8, 4)?;
    let mut covered = sidx.end.saturating_add(bytes.be(sidx.at + 12 + wide, wide)?);
    let mut ticks = 0u64;
    for entry in bytes.table(sidx.at + 16 + 2 * wide, sidx.end)?.chunks_exact(12) {
        covered = covered.saturating_add(be_in(entry, 0, 4) & 0x7FFF_FFFF);
        ticks += be_in(entry, 4, 4);
    }
    if timescale == 0 {
        return Ok((0.0, 0));
    }
    Ok((ticks as f64 / timescale as f64, covered))
}

/// Whether only the index at the end of the file follows.
fn is_end(bytes: &Sparse, at: u64) -> Result<bool> {
    Ok(at > 0 && part(bytes, at, bytes.end())?.is_some_and(|part| part.name == name(b"mfra")))
}

/// Reads the index at the end of the file. Sets each track to the time of its last fragment, and returns where the earliest
/// of these fragments is.
fn index(bytes: &Sparse, size: u64, tracks: &mut [Track]) -> Result<Option<u64>> {
    let (_, tail) = bytes.tail(0, WINDOW)?;
    if tail.len() < 16 || !bytes.has(size - 12, b"mfro")? {
        return Ok(None);
    }
    let Some(mfra) = part(bytes, size.saturating_sub(bytes.be(size - 4, 4)?), size)? else {
        return Ok(None);
    };
    let mut last = None;
    let mut at = mfra.at;
    while let Some(tfra) = part(bytes, at, mfra.end)? {
        at = tfra.end;
        if tfra.name != name(b"tfra") {
            continue;
        }
        let wide = if bytes.be(tfra.at, 1)? == 1 { 8 } else { 4 };
        let id = bytes.be(tfra.at + 4, 4)?;
        let lengths = bytes.be(tfra.at + 8, 4)?;
        let entry = 2 * wide + 3 + (lengths & 3) + (lengths >> 2 & 3) + (lengths >> 4 & 3);
        let count = bytes.be(tfra.at + 12, 4)?;
        let at = tfra.at.saturating_add(16 + count.saturating_sub(1) * entry);
        if count == 0 || at + entry > tfra.end {
            continue;
        }
        let moof = bytes.be(at + wide, wide)?;
        last = Some(last.map_or(moof, |last: u64| last.min(moof)));
        if let Some(track) = tracks.iter_mut().find(|track| track.id == id) {
            track.time = bytes.be(at, wide)?;
        }
    }
    Ok(last)
}
