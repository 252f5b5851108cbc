//! What all calls of a client share.

use crate::host::Millis;
use crate::options::Options;
use crate::poll::History;
use crate::retry::Budget;
use crate::value::Value;
use std::cell::{Cell, RefCell};

/// A task is new for so long: not each of the service's machines knows it yet.
pub const NEW: Millis = 60_000.0;
/// So long a full account is waited for while no task of this client runs.
pub const FULL: Millis = 900_000.0;
/// Two refusals further apart than the pause between them and so much more are not one wait.
const GAP: Millis = 120_000.0;

/// An account of the service, as one client knows it.
pub struct Account {
    /// How the client is set up.
    pub options: Options,
    /// What is left for repeating failed calls.
    pub budget: Budget,
    /// How long its tasks took.
    pub history: RefCell<History>,
    /// Whether a task of this client is waited for.
    pub is_running: Cell<bool>,
    /// When this client made its new tasks, by their ids: those since a time, and those of the minute or so before it.
    created: RefCell<(Millis, Value, Value)>,
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
            is_running: Cell::default(),
            created: RefCell::new((0.0, Value::object(), Value::Null)),
            full: Cell::default(),
        }
    }

    /// Notes a task that this client made.
    pub fn create(&self, task_id: &str, now: Millis) {
        let (since, new, old) = &mut *self.created.borrow_mut();
        if now - *since > NEW {
            *old = std::mem::replace(new, Value::object());
            *since = now;
        }
        new.put_number(task_id, now);
        self.full.take();
    }

    /// When this client made a task, if that was lately.
    pub fn created(&self, task_id: &str) -> Option<Millis> {
        let (_, new, old) = &*self.created.borrow();
        new.number(task_id).or(old.number(task_id))
    }

    /// Notes that the service has no room for a task and is asked again after `pause`; whether that has lasted too long.
    pub fn is_full_for_long(&self, now: Millis, pause: Millis) -> bool {
        let (mut since, until) = self.full.get();
        if self.is_running.get() || now > until {
            since = now;
        }
        self.full.set((since, now + pause + GAP));
        now - since >= FULL
    }
}
