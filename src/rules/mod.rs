//! The facts about the service, the rules for requests, and the checks.
//!
//! This wing allocates nothing and uses nothing of the rest of the crate, because `offline/` compiles the same files into a
//! small module of its own.

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
