//! A job: one accepted request, from the queue to its end. A row of the ledger.

use crate::host::Millis;
use serde::{Deserialize, Serialize};

/// The state of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Its request was accepted, and nothing was sent yet.
    Queued,
    /// Its create is being sent.
    Sending,
    /// It has a task at the service.
    Running,
    /// Its create was not answered, so there may be a task.
    Unknown,
    /// It has a video.
    Done,
    /// It ended without a video.
    Failed,
    /// Its user cancelled it in the queue.
    Cancelled,
    /// No task was found within a day after an unanswered create.
    Expired,
}

impl State {
    /// Whether the job has ended. Only the call of `onEnd` may follow.
    pub fn is_final(self) -> bool {
        matches!(self, State::Done | State::Failed | State::Cancelled | State::Expired)
    }
}

/// A job. The fields before `state` never change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Job {
    /// `gw_` and random characters.
    pub id: String,
    /// The user who sent the request.
    pub user: String,
    /// The request, as JSON, without its `callBackUrl`.
    pub request: String,
    /// In credits.
    pub price: u32,
    /// When the request was accepted.
    pub accepted: Millis,
    /// The state.
    pub state: State,
    /// The id of the start of the engine that sent the create.
    #[serde(default)]
    pub run: Option<String>,
    /// The id of the task at the service.
    #[serde(default)]
    pub task_id: Option<String>,
    /// The saved call of the client.
    #[serde(default)]
    pub call: Option<String>,
    /// When the engine must handle the job next.
    #[serde(default)]
    pub due: Option<Millis>,
    /// When the create was sent.
    #[serde(default)]
    pub sent: Option<Millis>,
    /// When the job ended.
    #[serde(default)]
    pub ended: Option<Millis>,
    /// The credits that it cost. Until that is known, its price is held.
    #[serde(default)]
    pub cost: Option<f64>,
    /// As JSON: the service's last response about the task. If the job failed without one, the reason.
    #[serde(default)]
    pub result: Option<String>,
    /// Changes with each write.
    pub version: f64,
}
