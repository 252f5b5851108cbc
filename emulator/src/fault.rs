//! Faults that a test asks for, and the requests that they apply to.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::clock::LIMIT;
use crate::dice::Dice;

/// A fault as a test asks for it. `sandbox/README.md` explains the fields.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fault {
    on: On,
    pub kind: Kind,
    /// How many requests it applies to; 0 for all until the fault is cleared.
    #[serde(default = "once")]
    times: u32,
    /// How many requests pass first.
    #[serde(default)]
    skip: u32,
    /// The chance that it applies. Requests it does not apply to are not counted.
    #[serde(default = "certain")]
    probability: f64,
    /// Real milliseconds, for `latency`.
    #[serde(default = "a_second")]
    pub ms: u64,
    pub status: Option<u16>,
    /// The `Retry-After` header, verbatim.
    retry_after: Option<Value>,
    /// The message; for `body` and `not_json` the whole body.
    pub message: Option<String>,
    /// The `Location` header, for `redirect`.
    pub location: Option<String>,
    /// The `Content-Type` header, if not the default of the kind.
    pub content_type: Option<String>,
    /// The size of the body, for `huge`.
    #[serde(default = "sixteen_mebibytes")]
    pub bytes: usize,
    /// Restricts the fault to requests with this API key. Never shown again.
    #[serde(skip_serializing)]
    key: Option<String>,
    /// Strikes before the work, whatever the kind.
    #[serde(default)]
    before: bool,
    /// Strikes after the work, whatever the kind.
    #[serde(default)]
    after: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
enum On {
    CreateTask,
    QueryTask,
    Credits,
    Any,
}

/// `sandbox/README.md` explains each kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    Latency,
    ResetBefore,
    ResetAfter,
    Status,
    Truncated,
    NotJson,
    Body,
    Hang,
    HangBody,
    Redirect,
    Empty,
    NoTaskId,
    Huge,
}

impl Fault {
    /// Whether the service does the work before the fault strikes.
    pub fn works(&self) -> bool {
        let by_default = !matches!(self.kind, Kind::ResetBefore | Kind::Status | Kind::Redirect);
        (by_default || self.after) && !self.before
    }

    /// The `Retry-After` header. Tests may give seconds as a number.
    pub fn retry_after(&self) -> Option<String> {
        self.retry_after.as_ref().map(|value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        })
    }

    fn check(&self) -> Result<(), &'static str> {
        if self.before && self.after {
            return Err("before and after exclude each other.");
        }
        if self.status.is_some_and(|status| !(200..=599).contains(&status)) {
            return Err("status must be from 200 to 599.");
        }
        if !(0.0..=1.0).contains(&self.probability) {
            return Err("probability must be from 0 to 1.");
        }
        if self.ms > LIMIT {
            return Err("ms must be at most 9007199254740991.");
        }
        if self.bytes > 1 << 30 {
            return Err("bytes must be at most 1073741824.");
        }
        Ok(())
    }

    fn matches(&self, endpoint: &str, key: Option<&str>) -> bool {
        let on = match self.on {
            On::CreateTask => endpoint == "createTask",
            On::QueryTask => endpoint == "queryTask",
            On::Credits => endpoint == "credits",
            On::Any => true,
        };
        on && (self.key.is_none() || self.key.as_deref() == key)
    }
}

/// The waiting faults, in the order in which they apply.
#[derive(Default)]
pub struct Faults {
    waiting: Vec<Fault>,
}

impl Faults {
    /// Adds one fault or a list. If one of them is wrong, adds none and returns a sentence about it.
    pub fn add(&mut self, body: &[u8]) -> Result<(), String> {
        let value: Value = serde_json::from_slice(body).map_err(|error| error.to_string())?;
        let list = match value {
            Value::Array(list) => list,
            one => vec![one],
        };
        let mut faults = Vec::new();
        for value in list {
            let fault: Fault = serde_json::from_value(value).map_err(|error| error.to_string())?;
            fault.check()?;
            faults.push(fault);
        }
        self.waiting.append(&mut faults);
        Ok(())
    }

    /// The faults that apply to a request: any number of latencies, and at most one of another kind. Only the first matching
    /// fault is tried: while it lets requests pass, those after it wait.
    pub fn take(&mut self, endpoint: &str, key: Option<&str>, dice: &mut Dice) -> Vec<Fault> {
        let mut applied = Vec::new();
        let mut is_decided = false;
        self.waiting.retain_mut(|fault| {
            if is_decided || !fault.matches(endpoint, key) {
                return true;
            }
            is_decided = fault.kind != Kind::Latency;
            if fault.skip > 0 {
                fault.skip -= 1;
                return true;
            }
            if !dice.chance(fault.probability) {
                return true;
            }
            applied.push(fault.clone());
            match fault.times {
                0 => true,
                1 => false,
                _ => {
                    fault.times -= 1;
                    true
                }
            }
        });
        applied
    }

