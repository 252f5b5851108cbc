//! JPEG: the size in the frame header, rotated according to Exif.

use crate::facts::{Facts, Result, Stop};
use crate::sparse::{Sparse, WINDOW};
use crate::tiff;

pub fn probe(bytes: &Sparse) -> Result<Facts> {
    let mut at = 2;
    let mut is_turned = false;
    loop {
        // Profiles and previews may take megabytes before the frame header, so reads grow with the distance.
        let ahead = (4 * at).clamp(WINDOW, 1 << 20);
        let run = bytes.run(at, 4, ahead)?;
        // Any number of fill bytes may precede a marker.
        let Some(fill) = run.iter().position(|byte| *byte != 0xFF) else {
            at += run.len() as u64 - 1;
            continue;
        };
        let marker = at + fill as u64;
        let run = bytes.run(marker, 8, ahead)?;
        if fill == 0 {
            return Err(bytes.damaged());
        }
        match run.first() {
            Some(0x01 | 0xD0..=0xD8) => {
                at = marker + 1;
                continue;
            }
            Some(0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF) => {
                let (height, width) = (bytes.be(marker + 4, 2)?, bytes.be(marker + 6, 2)?);
                let (width, height) = if is_turned { (height, width) } else { (width, height) };
                return Ok(Facts::image("jpeg", width, height));
            }
            Some(0xDA | 0xD9) => return Err(bytes.halt(Stop::Unknown("It has no frame header."))),
            _ => {}
        }
        let end = marker + 1 + bytes.be(marker + 1, 2)?.max(2);
        if run.first() == Some(&0xE1) && end > marker + 17 && bytes.has(marker + 3, b"Exif\0\0")? {
            is_turned = tiff::directory(bytes, marker + 9, end)?.is_some_and(|directory| directory.is_turned());
        }
        at = end;
    }
}
