//! The schedule of callbacks, with the documented retries. The host sends them.

use serde::{Deserialize, Serialize};

/// Emulated milliseconds before each attempt. The documentation gives "1s, 5s, 30s" for the retries.
const DELAYS: [u64; 4] = [0, 1_000, 5_000, 30_000];

/// A POST that the host has to send.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Callback {
    /// The number in the ledger.
    pub number: usize,
    /// How many resets there were before.
    pub generation: u64,
    pub url: String,
    /// The task, as JSON.
    pub payload: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Delivery {
    /// The status of the response.
    Answered(u16),
    /// Why there was no response.
    Failed(String),
    /// Why the host does not send to this receiver. It is not tried again.
    NotSent(String),
}

/// Callbacks that are not delivered yet.
#[derive(Debug, Default)]
pub struct Callbacks {
    waiting: Vec<Waiting>,
}

#[derive(Debug)]
struct Waiting {
    callback: Callback,
    attempts: usize,
    /// `None` while the host makes an attempt.
    due: Option<u64>,
}

impl Callbacks {
    /// Adds a callback that is due now.
    pub fn add(&mut self, callback: Callback, now: u64) {
        self.waiting.push(Waiting {
            callback,
            attempts: 0,
            due: DELAYS.first().map(|delay| now + delay),
        });
    }

    pub fn next_due(&self) -> Option<u64> {
        self.waiting.iter().filter_map(|waiting| waiting.due).min()
    }

    /// The callbacks whose next attempt is due. Each attempt is returned once.
    pub fn take_due(&mut self, now: u64) -> Vec<Callback> {
        let is_due = |waiting: &&mut Waiting| waiting.due.is_some_and(|due| due <= now);
        let due = self.waiting.iter_mut().filter(is_due);
        due.map(|waiting| {
            waiting.due = None;
            waiting.attempts += 1;
            waiting.callback.clone()
        })
        .collect()
    }

    /// Schedules the next attempt, or removes the callback after the last one.
    pub fn retry(&mut self, number: usize, now: u64) {
        self.waiting.retain_mut(|waiting| {
            if waiting.callback.number == number {
                waiting.due = DELAYS.get(waiting.attempts).map(|delay| now + delay);
                return waiting.due.is_some();
            }
            true
        });
    }

    pub fn remove(&mut self, number: usize) {
        self.waiting.retain(|waiting| waiting.callback.number != number);
    }
}
