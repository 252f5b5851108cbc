//! The record of what happened, by which tests see whether a video was paid for twice or lost.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::{Value, json};

use crate::fault::Kind;

/// The record since the start or the last reset.
#[derive(Default)]
pub struct Ledger {
    records_requests: bool,
    requests: Vec<Request>,
    preflights: BTreeMap<&'static str, Preflights>,
    callbacks: Vec<Callback>,
}

/// A request. Header values are not recorded, because one of them is the API key.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    endpoint: &'static str,
    method: String,
    at: u64,
    /// `None` for an unknown or missing key.
    account: Option<usize>,
    headers: Vec<String>,
    faults: Vec<Kind>,
    /// `None` until a response is sent.
    status: Option<u16>,
    task_id: Option<String>,
    price: Option<u64>,
}

#[derive(Default, Serialize)]
struct Preflights {
    count: usize,
    headers: BTreeSet<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Callback {
    task_id: String,
    url: String,
    delivered: bool,
    attempts: Vec<Attempt>,
}

/// An attempt to deliver a callback.
#[derive(Serialize)]
pub struct Attempt {
    /// Emulated milliseconds.
    pub at: u64,
    /// The status of the receiver's response.
    pub status: Option<u16>,
    /// Why there is no response.
    pub error: Option<String>,
}

impl Ledger {
    /// Without `records_requests`, memory does not grow with each request. A demo may run for days.
    pub fn new(records_requests: bool) -> Self {
        Self {
            records_requests,
            ..Self::default()
        }
    }

    /// Records a request when it arrives. Returns its number.
    pub fn arrived(
        &mut self,
        endpoint: &'static str,
        method: &str,
        at: u64,
        account: Option<usize>,
        headers: Vec<String>,
        faults: Vec<Kind>,
    ) -> Option<usize> {
        if !self.records_requests {
            return None;
        }
        self.requests.push(Request {
            endpoint,
            method: method.to_owned(),
            at,
            account,
            headers,
            faults,
            status: None,
            task_id: None,
            price: None,
        });
        Some(self.requests.len() - 1)
    }

    /// Records the task that a request created.
    pub fn made(&mut self, number: Option<usize>, task_id: &str, price: u64) {
        if let Some(request) = number.and_then(|number| self.requests.get_mut(number)) {
            request.task_id = Some(task_id.to_owned());
            request.price = Some(price);
        }
    }

    /// Records the status of the response.
    pub fn answered(&mut self, number: Option<usize>, status: u16) {
        if let Some(request) = number.and_then(|number| self.requests.get_mut(number)) {
            request.status = Some(status);
        }
    }

    /// Records a CORS preflight and the headers that it asks for.
    pub fn preflight(&mut self, endpoint: &'static str, requested: &str) {
        let seen = self.preflights.entry(endpoint).or_default();
        seen.count += 1;
        let names = requested.split(',').map(|name| name.trim().to_lowercase());
        seen.headers.extend(names.filter(|name| !name.is_empty()));
    }

    /// Records a callback that has to be delivered. Returns its number.
    pub fn callback_due(&mut self, task_id: &str, url: &str) -> usize {
        self.callbacks.push(Callback {
            task_id: task_id.to_owned(),
            url: url.to_owned(),
            delivered: false,
            attempts: Vec::new(),
        });
        self.callbacks.len() - 1
    }

    /// Records an attempt to deliver a callback.
    pub fn attempted(&mut self, number: usize, attempt: Attempt, delivered: bool) {
        if let Some(callback) = self.callbacks.get_mut(number) {
            callback.attempts.push(attempt);
            callback.delivered |= delivered;
        }
    }

    /// The part of `GET /admin/ledger` that is recorded here.
    pub fn to_json(&self) -> Value {
        let creates = || self.requests.iter().filter(|r| r.endpoint == "createTask");
        let made = creates().filter(|request| request.task_id.is_some());
        json!({
            "createRequests": creates().count(),
            "tasksMade": made.clone().count(),
            "creditsReserved": made.filter_map(|request| request.price).sum::<u64>(),
            "endpoints": self.endpoints(),
            "preflights": self.preflights,
            "requests": self.requests,
            "callbacks": self.callbacks,
        })
    }

    fn endpoints(&self) -> Value {
        let mut endpoints = BTreeMap::<&str, (usize, BTreeSet<&str>)>::new();
        for request in &self.requests {
            let (count, headers) = endpoints.entry(request.endpoint).or_default();
            *count += 1;
            headers.extend(request.headers.iter().map(String::as_str));
        }
        endpoints
            .into_iter()
            .map(|(name, (count, headers))| {
                let seen = json!({ "count": count, "headers": headers });
                (name.to_owned(), seen)
            })
            .collect()
    }
}
