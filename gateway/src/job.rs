//! A job: one accepted request, from the queue to its end. A row of the ledger.

use crate::host::Millis;
use serde::{Deserialize, Serialize};

/// Where a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Accepted; nothing was sent.
    Queued,
    /// Its create is under way.
    Sending,
    /// The service has made a task of it.
    Running,
    /// Its create was sent and not answered: there may be a task.
    Unknown,
    /// Its video is there.
    Done,
    /// It ended without a video.
    Failed,
    /// Its user cancelled it in the queue.
    Cancelled,
    /// Nothing was heard of its create for a day.
    Expired,
}

impl State {
    /// Whether nothing more happens to it, but that the app is told.
    pub fn is_final(self) -> bool {
        matches!(self, State::Done | State::Failed | State::Cancelled | State::Expired)
    }
}

/// A job. What stands above `state` never changes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Job {
    /// `gw_` and random characters.
    pub id: String,
    /// Who asked for it.
    pub user: String,
    /// The request, as JSON, without its `callBackUrl`.
    pub request: String,
    /// In credits.
    pub price: u32,
    /// When it was accepted.
    pub accepted: Millis,
    /// Where it stands.
    pub state: State,
    /// The start of the engine that sent its create.
    #[serde(default)]
    pub run: Option<String>,
    /// The id of its task at the service.
    #[serde(default)]
    pub task_id: Option<String>,
    /// The client's call, saved.
    #[serde(default)]
    pub call: Option<String>,
    /// When something must be done for it, if nothing happens before.
    #[serde(default)]
    pub due: Option<Millis>,
    /// When its create was sent.
    #[serde(default)]
    pub sent: Option<Millis>,
    /// When it ended.
    #[serde(default)]
    pub ended: Option<Millis>,
    /// What it cost; its price is held for it until that is known.
    #[serde(default)]
    pub cost: Option<f64>,
    /// What the service said of its task last, or why there is none, as JSON.
    #[serde(default)]
    pub result: Option<String>,
    /// Changes with each write.
    pub version: f64,
}
