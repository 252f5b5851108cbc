//! What JavaScript passes to an engine, and what it must write and do.

use crate::circuit::Circuit;
use crate::host::{self, Millis};
use crate::job::Job;
use serde::{Deserialize, Serialize};

/// How an engine is set up.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Setup {
    /// The id of this start of the engine.
    pub run: String,
    /// Whether other processes work on the same ledger.
    pub is_shared: bool,
    /// Whether requests to the service have a `callBackUrl`.
    pub has_callbacks: bool,
    /// Whether the app has an `onEnd` function.
    pub tells: bool,
}

/// The time of an event, and a random number for it.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Moment {
    /// Unix milliseconds.
    pub now: Millis,
    /// From 0 to 1.
    pub random: f64,
}

impl host::Clock for Moment {
    fn now(&self) -> Millis {
        self.now
    }

    fn random(&self) -> f64 {
        self.random
    }
}

/// What to write, and what to do after that.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Plan {
    /// The account's circuit, if it changed. It is written first, because a crash in between must not make it too permissive.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub circuit: Option<Circuit>,
    /// The new state of the job, if it changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job: Option<Job>,
    /// The next action, once the job is written. If another process has changed the job, the action is skipped.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effect: Option<Effect>,
}

/// Something to do for a job.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Effect {
    /// Send its create, with this timeout.
    Create(Millis),
    /// Query its task, with this timeout.
    Query(Millis),
    /// Call the app's `onEnd`.
    Tell,
}

impl From<Job> for Plan {
    fn from(job: Job) -> Plan {
        Plan {
            job: Some(job),
            ..Plan::default()
        }
    }
}
