//! A file that is only partly in memory.

use crate::facts::{Halt, Result, Stop};
use core::cell::Cell;

/// How many bytes to fetch at once, unless a parser knows better.
pub const WINDOW: u64 = 65_536;

#[derive(Clone, Copy, Debug)]
pub struct Chunk<'a> {
    /// The position in the file.
    pub at: u64,
    pub bytes: &'a [u8],
}

#[derive(Clone, Debug)]
pub struct Sparse<'a> {
    pub(crate) chunks: &'a [Chunk<'a>],
    pub(crate) size: Option<u64>,
    /// Why a parser stopped.
    pub(crate) stop: Cell<Stop>,
    /// How many reads are left. The limit stops hostile files; no other file comes near it.
    left: Cell<u32>,
}

impl<'a> Sparse<'a> {
    /// Chunks may overlap and come in any order, but each read must lie within one chunk.
    pub fn new(chunks: &'a [Chunk<'a>], size: Option<u64>) -> Sparse<'a> {
        Sparse {
            chunks,
            size,
            stop: Cell::default(),
            left: Cell::new(1 << 17),
        }
    }

    pub(crate) fn halt(&self, stop: Stop) -> Halt {
        self.stop.set(stop);
        Halt
    }

    pub(crate) fn unsupported(&self, name: &'static str) -> Halt {
        self.halt(Stop::Unsupported(name))
    }

    pub(crate) fn truncated(&self) -> Halt {
        self.halt(Stop::Truncated)
    }

    pub(crate) fn damaged(&self) -> Halt {
        self.halt(Stop::Unknown("It is damaged."))
    }

    /// The bytes in memory from `at` on: at least `least`. If there are fewer, asks for `wanted` bytes.
    pub(crate) fn run(&self, at: u64, least: u64, wanted: u64) -> Result<&'a [u8]> {
        let Some(left) = self.left.get().checked_sub(1) else {
            return Err(self.damaged());
        };
        self.left.set(left);
        let mut best: &[u8] = &[];
        // The newest chunk first, because parsers move on to what was just fetched.
        for chunk in self.chunks.iter().rev() {
            let skip = at.checked_sub(chunk.at).and_then(|skip| usize::try_from(skip).ok());
            let bytes = skip.and_then(|skip| chunk.bytes.get(skip..)).unwrap_or_default();
            if bytes.len() > best.len() {
                best = bytes;
            }
            if best.len() as u64 >= least.max(wanted) {
                break;
            }
        }
        if best.len() as u64 >= least {
            return Ok(best);
        }
        let end = at.saturating_add(least);
        if end > self.end() {
            return Err(self.truncated());
        }
        Err(self.halt(Stop::Need {
            at,
            length: wanted.max(least),
        }))
    }

    /// Exactly these bytes.
    pub(crate) fn get(&self, at: u64, length: u64) -> Result<&'a [u8]> {
        let run = self.run(at, length, length)?;
        Ok(run.get(..length as usize).unwrap_or(run))
    }

    /// A whole table. A size that no real table has means that the file is damaged.
    pub(crate) fn table(&self, at: u64, end: u64) -> Result<&'a [u8]> {
        match end.saturating_sub(at) {
            length if length <= 1 << 22 => self.get(at, length),
            _ => Err(self.damaged()),
        }
    }

    /// A big-endian number of up to eight bytes.
    pub(crate) fn be(&self, at: u64, length: u64) -> Result<u64> {
        Ok(be(self.get(at, length)?))
    }

    /// A little-endian number of up to eight bytes.
    pub(crate) fn le(&self, at: u64, length: u64) -> Result<u64> {
        Ok(le(self.get(at, length)?))
    }

    pub(crate) fn has(&self, at: u64, bytes: &[u8]) -> Result<bool> {
        Ok(self.get(at, bytes.len() as u64)? == bytes)
    }

    /// The size of the file, which is asked for if unknown.
    pub(crate) fn size(&self) -> Result<u64> {
        self.size.ok_or_else(|| self.halt(Stop::Size))
    }

    /// The size of the file. If unknown, more than any file has, but little enough to add to.
    pub(crate) fn end(&self) -> u64 {
        self.size.unwrap_or(1 << 53)
    }

    /// The last `length` bytes and their position; fewer if the file has fewer after `from`.
    pub(crate) fn tail(&self, from: u64, length: u64) -> Result<(u64, &'a [u8])> {
        let size = self.size()?;
        let at = size.saturating_sub(length).max(from.min(size));
        Ok((at, self.get(at, size - at)?))
    }
}

/// A big-endian number of up to eight bytes.
pub const fn be(bytes: &[u8]) -> u64 {
    let mut number = 0;
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        number = number << 8 | *first as u64;
        rest = after;
    }
    number
}

/// A little-endian number of up to eight bytes.
pub fn le(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .rev()
        .fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// The big-endian number at a position; 0 if it lies beyond the bytes.
pub fn be_in(bytes: &[u8], at: usize, length: usize) -> u64 {
    be(bytes
        .get(at..)
        .and_then(|bytes| bytes.get(..length))
        .unwrap_or_default())
}
