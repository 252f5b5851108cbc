//! Probes files as the JavaScript driver does: first one window, then what the parser asks for.

use sd2_media::{Chunk, Facts, Sparse, Stop, probe};
use std::path::PathBuf;

#[derive(Debug)]
pub struct Probed {
    pub result: Result<Facts, Stop>,
    /// The position and the length of each read.
    pub reads: Vec<(u64, u64)>,
}

const WINDOW: u64 = 65_536;
const ROUNDS: usize = 48;

/// Probes a file whose size is known from the first read, as from `Content-Range`.
pub fn sized(file: &[u8]) -> Probed {
    read(file, Some(file.len() as u64))
}

/// Probes a file whose size becomes known when a read reaches the end, or when the parser asks for it.
pub fn unsized_(file: &[u8]) -> Probed {
    read(file, None)
}

fn read(file: &[u8], size: Option<u64>) -> Probed {
    let whole = file.len() as u64;
    let mut size = size.or((whole <= WINDOW).then_some(whole));
    let mut reads = vec![(0, whole.min(WINDOW))];
    loop {
        let chunks: Vec<Chunk> = reads.iter().map(|read| chunk(file, *read)).collect();
        match probe(&Sparse::new(&chunks, size)) {
            Err(Stop::Need { at, length }) if reads.len() < ROUNDS => {
                let at = at.min(whole);
                let length = length.max(WINDOW).min(whole - at);
                if at + length == whole {
                    size = Some(whole);
                }
                reads.push((at, length));
            }
            Err(Stop::Size) => size = Some(whole),
            result => return Probed { result, reads },
        }
    }
}

fn chunk(file: &[u8], (at, length): (u64, u64)) -> Chunk<'_> {
    let bytes = file.get(at as usize..(at + length) as usize).unwrap_or_default();
    Chunk { at, bytes }
}

/// The folder of the media fixtures.
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/fixtures/media")
}

/// Reads a media fixture.
pub fn file(name: &str) -> Vec<u8> {
    std::fs::read(folder().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}
