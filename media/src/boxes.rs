//! The boxes that MP4 and its relatives are made of.

use crate::facts::Result;
use crate::sparse::Sparse;

/// A box: its name, and where its body begins and ends.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    pub name: u32,
    pub at: u64,
    pub end: u64,
}

/// A name as a number, as it is compared.
pub const fn name(text: &[u8; 4]) -> u32 {
    u32::from_be_bytes(*text)
}

/// The box that begins here; `None` at the end of its parent, or where there is no box.
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

/// The first box of this name in another one.
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

/// The first box at the end of this way of names.
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
