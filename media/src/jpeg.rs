//! JPEG: the size in the frame header, rotated according to Exif.

use crate::facts::{Facts, Result, Stop};
use crate::sparse::{Sparse, WINDOW, be_in};
use crate::tiff;

pub fn probe(bytes: &Sparse) -> Result<Facts> {
    let mut at = 2;
    let mut is_turned = false;
    loop {
        // Profiles and previews may take megabytes before the frame header, so reads grow with the distance.
        let ahead = (4 * at).clamp(WINDOW, 1 << 20);
        let run = bytes.run(at, 4, ahead)?;
        // Any number of fill bytes may precede a marker. Decoders also skip garbage.
        let is_marker = |pair: &[u8]| matches!(pair, [0xFF, code] if *code != 0xFF);
        let Some(skip) = run.windows(2).position(is_marker) else {
            at += run.len() as u64 - 1;
            continue;
        };
        let marker = at + skip as u64 + 1;
        let run = bytes.run(marker, 9, ahead)?;
        at = marker + 1;
        match be_in(run, 0, 1) {
            // Markers without a segment; 0 is data.
            0 | 0x01 | 0xD0..=0xD8 => continue,
            0xDA | 0xD9 => return Err(bytes.halt(Stop::Unknown("It has no frame header."))),
            0xE1 if bytes.has(marker + 3, b"Exif\0\0")? => {
                let end = at + be_in(run, 1, 2);
                is_turned = tiff::directory(bytes, marker + 9, end)?.is_some_and(|directory| directory.is_turned());
            }
            0xC4 | 0xC8 | 0xCC => {}
            // In garbage the length does not fit the number of components.
            0xC0..=0xCF if be_in(run, 1, 2) == 8 + 3 * be_in(run, 8, 1) => {
                let (height, width) = (be_in(run, 4, 2), be_in(run, 6, 2));
                let (width, height) = if is_turned { (height, width) } else { (width, height) };
                return Ok(Facts::image("jpeg", width, height));
            }
            _ => {}
        }
        at += be_in(run, 1, 2);
    }
}
