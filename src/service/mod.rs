//! The service as a client sees it: its endpoints, and what its responses mean.

pub mod answer;
pub mod callback;
pub mod endpoint;
pub mod options;
mod problem;
pub mod reason;
pub mod retry_after;
pub mod task;
