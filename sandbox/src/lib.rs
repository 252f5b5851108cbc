//! An emulator of the SD 2.0 video generation service, for tests and the demo page.
//!
//! It is written from the service's documentation alone and shares no code with the client library, so that client and
//! emulator cannot be wrong together. Where the documentation is silent, the sandbox accepts.

mod account;
mod admin;
mod answer;
mod app;
mod callback;
mod clock;
mod connection;
mod cors;
mod fault;
mod files;
mod flags;
mod ledger;
mod listener;
mod media;
mod observe;
mod order;
mod price;
mod sandbox;
mod service;
mod stream;
mod task;
mod token;

pub use app::Server;
pub use flags::{Config, Invocation, USAGE};
pub use price::{Model, Upscale, price};
