//! HEIC and AVIF: the size of the primary item after its cropping and rotation.

use crate::boxes::{Part, child, descendant, name, part};
use crate::facts::{Facts, Result};
use crate::sparse::{Sparse, be, be_in};

const ISPE: u32 = name(b"ispe");
const CLAP: u32 = name(b"clap");
const IROT: u32 = name(b"irot");
const AVIF: u32 = name(b"avif");
const AVIS: u32 = name(b"avis");
const HEIC: u32 = name(b"heic");
const HEIX: u32 = name(b"heix");
const HEIM: u32 = name(b"heim");
const HEIS: u32 = name(b"heis");
const HEVC: u32 = name(b"hevc");
const HEVX: u32 = name(b"hevx");
const MIF1: u32 = name(b"mif1");
const MIF2: u32 = name(b"mif2");
const MSF1: u32 = name(b"msf1");
const MIAF: u32 = name(b"miaf");

pub fn probe(bytes: &Sparse, meta: Part, format: &'static str) -> Result<Facts> {
    // One read for the whole box, because the properties are at its end.
    bytes.get(meta.at, (meta.end - meta.at).min(1 << 20))?;
    // A full box: version and flags come before the children.
    let meta = Part {
        at: meta.at + 4,
        ..meta
    };
    let (width, height) = size(bytes, meta)?.unwrap_or_default();
    Ok(Facts::image(format, width, height))
}

fn size(bytes: &Sparse, meta: Part) -> Result<Option<(u64, u64)>> {
    let Some(pitm) = child(bytes, meta, name(b"pitm"))? else {
        return Ok(None);
    };
    let primary = bytes.be(pitm.at + 4, if bytes.be(pitm.at, 1)? == 0 { 2 } else { 4 })?;
    let Some(ipco) = descendant(bytes, meta, &[name(b"iprp"), name(b"ipco")])? else {
        return Ok(None);
    };
    let Some((first, count, wide)) = associations(bytes, meta, primary)? else {
        return Ok(None);
    };
    // The first pass finds the size, the second one applies cropping and rotation in their order.
    let mut size = None;
    for pass in 0..2 {
        for index in 0..count {
            // The highest bit marks an essential property.
            let number = bytes.be(first + index * wide, wide)? & if wide == 1 { 0x7F } else { 0x7FFF };
            let Some(property) = property(bytes, ipco, number)? else {
                continue;
            };
            let at = property.at;
            match (property.name, pass, size) {
                (ISPE, 0, None) => size = Some((bytes.be(at + 4, 4)?, bytes.be(at + 8, 4)?)),
                (CLAP, 1, Some(_)) => {
                    let ratio = |at| Ok(bytes.be(at, 4)?.checked_div(bytes.be(at + 4, 4)?).unwrap_or(0));
                    size = Some((ratio(at)?, ratio(at + 8)?));
                }
                (IROT, 1, Some((width, height))) if bytes.be(at, 1)? & 1 == 1 => size = Some((height, width)),
                _ => {}
            }
        }
    }
    Ok(size)
}

/// Finds the list of an item's properties: its position, the number of entries, and the bytes of each entry.
fn associations(bytes: &Sparse, meta: Part, item: u64) -> Result<Option<(u64, u64, u64)>> {
    let Some(iprp) = child(bytes, meta, name(b"iprp"))? else {
        return Ok(None);
    };
    let mut next = iprp.at;
    while let Some(ipma) = part(bytes, next, iprp.end)? {
        next = ipma.end;
        if ipma.name != name(b"ipma") {
            continue;
        }
        let id = if bytes.be(ipma.at, 1)? == 0 { 2 } else { 4 };
        let wide = 1 + (bytes.be(ipma.at + 3, 1)? & 1);
        let mut at = ipma.at + 8;
        while at + id < ipma.end {
            let count = bytes.be(at + id, 1)?;
            let first = at + id + 1;
            if bytes.be(at, id)? == item {
                return Ok(Some((first, count, wide)));
            }
            at = first + count * wide;
        }
    }
    Ok(None)
}

/// More than any camera writes. Without a limit a hostile file could keep the parser busy.
const MOST_PROPERTIES: u64 = 1000;

/// Finds a property by its number, which counts from 1.
fn property(bytes: &Sparse, ipco: Part, number: u64) -> Result<Option<Part>> {
    let mut at = ipco.at;
    let mut found = None;
    for _ in 0..number.min(MOST_PROPERTIES) {
        found = part(bytes, at, ipco.end)?;
        match found {
            Some(property) => at = property.end,
            None => break,
        }
    }
    Ok(found)
}

/// The format by the brands; `None` for a video.
pub fn format(brands: &[u8]) -> Option<&'static str> {
    let is_avif = match be_in(brands, 0, 4) as u32 {
        AVIF | AVIS => true,
        HEIC | HEIX | HEIM | HEIS | HEVC | HEVX => false,
        MIF1 | MIF2 | MSF1 | MIAF => brands.chunks(4).any(|brand| matches!(be(brand) as u32, AVIF | AVIS)),
        _ => return None,
    };
    Some(if is_avif { "avif" } else { "heic" })
}
