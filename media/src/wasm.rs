//! The boundary: one exported function. JavaScript writes its input into the module's memory and reads the output there.
#![expect(unsafe_code, reason = "JavaScript and the module share nothing but memory")]

use crate::facts::{Kind, Stop};
use crate::probe::probe;
use crate::sparse::{Chunk, Sparse};

/// The most chunks of a file. js/media/module.js has the same number.
const CHUNKS: usize = 64;

/// What JavaScript writes.
#[repr(C)]
pub struct Input {
    /// The size of the file; negative if unknown.
    size: f64,
    /// The number of chunks.
    count: f64,
    /// The position in the file, the address and the length of each chunk.
    chunks: [[f64; 3]; CHUNKS],
}

/// What JavaScript reads. A string is its address and its length.
#[repr(C)]
#[derive(Default)]
pub struct Output {
    /// 0 for facts, otherwise the number of the [`Stop`].
    status: f64,
    /// The name of the format, or the reason for no facts.
    name: [f64; 2],
    subtype: [f64; 2],
    /// 0 image, 1 video, 2 audio.
    kind: f64,
    width: f64,
    height: f64,
    seconds: f64,
    is_estimate: f64,
    /// The position and length of the bytes that are needed.
    at: f64,
    length: f64,
}

/// Probes a file and writes the output directly after the input.
///
/// # Safety
///
/// `input` must be the address of an [`Input`] followed by room for an [`Output`]. The chunks must be valid memory.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn probe_file(input: *mut Input) {
    // SAFETY: as the caller promises; nothing else accesses this memory during the call.
    let (input, output) = unsafe { (&*input, &mut *input.add(1).cast::<Output>()) };
    let mut chunks = [Chunk { at: 0, bytes: &[] }; CHUNKS];
    let count = (input.count as usize).min(CHUNKS);
    for (chunk, [at, address, length]) in chunks.iter_mut().zip(input.chunks).take(count) {
        // SAFETY: as the caller promises.
        let bytes = unsafe { core::slice::from_raw_parts(address as usize as *const u8, length as usize) };
        *chunk = Chunk { at: at as u64, bytes };
    }
    let size = (input.size >= 0.0).then_some(input.size as u64);
    let file = Sparse::new(chunks.get(..count).unwrap_or_default(), size);
    *output = Output::default();
    let text = |text: &'static str| [text.as_ptr() as usize as f64, text.len() as f64];
    match probe(&file) {
        Ok(facts) => {
            output.name = text(facts.format);
            output.subtype = text(facts.subtype);
            output.kind = match facts.kind {
                Kind::Image => 0.0,
                Kind::Video => 1.0,
                Kind::Audio => 2.0,
            };
            output.width = facts.width as f64;
            output.height = facts.height as f64;
            output.seconds = facts.seconds;
            output.is_estimate = u8::from(facts.is_estimate).into();
        }
        Err(Stop::Need { at, length }) => {
            output.status = 1.0;
            output.at = at as f64;
            output.length = length as f64;
        }
        Err(Stop::Size) => output.status = 2.0,
        Err(Stop::Unsupported(name)) => {
            output.status = 3.0;
            output.name = text(name);
        }
        Err(Stop::Truncated) => output.status = 4.0,
        Err(Stop::Unknown(reason)) => {
            output.status = 5.0;
            output.name = text(reason);
        }
    }
}
