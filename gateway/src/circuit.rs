//! Whether creates of an account may start. All of its jobs share this state.

use crate::call::retry;
use crate::error::{Code, Problem};
use crate::host::Millis;
use serde::{Deserialize, Serialize};

/// The pause after the first failure. It doubles with each failure.
const BASE: Millis = 1_000.0;
/// The longest pause.
const CAP: Millis = 60_000.0;

/// Why no create starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Reason {
    /// The account is full, because it is used elsewhere, too. Creates start again after a pause.
    Full,
    /// The service cannot be reached. Creates start again after a pause.
    Down,
    /// The service does not accept the key. The balance is queried until it does.
    Unauthorized,
    /// The outcome of a create is unknown. The balance is queried until the service answers.
    Silent,
}

/// Whether creates may start. The ledger has it beside the jobs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Circuit {
    /// Why no create starts; `None` if creates may start.
    pub reason: Option<Reason>,
    /// The end of the pause.
    pub until: Millis,
    /// Failed creates in a row.
    pub failures: u32,
    /// Whether the last task that ended had a callback, so that polls may be rare.
    pub callbacks: bool,
}

impl Circuit {
    /// The rest of the pause. If it is longer than a pause can be, the clock was set back, and it is 0.
    pub fn wait(&self, now: Millis) -> Millis {
        let left = self.until - now;
        if self.reason.is_none() || left > retry::MAX_RETRY_AFTER + CAP {
            0.0
        } else {
            left.max(0.0)
        }
    }

    /// Whether the balance must be queried before a create may start.
    pub fn probes(&self) -> bool {
        matches!(self.reason, Some(Reason::Unauthorized | Reason::Silent))
    }

    /// Records that a create failed.
    pub fn fail(&mut self, reason: Reason, retry_after: Millis, now: Millis, random: f64) {
        self.failures = (self.failures + 1).min(16);
        self.reason = Some(reason);
        let own = (BASE * f64::from(1u32 << (self.failures - 1))).min(CAP) * (0.5 + random / 2.0);
        self.until = now + own.max(retry_after.min(retry::MAX_RETRY_AFTER));
    }

    /// Records that a create made a task.
    pub fn succeed(&mut self) {
        self.reason = None;
        self.failures = 0;
    }

    /// Records that a task of the account has ended, so that there is room for another one.
    pub fn leave_room(&mut self) {
        if self.reason == Some(Reason::Full) {
            self.succeed();
        }
    }

    /// Records the response to a query.
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
