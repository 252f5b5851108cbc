//! The order of the queue: the user with the fewest running jobs first, then the order of arrival.

use crate::circuit::Circuit;
use crate::host::Millis;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// The first job in a user's queue.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Head {
    /// The id of the job.
    pub id: String,
    /// The user.
    pub user: String,
    /// The order of arrival.
    pub seq: f64,
    /// How many jobs of this user may run at once.
    pub most: u32,
    /// How many jobs of this user run now.
    #[serde(default)]
    pub running: u32,
}

/// What to do with the queue.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Dispatch {
    /// Send this job's create.
    Take(String),
    /// Query the balance, because no create may start before the service answers.
    Probe,
    /// Nothing, for this long.
    Wait(Millis),
    /// Nothing, until something changes.
    Idle,
}

/// Decides what to do with the queue. `busy` is how many jobs are in the account's slots.
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

/// The position of each job in the queue, from 1: how many creates start until its own. `queue` has the user of each job in the order of
/// arrival. `running` has the number of each user's running jobs.
pub fn positions(queue: &[String], running: &HashMap<String, u32>) -> Vec<usize> {
    let mut next: HashMap<&str, u32> = HashMap::new();
    // The second job of a user ranks like the first job of a user with one more running job.
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
