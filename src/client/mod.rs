//! Runs calls on a host. The calls of a client share slots, and polls of the same task.

mod driver;
mod slots;
mod waiters;
mod watch;

pub use driver::Client;
