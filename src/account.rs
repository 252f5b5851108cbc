//! What all calls of a client share.

use crate::options::Options;
use crate::poll::History;
use crate::retry::Budget;
use std::cell::RefCell;

/// An account of the service, as one client knows it.
pub struct Account {
    /// How the client is set up.
    pub options: Options,
    /// What is left for repeating failed calls.
    pub budget: Budget,
    /// How long its tasks took.
    pub history: RefCell<History>,
}

impl Account {
    /// An account of which nothing is known yet.
    pub fn new(options: Options) -> Account {
        Account {
            options,
            budget: Budget::default(),
            history: RefCell::default(),
        }
    }
}
