//! What the parsers tell of real files, of odd ones, and of hostile ones.
#![expect(clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod hostile;
mod made;
mod reads;
mod real;
mod support;