    pub fn clear(&mut self) {
        self.waiting.clear();
    }

    pub fn waiting(&self) -> &[Fault] {
        &self.waiting
    }
}

fn once() -> u32 {
    1
}

fn certain() -> f64 {
    1.0
}

fn a_second() -> u64 {
    1000
}

fn sixteen_mebibytes() -> usize {
    1 << 24
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn faults(list: Value) -> Faults {
        let mut faults = Faults::default();
        faults.add(list.to_string().as_bytes()).unwrap();
        faults
    }

    fn kinds(applied: &[Fault]) -> Vec<Kind> {
        applied.iter().map(|fault| fault.kind).collect()
    }

    #[test]
    fn faults_apply_in_order_and_only_to_their_endpoint() {
        let mut faults = faults(json!([
            {"on": "createTask", "kind": "hang"},
            {"on": "any", "kind": "empty", "times": 2},
        ]));
        assert_eq!(kinds(&faults.take("credits", None, &mut Dice::new(1))), [Kind::Empty]);
        assert_eq!(kinds(&faults.take("createTask", None, &mut Dice::new(1))), [Kind::Hang]);
        assert_eq!(
            kinds(&faults.take("createTask", None, &mut Dice::new(1))),
            [Kind::Empty]
        );
        assert!(faults.take("createTask", None, &mut Dice::new(1)).is_empty());
    }

    #[test]
    fn a_fault_with_skip_lets_requests_pass_while_later_faults_wait() {
        let mut faults = faults(json!([
            {"on": "any", "kind": "hang", "skip": 1},
            {"on": "any", "kind": "empty"},
        ]));
        assert!(faults.take("credits", None, &mut Dice::new(1)).is_empty());
        assert_eq!(kinds(&faults.take("credits", None, &mut Dice::new(1))), [Kind::Hang]);
        assert_eq!(kinds(&faults.take("credits", None, &mut Dice::new(1))), [Kind::Empty]);
    }

    #[test]
    fn times_0_applies_until_cleared_and_a_latency_adds_to_the_next_fault() {
        let mut faults = faults(json!([
            {"on": "any", "kind": "latency", "ms": 1, "times": 0},
            {"on": "any", "kind": "empty"},
        ]));
        assert_eq!(
            kinds(&faults.take("credits", None, &mut Dice::new(1))),
            [Kind::Latency, Kind::Empty]
        );
        assert_eq!(kinds(&faults.take("credits", None, &mut Dice::new(1))), [Kind::Latency]);
        faults.clear();
        assert!(faults.take("credits", None, &mut Dice::new(1)).is_empty());
    }

    #[test]
    fn a_fault_with_a_key_applies_only_to_that_key_and_does_not_show_it() {
        let mut faults = faults(json!({"on": "any", "kind": "empty", "key": "secret"}));
        assert!(!serde_json::to_string(faults.waiting()).unwrap().contains("secret"));
        assert!(faults.take("credits", Some("other"), &mut Dice::new(1)).is_empty());
        assert_eq!(faults.take("credits", Some("secret"), &mut Dice::new(1)).len(), 1);
    }

    #[test]
    fn if_one_fault_of_a_list_is_wrong_none_is_added() {
        for wrong in [
            json!({"on": "create", "kind": "hang"}),
            json!({"on": "any", "kind": "hangs"}),
            json!({"on": "any", "kind": "hang", "time": 2}),
            json!({"on": "any", "kind": "status", "status": 100}),
            json!({"on": "any", "kind": "status", "before": true, "after": true}),
            json!({"on": "any", "kind": "latency", "ms": u64::MAX}),
            json!({"on": "any", "kind": "huge", "bytes": u64::MAX}),
            json!({"on": "any", "kind": "hang", "times": u64::MAX}),
            json!({"on": "any", "kind": "hang", "skip": -1}),
            json!([{"on": "any", "kind": "hang"}, {}]),
        ] {
            let mut faults = Faults::default();
            assert!(faults.add(wrong.to_string().as_bytes()).is_err(), "{wrong}");
            assert!(faults.waiting().is_empty());
        }
    }
}
