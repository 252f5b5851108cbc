//! What JavaScript is told to write and to do.

use crate::circuit::Circuit;
use crate::host::{self, Millis};
use crate::job::Job;
use serde::{Deserialize, Serialize};

/// How an engine is set up.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Setup {
    /// This start of the engine.
    pub run: String,
    /// Whether other processes work on the same ledger.
    pub is_shared: bool,
    /// Whether the service is given a URL to call back.
    pub has_callbacks: bool,
    /// Whether the app wants to be told of a job's end.
    pub tells: bool,
}

/// When something happens, and what chance makes of it.
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
    /// The account's circuit, if it changed. It is written first: a crash in between leaves it stricter than it needs to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub circuit: Option<Circuit>,
    /// The job as it is to be, if it changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job: Option<Job>,
    /// What to do once it is written; nothing if it could not be, because another process was faster.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effect: Option<Effect>,
}

/// Something to do for a job.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Effect {
    /// Send its create, for so long at most.
    Create(Millis),
    /// Ask for its task, for so long at most.
    Query(Millis),
    /// Tell the app of its end.
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
