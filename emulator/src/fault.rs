//! Faults on demand: which call they wait for, and which call they meet.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::clock::LIMIT;
use crate::dice::Dice;

/// A fault as an administrator orders it. `README.md` has the table.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Fault {
    /// `createTask`, `queryTask`, `credits` or `any`.
    on: On,
    /// What goes wrong.
    pub kind: Kind,
    /// How many calls it meets; 0 for every call until it is cleared.
    #[serde(default = "once")]
    times: u32,
    /// How many calls pass first.
    #[serde(default)]
    skip: u32,
    /// The chance to meet a call; one that is not met passes and is not counted.
    #[serde(default = "certain")]
    probability: f64,
    /// Real milliseconds of `latency`.
    #[serde(default = "a_second")]
    pub ms: u64,
    /// The status that is sent.
    pub status: Option<u16>,
    /// The `Retry-After` header, verbatim.
    retry_after: Option<Value>,
    /// The message, or the body of `body` and `not_json`.
    pub message: Option<String>,
    /// `Location` of `redirect`.
    pub location: Option<String>,
    /// The `Content-Type` header, in place of the kind's own.
    pub content_type: Option<String>,
    /// Size of `huge`.
    #[serde(default = "sixteen_mebibytes")]
    pub bytes: usize,
    /// Only calls with this API key. It is not shown again.
    #[serde(skip_serializing)]
    key: Option<String>,
    /// The work is not done.
    #[serde(default)]
    before: bool,
    /// The work is done.
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

/// What goes wrong; the table in `README.md` explains each name.
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
    /// Whether the service does its work before this goes wrong.
    pub fn works(&self) -> bool {
        let by_default = !matches!(self.kind, Kind::ResetBefore | Kind::Status | Kind::Redirect);
        (by_default || self.after) && !self.before
    }

    /// The text of `Retry-After`: seconds may be written as a number.
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

    fn concerns(&self, endpoint: &str, key: Option<&str>) -> bool {
        let on = match self.on {
            On::CreateTask => endpoint == "createTask",
            On::QueryTask => endpoint == "queryTask",
            On::Credits => endpoint == "credits",
            On::Any => true,
        };
        on && (self.key.is_none() || self.key.as_deref() == key)
    }
}

/// The faults that wait, in the order in which they meet calls.
#[derive(Default)]
pub struct Faults {
    waiting: Vec<Fault>,
}

impl Faults {
    /// Adds one fault or a list of them; the error is a sentence for the administrator.
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

    /// The faults that this call meets: any latencies, then at most one of another kind. The first fault that concerns
    /// a call decides about it: while that one lets calls pass, those after it wait.
    pub fn take(&mut self, endpoint: &str, key: Option<&str>, dice: &mut Dice) -> Vec<Fault> {
        let mut met = Vec::new();
        let mut decided = false;
        self.waiting.retain_mut(|fault| {
            if decided || !fault.concerns(endpoint, key) {
                return true;
            }
            decided = fault.kind != Kind::Latency;
            if fault.skip > 0 {
                fault.skip -= 1;
                return true;
            }
            if !dice.chance(fault.probability) {
                return true;
            }
            met.push(fault.clone());
            match fault.times {
                0 => true,
                1 => false,
                _ => {
                    fault.times -= 1;
                    true
                }
            }
        });
        met
    }

    /// Removes all of them.
    pub fn clear(&mut self) {
        self.waiting.clear();
    }

    /// Those that still wait.
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

    fn kinds(met: &[Fault]) -> Vec<Kind> {
        met.iter().map(|fault| fault.kind).collect()
    }

    #[test]
    fn faults_meet_calls_in_order_and_only_their_own() {
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
    fn a_fault_lets_calls_pass_first_and_those_after_it_wait() {
        let mut faults = faults(json!([
            {"on": "any", "kind": "hang", "skip": 1},
            {"on": "any", "kind": "empty"},
        ]));
        assert!(faults.take("credits", None, &mut Dice::new(1)).is_empty());
        assert_eq!(kinds(&faults.take("credits", None, &mut Dice::new(1))), [Kind::Hang]);
        assert_eq!(kinds(&faults.take("credits", None, &mut Dice::new(1))), [Kind::Empty]);
    }

    #[test]
    fn zero_times_lasts_and_a_latency_adds_to_what_follows() {
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
    fn a_key_narrows_a_fault_and_is_not_shown() {
        let mut faults = faults(json!({"on": "any", "kind": "empty", "key": "secret"}));
        assert!(!serde_json::to_string(faults.waiting()).unwrap().contains("secret"));
        assert!(faults.take("credits", Some("other"), &mut Dice::new(1)).is_empty());
        assert_eq!(faults.take("credits", Some("secret"), &mut Dice::new(1)).len(), 1);
    }

    #[test]
    fn a_wrong_order_is_refused_whole() {
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
