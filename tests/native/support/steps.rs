//! What the tests of a single call's steps share: they drive the machine itself, without a client around it.

use super::clock::START;
use super::json::Json;
use super::platform;
use sd2_client::host::{Clock, Millis};
use sd2_client::service::answer::{Facts, Reply};
use sd2_client::service::options::Options;
use std::cell::Cell;

/// A time that passes only when a test says so.
pub struct Now(Cell<Millis>);

impl Default for Now {
    fn default() -> Now {
        Now(Cell::new(START))
    }
}

impl Now {
    pub fn pass(&self, span: Millis) {
        self.0.set(self.0.get() + span);
    }
}

impl Clock for Now {
    fn now(&self) -> Millis {
        self.0.get()
    }

    fn random(&self) -> f64 {
        0.5
    }
}

pub fn options(given: Json) -> Options {
    platform::options(given).expect("the options are right")
}

pub fn facts(reply: Reply, status: u16) -> Facts {
    Facts {
        status,
        ..Facts::without_answer(reply)
    }
}
