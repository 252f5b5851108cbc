//! A file of which only parts are at hand.

use crate::facts::{Halt, Result, Stop};
use core::cell::Cell;

/// How much is fetched at once, unless a parser knows better.
pub const WINDOW: u64 = 65_536;

/// A part of the file.
#[derive(Clone, Copy, Debug)]
pub struct Chunk<'a> {
    /// Where it begins.
    pub at: u64,
    /// What it holds.
    pub bytes: &'a [u8],
}

/// The file: what is held of it, and its size if that is known.
#[derive(Clone, Debug)]
pub struct Sparse<'a> {
    pub(crate) chunks: &'a [Chunk<'a>],
    pub(crate) size: Option<u64>,
    /// Why a parser stopped.
    pub(crate) stop: Cell<Stop>,
    /// Reads that are left: no file needs so many, and a hostile one would keep us busy.
    left: Cell<u32>,
}

impl<'a> Sparse<'a> {
    /// The parts may come in any order and overlap; what a parser reads at once must be in one of them.
    pub fn new(chunks: &'a [Chunk<'a>], size: Option<u64>) -> Sparse<'a> {
        Sparse {
            chunks,
            size,
            stop: Cell::default(),
            left: Cell::new(1 << 17),
        }
    }

    /// Stops, and says why.
    pub(crate) fn halt(&self, stop: Stop) -> Halt {
        self.stop.set(stop);
        Halt
    }

    /// The format is known by name only.
    pub(crate) fn unsupported(&self, name: &'static str) -> Halt {
        self.halt(Stop::Unsupported(name))
    }

    /// The file ends before it has told.
    pub(crate) fn truncated(&self) -> Halt {
        self.halt(Stop::Truncated)
    }

    /// The file makes no sense.
    pub(crate) fn damaged(&self) -> Halt {
        self.halt(Stop::Unknown("It is damaged."))
    }

    /// What is held from `at` on: at least `least` bytes, and all of it unless that is more than `wanted`, which is what should
    /// be fetched if there is less.
    pub(crate) fn run(&self, at: u64, least: u64, wanted: u64) -> Result<&'a [u8]> {
        let Some(left) = self.left.get().checked_sub(1) else {
            return Err(self.damaged());
        };
        self.left.set(left);
        let mut best: &[u8] = &[];
        // The latest first: that is where parsers are.
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
        if end == u64::MAX || self.size.is_some_and(|size| size < end) {
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

    /// A table, all of it: what is larger than any is damaged.
    pub(crate) fn table(&self, at: u64, end: u64) -> Result<&'a [u8]> {
        match end.saturating_sub(at) {
            length if length <= 1 << 22 => self.get(at, length),
            _ => Err(self.damaged()),
        }
    }

    /// A number of up to eight bytes, the highest first.
    pub(crate) fn be(&self, at: u64, length: u64) -> Result<u64> {
        Ok(be(self.get(at, length)?))
    }

    /// A number of up to eight bytes, the lowest first.
    pub(crate) fn le(&self, at: u64, length: u64) -> Result<u64> {
        Ok(le(self.get(at, length)?))
    }

    /// Whether these bytes stand there.
    pub(crate) fn has(&self, at: u64, bytes: &[u8]) -> Result<bool> {
        Ok(self.get(at, bytes.len() as u64)? == bytes)
    }

    /// The size of the whole file.
    pub(crate) fn size(&self) -> Result<u64> {
        self.size.ok_or_else(|| self.halt(Stop::Size))
    }

    /// Where the file ends, or the end of all files while its size is unknown.
    pub(crate) fn end(&self) -> u64 {
        self.size.unwrap_or(u64::MAX)
    }

    /// The last bytes, as many or fewer if the file has less behind `from`; and where they begin.
    pub(crate) fn tail(&self, from: u64, length: u64) -> Result<(u64, &'a [u8])> {
        let size = self.size()?;
        let at = size.saturating_sub(length).max(from.min(size));
        Ok((at, self.get(at, size - at)?))
    }
}

/// A number of up to eight bytes, the highest first.
pub const fn be(bytes: &[u8]) -> u64 {
    let mut number = 0;
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        number = number << 8 | *first as u64;
        rest = after;
    }
    number
}

/// A number of up to eight bytes, the lowest first.
pub fn le(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .rev()
        .fold(0, |number, byte| number << 8 | u64::from(*byte))
}

/// A number at a place in bytes at hand; 0 beyond them.
pub fn be_in(bytes: &[u8], at: usize, length: usize) -> u64 {
    be(bytes
        .get(at..)
        .and_then(|bytes| bytes.get(..length))
        .unwrap_or_default())
}
