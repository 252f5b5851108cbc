//! The SD 2.0 video generation service in memory: what it answers, what it charges, what goes wrong on demand.
//!
//! It does no I/O. A host passes requests and the time in, and does what [`Service`] says: send an answer, break the
//! connection, call a receiver. It is written from the service's documentation alone and shares no code with the client
//! library, so that client and emulator cannot be wrong together. Where the documentation is silent, it accepts.

mod account;
mod admin;
mod callback;
mod clock;
mod dice;
mod fault;
mod http;
mod ledger;
mod order;
mod price;
mod service;
mod spoil;
mod task;
#[cfg(target_arch = "wasm32")]
mod wasm;

pub use callback::{Callback, Delivery};
pub use clock::{LIMIT, Now};
pub use http::{Answer, Body, OPEN, REDIRECTED, Refusal, Reply, Request, percent_decoded};
pub use order::RESOLUTIONS;
pub use price::{Model, Upscale, price};
pub use service::{Arrival, Service, Settings};
