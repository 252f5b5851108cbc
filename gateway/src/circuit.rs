//! When creates of an account may start: what all of its jobs share.

use crate::call::retry;
use crate::error::{Code, Problem};
use crate::host::Millis;
use serde::{Deserialize, Serialize};

/// The first pause after a failure; it doubles with each.
const BASE: Millis = 1_000.0;
/// The longest pause.
const CAP: Millis = 60_000.0;

/// Why no create starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reason {
    /// The account runs as many tasks as it may: it is used elsewhere, too. Creates start again after a pause.
    Full,
    /// The service cannot be reached. Creates start again after a pause.
    Down,
    /// The service does not accept the key. It is asked for the balance until it does.
    Unauthorized,
    /// The outcome of a create is unknown. The service is asked for the balance until it answers anything.
    Silent,
}

/// Whether creates may start. Kept in the ledger beside the jobs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Circuit {
    /// Why not.
    pub reason: Option<Reason>,
    /// Until when nothing is tried.
    pub until: Millis,
    /// Failed creates in a row.
    pub failures: u32,
    /// Whether the service's callbacks have arrived lately, so that polls may be rare.
    pub callbacks: bool,
}

impl Circuit {
    /// For how long nothing is tried. A clock that was set back makes it no longer than it can be.
    pub fn wait(&self, now: Millis) -> Millis {
        let left = self.until - now;
        if self.reason.is_none() || left > retry::MAX_RETRY_AFTER + CAP {
            0.0
        } else {
            left.max(0.0)
        }
    }

    /// Whether the service must say something before a create may start.
    pub fn probes(&self) -> bool {
        matches!(self.reason, Some(Reason::Unauthorized | Reason::Silent))
    }

    /// A create did not succeed.
    pub fn fail(&mut self, reason: Reason, retry_after: Millis, now: Millis, random: f64) {
        self.failures = (self.failures + 1).min(16);
        self.reason = Some(reason);
        let own = (BASE * f64::from(1u32 << (self.failures - 1))).min(CAP) * (0.5 + random / 2.0);
        self.until = now + own.max(retry_after.min(retry::MAX_RETRY_AFTER));
    }

    /// A task was made.
    pub fn succeed(&mut self) {
        self.reason = None;
        self.failures = 0;
    }

    /// One of the account's tasks has ended, so that there is room for another.
    pub fn leave_room(&mut self) {
        if self.reason == Some(Reason::Full) {
            self.succeed();
        }
    }

    /// The service was asked for something other than a task.
    pub fn hear(&mut self, problem: Option<&Problem>, status: u16) {
        let is_word = problem.is_none_or(|problem| !retry::passes(problem.code, status));
        let is_key_bad = problem.is_some_and(|problem| problem.code == Code::Unauthorized);
        match self.reason {
            Some(Reason::Silent) if is_word => self.reason = Some(Reason::Down),
            Some(Reason::Unauthorized) if is_word && !is_key_bad => self.reason = Some(Reason::Down),
            _ => {}
        }
    }
}
