//! The SD 2.0 video generation service in memory: its responses, its prices, and the faults that a test asks for.
//!
//! It does no I/O. A host passes in requests and the time, and does what [`Service`] says: send a response, break the
//! connection, send a callback. It is written from the service's documentation and shares no code with the client library, so
//! that both cannot have the same bug. It accepts whatever the documentation does not rule out.

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
