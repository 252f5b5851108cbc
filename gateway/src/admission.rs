//! Whether a request is accepted.

use crate::budget::{Budget, window};
use crate::catalog::MAX_RUNNING;
use crate::host::Millis;
use crate::json::{put, to_value};
use crate::refusal::Refusal;
use crate::url;
use crate::validate::validate;
use crate::value;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// The time in which a user's requests are counted.
const MINUTE: Millis = 60_000.0;
/// Issues that a refusal has at most.
const MOST_ISSUES: usize = 100;
/// The `Retry-After` of a user whose queue is full.
const QUEUE: Millis = 10_000.0;

/// The limits of a user.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Limits {
    /// Jobs that wait for a slot.
    pub queued: u32,
    /// Jobs in the account's slots.
    pub running: u32,
    /// Accepted requests in any minute.
    pub creates_per_minute: u32,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            queued: 10,
            running: MAX_RUNNING,
            creates_per_minute: 10,
        }
    }
}

/// A user's spending and open jobs, as the ledger has them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Standing {
    /// The cost of the jobs in the current period of the budget.
    pub spent: f64,
    /// The price of those jobs that have not ended.
    pub held: f64,
    /// Jobs in the queue.
    pub queued: u32,
    /// Requests that were accepted in the last minute.
    pub recent: u32,
    /// The time of the first of these.
    pub oldest: Option<Millis>,
}

/// A valid request.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Accepted {
    /// The request as it is sent to the service.
    pub request: Value,
    /// The price in credits.
    pub price: u32,
}

/// Validates a request. Removes its `callBackUrl`, because the gateway sets its own.
pub fn check(mut request: Value, may_use_assets: bool) -> Result<Accepted, Refusal> {
    if let Some(fields) = request.as_object_mut() {
        fields.shift_remove("callBackUrl");
    }
    let checked = validate(&to_value(&request), &value::Value::Null);
    // Nobody knows what a field costs that the documentation does not have.
    let is_refused =
        |issue: &value::Value| issue.text("severity") == Some("error") || issue.text("code") == Some("unknown_field");
    if checked.issues.iter().any(is_refused) {
        let issues: Vec<Value> = checked
            .issues
            .iter()
            .take(MOST_ISSUES)
            .filter_map(|issue| serde_json::to_value(issue).ok())
            .collect();
        let first = checked.issues.iter().find(|issue| is_refused(issue));
        let message = first.and_then(|issue| issue.text("message")).unwrap_or_default();
        let place = first
            .and_then(|issue| issue.get("path"))
            .and_then(value::Value::as_array)
            .unwrap_or_default();
        let path: Vec<String> = place.iter().map(step).collect();
        let mut refusal = Refusal::new(400, "invalid_request", &[path.join("."), message.into()].join(": "));
        put(&mut refusal.body, "issues", issues);
        return Err(refusal);
    }
    if !may_use_assets && has_asset(&request) {
        return Err(Refusal::new(
            403,
            "forbidden",
            "Files of the account (asset://) cannot be used here. Pass the URL of a file of your own.",
        ));
    }
    match checked.credits {
        Some(price) => Ok(Accepted { request, price }),
        None => Err(Refusal::new(400, "invalid_request", "The request has no price.")),
    }
}

fn step(step: &value::Value) -> String {
    match step {
        value::Value::String(field) => field.clone(),
        other => format!("{}", other.as_number().unwrap_or_default()),
    }
}

/// Whether a value contains an `asset://` URL.
fn has_asset(value: &Value) -> bool {
    match value {
        Value::String(text) => matches!(url::kind_with(crate::text::trim(text), url::believe), url::Kind::Asset),
        Value::Array(items) => items.iter().any(has_asset),
        Value::Object(fields) => fields.values().any(has_asset),
        _ => false,
    }
}

/// Checks a request of this price against the limits and the budget of its user. `None` means that it is accepted.
pub fn admit(price: u32, budget: Option<Budget>, limits: Limits, standing: Standing, now: Millis) -> Option<Refusal> {
    if standing.recent >= limits.creates_per_minute {
        let since = standing.oldest.unwrap_or(now);
        let message = format!(
            "At most {} requests a minute. Wait a moment.",
            limits.creates_per_minute
        );
        let span = (since + MINUTE - now).clamp(1_000.0, MINUTE);
        return Some(Refusal::new(429, "concurrency_limit", &message).after(span));
    }
    if standing.queued >= limits.queued {
        let message = format!(
            "At most {} videos can wait. Wait until one of yours has begun.",
            limits.queued
        );
        return Some(Refusal::new(429, "concurrency_limit", &message).after(QUEUE));
    }
    let budget = budget?;
    let left = (budget.credits - standing.spent - standing.held).max(0.0);
    if f64::from(price) <= left {
        return None;
    }
    let message = format!(
        "This video costs {price} credits, and {left} are left of your budget of {} {}.",
        budget.credits,
        budget.per.words()
    );
    let mut refusal = Refusal::new(402, "insufficient_credits", &message);
    if let (_, Some(next)) = window(budget.per, now) {
        put(&mut refusal.body, "renewsAt", next);
    }
    Some(refusal)
}

/// The budget of a user, in the form of the service's balance.
pub fn balance(budget: Budget, standing: Standing, now: Millis) -> Value {
    let credits = (budget.credits - standing.spent).max(0.0);
    let mut balance =
        json!({ "credits": credits, "availableCredits": (credits - standing.held).max(0.0), "per": budget.per });
    if let (_, Some(next)) = window(budget.per, now) {
        put(&mut balance, "renewsAt", next);
    }
    balance
}
