//! What all calls of a client share.

use crate::call::poll::History;
use crate::call::retry::Budget;
use crate::host::Millis;
use crate::service::options::Options;
use std::cell::{Cell, RefCell};

/// A task younger than this may not be known to each of the service's machines.
pub const NEW: Millis = 60_000.0;
/// How many new tasks are remembered: far more than an account runs at once.
const REMEMBERED: usize = 64;
/// For how long a full account is waited for while no task of this client runs.
pub const FULL: Millis = 900_000.0;
/// Refusals that are further apart than their pause and this much more belong to different waits.
const GAP: Millis = 120_000.0;

/// An account of the service, as one client knows it.
pub struct Account {
    /// How the client is set up.
    pub options: Options,
    /// What is left for repeating failed calls.
    pub budget: Budget,
    /// How long its tasks took.
    pub history: RefCell<History>,
    /// How many calls wait for a task that exists.
    pub running: Cell<u32>,
    /// The new tasks of this client, and when they were made.
    created: RefCell<Vec<(String, Millis)>>,
    /// Since when the service has had no room, and until when the next refusal belongs to the same wait.
    full: Cell<(Millis, Millis)>,
}

impl Account {
    /// An account of which nothing is known yet.
    pub fn new(options: Options) -> Account {
        Account {
            options,
            budget: Budget::default(),
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

    /// When this client made a task, if that was lately; else NaN.
    pub fn created(&self, task_id: &str) -> Millis {
        let created = self.created.borrow();
        created
            .iter()
            .find(|(id, _)| id == task_id)
            .map_or(f64::NAN, |(_, at)| *at)
    }

    /// Records that the service has no room for a task and is asked again after `pause`; returns whether that has lasted
    /// too long.
    pub fn is_full_for_long(&self, now: Millis, pause: Millis) -> bool {
        let (mut since, until) = self.full.get();
        if self.running.get() > 0 || now > until {
            since = now;
        }
        self.full.set((since, now + pause + GAP));
        now - since >= FULL
    }
}
