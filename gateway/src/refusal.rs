//! Responses to refused requests, in the service's form.

use crate::host::Millis;
use serde::Serialize;
use serde_json::{Value, json};

/// A response that is not a 2xx.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// The body.
    pub body: Value,
    /// Seconds, for `Retry-After`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u64>,
}

impl Refusal {
    /// A refusal with a sentence.
    pub fn new(status: u16, code: &str, message: &str) -> Refusal {
        Refusal {
            status,
            body: json!({ "code": code, "message": message }),
            retry_after: None,
        }
    }

    /// Adds a time after which the request may be repeated.
    pub fn after(mut self, span: Millis) -> Refusal {
        self.retry_after = Some((span / 1_000.0).ceil().max(1.0) as u64);
        self
    }
}
