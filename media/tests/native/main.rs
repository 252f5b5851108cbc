//! The parsers on real, odd and hostile files.
#![expect(clippy::panic, clippy::indexing_slicing, reason = "tests")]

mod hostile;
mod made;
mod reads;
mod real;
mod support;
