//! Client of the SD 2.0 video generation API: create, wait, price and validate.
//!
//! The core is plain Rust and knows nothing of JavaScript. What it does to the world (send, sleep, tell the
//! time) comes in through [`host::Host`], so that it is tested natively in virtual time. `wasm` is the
//! boundary to JavaScript, and is compiled for wasm32 only.

pub mod account;
pub mod answer;
pub mod calculator;
pub mod call;
pub mod callback;
pub mod client;
pub mod endpoint;
pub mod error;
mod foreign;
pub mod host;
pub mod options;
pub mod poll;
mod problem;
mod race;
pub mod reason;
pub mod record;
pub mod retry;
pub mod rules;
mod slots;
pub mod task;
mod text;
pub mod validate;
pub mod value;
mod wakers;
mod watch;
pub mod words;

pub use rules::{catalog, pricing, rule, url};

#[cfg(target_arch = "wasm32")]
pub mod wasm;
