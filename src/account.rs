//! What all calls of a client share.

use crate::options::Options;
use crate::retry::Budget;

/// An account of the service, as one client knows it.
pub struct Account {
    /// How the client is set up.
    pub options: Options,
    /// What is left for repeating failed calls.
    pub budget: Budget,
}

impl Account {
    /// An account of which nothing is known yet.
    pub fn new(options: Options) -> Account {
        Account {
            options,
            budget: Budget::default(),
        }
    }
}
