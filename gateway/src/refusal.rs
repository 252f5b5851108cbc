//! Why a request is refused, in the service's own form.

use crate::host::Millis;
use serde::Serialize;
use serde_json::{Value, json};

/// An answer that is not a 2xx.
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
    /// A refusal in one sentence.
    pub fn new(status: u16, code: &str, message: &str) -> Refusal {
        Refusal {
            status,
            body: json!({ "code": code, "message": message }),
            retry_after: None,
        }
    }

    /// The same, with a time after which it may be tried again.
    pub fn after(mut self, span: Millis) -> Refusal {
        self.retry_after = Some((span / 1_000.0).ceil().max(1.0) as u64);
        self
    }
}
