//! What the service takes and what it costs: the facts, the rules, and who looks whether they are kept.
//!
//! Nothing in this wing allocates, and nothing in it knows of the rest of the crate: `offline/` compiles the same files
//! into a small module of their own.

mod address;
pub mod catalog;
mod check;
mod fields;
mod files;
pub mod guess;
pub mod host;
mod inputs;
pub mod issue;
pub mod node;
pub mod pricing;
pub mod rule;
pub mod text;
pub mod url;

pub use check::{Scope, Verdict, check};
