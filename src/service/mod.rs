//! The service as a client sees it: where requests go, and what its answers say.

pub mod answer;
pub mod callback;
pub mod endpoint;
pub mod options;
mod problem;
pub mod reason;
pub mod retry_after;
pub mod task;
