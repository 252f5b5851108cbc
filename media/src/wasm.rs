//! The boundary: one exported function over the module's memory, which JavaScript fills.
#![expect(unsafe_code, reason = "JavaScript and the module share nothing but memory")]

use crate::facts::{Kind, Stop};
use crate::probe::probe;
use crate::sparse::{Chunk, Sparse};

/// The most chunks of a file: one for each read.
const CHUNKS: usize = 64;

/// What JavaScript writes, in this order: the file's size (negative if unknown), how many chunks there are, and of each its
/// place in the file, its address and its length.
#[repr(C)]
pub struct Question {
    size: f64,
    count: f64,
    chunks: [[f64; 3]; CHUNKS],
}

/// What JavaScript reads. Texts are addresses and lengths.
#[repr(C)]
#[derive(Default)]
pub struct Answer {
    /// 0 for facts, else why there are none.
    status: f64,
    /// Of the format's name, or of a reason.
    name: [f64; 2],
    subtype: [f64; 2],
    /// 0 image, 1 video, 2 audio.
    kind: f64,
    width: f64,
    height: f64,
    seconds: f64,
    is_estimate: f64,
    /// What is needed.
    at: f64,
    length: f64,
}

/// Answers a question that stands in memory, behind the question.
///
/// # Safety
///
/// `question` is the address of a [`Question`] behind which there is room for an [`Answer`]; its chunks are memory that
/// holds them.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn look(question: *mut Question) {
    // SAFETY: as the caller promises; nothing else runs meanwhile.
    let (question, answer) = unsafe { (&*question, &mut *question.add(1).cast::<Answer>()) };
    let mut chunks = [Chunk { at: 0, bytes: &[] }; CHUNKS];
    let count = (question.count as usize).min(CHUNKS);
    for (chunk, [at, address, length]) in chunks.iter_mut().zip(question.chunks).take(count) {
        // SAFETY: as the caller promises.
        let bytes = unsafe { core::slice::from_raw_parts(address as usize as *const u8, length as usize) };
        *chunk = Chunk { at: at as u64, bytes };
    }
    let size = (question.size >= 0.0).then_some(question.size as u64);
    let file = Sparse::new(chunks.get(..count).unwrap_or_default(), size);
    *answer = Answer::default();
    let text = |text: &'static str| [text.as_ptr() as usize as f64, text.len() as f64];
    match probe(&file) {
        Ok(facts) => {
            answer.name = text(facts.format);
            answer.subtype = text(facts.subtype);
            answer.kind = match facts.kind {
                Kind::Image => 0.0,
                Kind::Video => 1.0,
                Kind::Audio => 2.0,
            };
            answer.width = facts.width as f64;
            answer.height = facts.height as f64;
            answer.seconds = facts.seconds;
            answer.is_estimate = u8::from(facts.is_estimate).into();
        }
        Err(Stop::Need { at, length }) => {
            answer.status = 1.0;
            answer.at = at as f64;
            answer.length = length as f64;
        }
        Err(Stop::Size) => answer.status = 2.0,
        Err(Stop::Unsupported(name)) => {
            answer.status = 3.0;
            answer.name = text(name);
        }
        Err(Stop::Truncated) => answer.status = 4.0,
        Err(Stop::Unknown(reason)) => {
            answer.status = 5.0;
            answer.name = text(reason);
        }
    }
}
