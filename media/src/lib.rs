//! Identifies media files by their bytes: kind, format, displayed size and duration.
//!
//! A parser is a plain function over [`Sparse`] bytes. If bytes are missing, it returns which ones; the caller fetches them
//! and starts the parser again. There is no state, no recursion and no allocation.

mod aiff;
mod avi;
mod bmp;
mod boxes;
mod facts;
mod flac;
mod fragments;
mod frames;
mod gif;
mod heif;
mod jpeg;
mod matroska;
mod mp3;
mod mp4;
mod ogg;
mod others;
mod png;
mod probe;
mod riff;
mod sparse;
mod tags;
mod tiff;
mod w64;
#[cfg(target_arch = "wasm32")]
mod wasm;
mod wav;
mod webp;

pub use facts::{Facts, Kind, Stop};
pub use probe::probe;
pub use sparse::{Chunk, Sparse};
