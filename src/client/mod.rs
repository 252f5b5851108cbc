//! What runs the machine of a call on a host, and what the calls of a client share while they run.

mod driver;
mod slots;
mod wakers;
mod watch;

pub use driver::Client;
