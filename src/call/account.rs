//! What all calls of a client share.

use crate::call::poll::History;
use crate::call::retry::Quota;
use crate::host::Millis;
use crate::service::options::Options;
use std::cell::{Cell, RefCell};

/// A task younger than this may not be known to each of the service's machines.
pub const NEW: Millis = 60_000.0;
/// The most new tasks to remember: far more than an account runs at once.
const REMEMBERED: usize = 64;
/// How long a call waits for a full account while no task of this client runs.
pub const FULL: Millis = 900_000.0;
/// Refusals belong to different waits if the time between them exceeds their pause by this much.
const GAP: Millis = 120_000.0;

/// An account of the service, as one client knows it.
pub struct Account {
    /// How the client is set up.
    pub options: Options,
    /// The repeats of failed calls that are left.
    pub retries: Quota,
    /// How long the account's tasks took.
    pub history: RefCell<History>,
    /// How many calls wait for a task that exists.
    pub running: Cell<u32>,
    /// The new tasks of this client, and when they were made.
    created: RefCell<Vec<(String, Millis)>>,
    /// When the service first refused a task because the account is full, and until when a refusal belongs to the same wait.
    full: Cell<(Millis, Millis)>,
}

impl Account {
    /// A new account without history.
    pub fn new(options: Options) -> Account {
        Account {
            options,
            retries: Quota::default(),
            history: RefCell::default(),
            running: Cell::default(),
            created: RefCell::default(),
            full: Cell::default(),
        }
    }

    /// Records a task that this client made.
    pub fn create(&self, task_id: &str, now: Millis) {
        let mut created = self.created.borrow_mut();
        if created.len() >= REMEMBERED {
            created.remove(0);
        }
        created.push((task_id.into(), now));
        self.full.take();
    }

    /// When this client made a task; NaN if it did not, or if too many tasks followed.
    pub fn created(&self, task_id: &str) -> Millis {
        let created = self.created.borrow();
        created
            .iter()
            .find(|(id, _)| id == task_id)
            .map_or(f64::NAN, |(_, at)| *at)
    }

    /// Records that the account is full and that the create is repeated after `pause`. Returns whether this has lasted too long.
    pub fn is_full_for_long(&self, now: Millis, pause: Millis) -> bool {
        let (mut since, until) = self.full.get();
        if self.running.get() > 0 || now > until {
            since = now;
        }
        self.full.set((since, now + pause + GAP));
        now - since >= FULL
    }
}
