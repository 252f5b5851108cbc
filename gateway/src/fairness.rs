//! Whose turn it is: the user with the fewest running jobs first, then order of arrival.

use crate::circuit::Circuit;
use crate::host::Millis;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// The first job in a user's queue.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Head {
    /// The job.
    pub id: String,
    /// Whose it is.
    pub user: String,
    /// The order of arrival.
    pub seq: f64,
    /// How many jobs this user may have in the slots.
    pub most: u32,
    /// How many the user has in them.
    #[serde(default)]
    pub running: u32,
}

/// What to do with the queue.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Dispatch {
    /// Send this job's create.
    Take(String),
    /// Ask the service for the balance: no create may start before it answers.
    Probe,
    /// Nothing, for so long.
    Wait(Millis),
    /// Nothing, until something happens.
    Idle,
}

/// Decides it. `busy` is how many jobs are in the account's slots.
pub fn dispatch(circuit: &Circuit, heads: &[Head], busy: u32, slots: u32, now: Millis) -> Dispatch {
    let candidates = heads.iter().filter(|head| head.running < head.most);
    let first = candidates.min_by(|a, b| a.running.cmp(&b.running).then(a.seq.total_cmp(&b.seq)));
    let Some(first) = first else {
        return Dispatch::Idle;
    };
    let wait = circuit.wait(now);
    if wait > 0.0 {
        Dispatch::Wait(wait)
    } else if circuit.probes() {
        Dispatch::Probe
    } else if busy >= slots {
        Dispatch::Idle
    } else {
        Dispatch::Take(first.id.clone())
    }
}

/// The place of each job in the queue, from 1: how many creates start until it is its turn. `queue` has each job's user in the
/// order of arrival, `running` how many each user has in the slots.
pub fn positions(queue: &[String], running: &HashMap<String, u32>) -> Vec<usize> {
    let mut next: HashMap<&str, u32> = HashMap::new();
    // A user's second job waits as long as the first job of somebody who has one more in the slots.
    let mut order: Vec<(u32, usize)> = Vec::new();
    for (index, user) in queue.iter().enumerate() {
        let rank = next
            .entry(user)
            .or_insert_with(|| running.get(user).copied().unwrap_or_default());
        *rank += 1;
        order.push((*rank, index));
    }
    order.sort_unstable();
    let mut places = vec![0; queue.len()];
    for (place, (_, index)) in order.into_iter().enumerate() {
        if let Some(found) = places.get_mut(index) {
            *found = place + 1;
        }
    }
    places
}
