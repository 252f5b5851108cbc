//! Shared by all targets: probes a file like the JavaScript driver, and checks what the parsers promise.

use sd2_media::{Chunk, Kind, Sparse, Stop, probe};

/// Parsers often stop for missing bytes if reads are small. In a huge file, they would repeat long walks too often.
const SMALL_READ: u64 = 1024;
const LARGE_READ: u64 = 1 << 16;
const ROUNDS: usize = 48;
/// The most bytes to read.
const MOST: u64 = 3 << 16;

/// Probes a file that begins with one of these magic numbers. The last byte of `data` chooses which one, the byte before it the
/// size.
pub fn run(magics: &[&[u8]], data: &[u8]) {
    let [data @ .., more, magic] = data else { return };
    let magic = magics[usize::from(*magic) % magics.len()];
    let file = [magic, data].concat();
    // A file may be larger than its data; the rest is zeros. Few files are huge, because reading zeros takes most of the time. The
    // fuzzer writes 0 and 255 most often, so these do not mean huge.
    let size = match more >> 1 {
        77 => 1 << 40,
        78 => u64::MAX / 2,
        ..32 => file.len() as u64 + 5_000,
        _ => file.len() as u64,
    };
    probe_file(&file, size, more & 1 == 0);
}

fn probe_file(file: &[u8], size: u64, is_known: bool) {
    let read = |at: u64, length: u64| {
        let length = length.min(size.saturating_sub(at)).min(MOST) as usize;
        let mut bytes = vec![0; length];
        let at = usize::try_from(at).unwrap_or(usize::MAX).min(file.len());
        let held = length.min(file.len() - at);
        bytes[..held].copy_from_slice(&file[at..at + held]);
        bytes
    };
    let mut known = is_known.then_some(size);
    let mut held: Vec<(u64, Vec<u8>)> = Vec::new();
    let mut total = 0;
    for _ in 0..2 * ROUNDS {
        let chunks: Vec<Chunk> = held.iter().map(|(at, bytes)| Chunk { at: *at, bytes }).collect();
        match probe(&Sparse::new(&chunks, known)) {
            Ok(facts) => {
                assert!(facts.kind == Kind::Image || facts.seconds > 0.0, "{facts:?}");
                assert!(facts.kind == Kind::Audio || facts.width > 0 && facts.height > 0, "{facts:?}");
                return;
            }
            Err(Stop::Need { at, length }) => {
                assert!(length > 0);
                let has = |(from, bytes): &(u64, Vec<u8>)| {
                    at >= *from && at.saturating_add(length) <= from.saturating_add(bytes.len() as u64)
                };
                assert!(!held.iter().any(has), "asked again for {length} bytes at {at}");
                let length = length.max(if size > 1 << 20 { LARGE_READ } else { SMALL_READ });
                assert!(known.is_none_or(|size| at < size), "{at} is after the end");
                total += length.min(MOST);
                if held.len() == ROUNDS || total > MOST {
                    return;
                }
                let bytes = read(at, length);
                if (bytes.len() as u64) < length {
                    known = Some(size);
                }
                held.push((at, bytes));
            }
            Err(Stop::Size) => {
                assert!(known.is_none());
                known = Some(size);
            }
            Err(_) => return,
        }
    }
    panic!("the probe does not end");
}
