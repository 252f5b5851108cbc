//! The boxes that MP4 and its relatives are made of.

use crate::facts::Result;
use crate::sparse::Sparse;

/// A box.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    pub name: u32,
    /// Where the body begins.
    pub at: u64,
    pub end: u64,
}

/// A box name as the number that parsers compare.
pub const fn name(text: &[u8; 4]) -> u32 {
    u32::from_be_bytes(*text)
}

/// Reads the box at `at`. `None` at the end of the parent, or if the size is impossible.
pub fn part(bytes: &Sparse, at: u64, end: u64) -> Result<Option<Part>> {
    if end.saturating_sub(at) < 8 {
        return Ok(None);
    }
    let mut size = bytes.be(at, 4)?;
    let name = bytes.be(at + 4, 4)? as u32;
    let mut body = at + 8;
    if size == 1 {
        size = bytes.be(body, 8)?;
        body += 8;
    }
    let stop = match size {
        0 => end,
        _ => at.saturating_add(size).min(end),
    };
    Ok((stop >= body).then_some(Part {
        name,
        at: body,
        end: stop,
    }))
}

/// The first box of this name inside `parent`.
pub fn child(bytes: &Sparse, parent: Part, name: u32) -> Result<Option<Part>> {
    let mut at = parent.at;
    while let Some(part) = part(bytes, at, parent.end)? {
        if part.name == name {
            return Ok(Some(part));
        }
        at = part.end;
    }
    Ok(None)
}

/// Follows a path of box names, taking the first box of each name.
pub fn descendant(bytes: &Sparse, parent: Part, names: &[u32]) -> Result<Option<Part>> {
    let mut found = parent;
    for name in names {
        match child(bytes, found, *name)? {
            Some(part) => found = part,
            None => return Ok(None),
        }
    }
    Ok(Some(found))
}
