//! Announcing the end of tasks at their `callBackUrl`, with the documented retries: what is due when. The host calls.

use serde::{Deserialize, Serialize};

/// Emulated milliseconds before each attempt: the first at once, then the documented "1s, 5s, 30s".
const DELAYS: [u64; 4] = [0, 1_000, 5_000, 30_000];

/// An attempt that the host has to make: a POST of `payload` as JSON.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Callback {
    /// Its number in the ledger.
    pub number: usize,
    /// Which reset it came after.
    pub generation: u64,
    /// Where it goes.
    pub url: String,
    /// The task, as JSON.
    pub payload: String,
}

/// The outcome of an attempt.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Delivery {
    /// The receiver's status.
    Answered(u16),
    /// There was no answer.
    Failed(String),
    /// The host calls no such receiver: another attempt would be the same.
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
    /// None while the host makes an attempt.
    due: Option<u64>,
}

impl Callbacks {
    /// Adds one, of which the first attempt is due now.
    pub fn add(&mut self, callback: Callback, now: u64) {
        self.waiting.push(Waiting {
            callback,
            attempts: 0,
            due: DELAYS.first().map(|delay| now + delay),
        });
    }

    /// When the next attempt is due.
    pub fn next_due(&self) -> Option<u64> {
        self.waiting.iter().filter_map(|waiting| waiting.due).min()
    }

    /// The attempts that are due. Each is given once.
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

    /// Plans the next attempt at a callback, if it has one.
    pub fn retry(&mut self, number: usize, now: u64) {
        self.waiting.retain_mut(|waiting| {
            if waiting.callback.number == number {
                waiting.due = DELAYS.get(waiting.attempts).map(|delay| now + delay);
                return waiting.due.is_some();
            }
            true
        });
    }

    /// Forgets a callback.
    pub fn remove(&mut self, number: usize) {
        self.waiting.retain(|waiting| waiting.callback.number != number);
    }
}
