//! The machine of a call decides what is sent and when.

pub mod account;
mod machine;
pub mod poll;
mod record;
pub mod retry;

pub use machine::*;
