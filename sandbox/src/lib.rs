//! An HTTP server of the emulated service ([`emulator`]), for tests and the demo page: connections, files, callbacks, CORS.

mod admin;
mod answer;
mod api;
mod app;
mod callback;
mod compress;
mod connection;
mod cors;
mod files;
mod flags;
mod listener;
mod media;
mod sandbox;
mod stream;

pub use app::Server;
pub use flags::{Config, Invocation, USAGE};
