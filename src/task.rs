//! What the service says of a task. Fields and states that it adds later are kept.

use crate::error::{Code, Error};
use crate::url;
use crate::value::Value;

/// As long as a task's id may be, in bytes.
const MAX_ID: usize = 200;

/// A task as the service described it.
#[derive(Clone, Debug, PartialEq)]
pub struct Task(Value);

/// Where a task stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// PENDING, PROCESSING, and any state that the documentation does not name.
    Running,
    /// The video is there.
    Completed,
    /// It ended without a video.
    Failed,
}

impl Task {
    /// Takes what [`is_task`] accepts.
    pub fn new(value: Value) -> Task {
        Task(value)
    }

    /// The state in the service's own word.
    pub fn status_text(&self) -> &str {
        self.text("status")
    }

    /// The state.
    pub fn status(&self) -> Status {
        match self.status_text() {
            "COMPLETED" => Status::Completed,
            "FAILED" => Status::Failed,
            _ => Status::Running,
        }
    }

    /// Whether there is at least one video, and each has an http(s) address.
    pub fn has_output(&self) -> bool {
        output(&self.0).is_some_and(|videos| !videos.is_empty() && are_videos(videos, false))
    }

    /// Why the task failed, in the service's words.
    pub fn error(&self) -> Option<&str> {
        self.0.get("error").and_then(words).or_else(|| reason(&self.0))
    }

    /// All that the service said.
    pub fn value(&self) -> &Value {
        &self.0
    }

    /// All that the service said.
    pub fn into_value(self) -> Value {
        self.0
    }

    fn text(&self, name: &str) -> &str {
        self.0.get(name).and_then(Value::as_str).unwrap_or_default()
    }
}

/// The fields in which services put the reason of a failure; the more telling ones first.
const REASONS: [&str; 6] = ["message", "error", "detail", "title", "msg", "errors"];

/// The service's own words in an error answer or in a task's `error`, whatever shape they come in. Never HTML.
pub fn words(value: &Value) -> Option<&str> {
    let any = |is_sentence| any_text(value, is_sentence);
    reason(value).or_else(|| any(true)).or_else(|| any(false))
}

/// The text in one of the usual fields, or in the first item of a list that has one.
pub fn reason(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => readable(text),
        Value::Object(_) => REASONS.iter().find_map(|name| value.get(name).and_then(reason)),
        Value::Array(items) => items.iter().find_map(reason),
        _ => None,
    }
}

/// The first text anywhere; only a sentence, where that is wanted. An address is no reason, and may be signed.
fn any_text(value: &Value, is_sentence: bool) -> Option<&str> {
    let has = |text: &str, wanted| text.bytes().any(|byte| byte == wanted);
    match value {
        Value::String(text) => readable(text).filter(|text| has(text, b' ') || !is_sentence && !has(text, b'/')),
        Value::Object(fields) => fields.iter().find_map(|(_, field)| any_text(field, is_sentence)),
        Value::Array(items) => items.iter().find_map(|item| any_text(item, is_sentence)),
        _ => None,
    }
}

/// The text without white space around it, unless it is blank or HTML.
pub fn readable(text: &str) -> Option<&str> {
    Some(text.trim_ascii()).filter(|text| !text.is_empty() && !is_html(text))
}

/// Whether there is a tag in the text.
pub fn is_html(text: &str) -> bool {
    let is_tag = |pair: &[u8]| matches!(pair, [b'<', next] if next.is_ascii_alphabetic() || b"/!?".contains(next));
    text.as_bytes().windows(2).any(is_tag)
}

/// Whether a text can be a task's id. The documentation's are short; a long one would make a URL of any length.
pub fn is_id(text: &str) -> bool {
    text.len() <= MAX_ID && !text.trim().is_empty()
}

/// Whether a value describes a task: it has an id and a state.
pub fn is_task(value: &Value) -> bool {
    value.text("taskId").is_some_and(is_id) && value.text("status").is_some_and(|status| !status.is_empty())
}

/// Takes the output of a task that is not completed away, where there should be none, unless it is a list of videos with
/// http(s) addresses. What was paid for is kept as it came.
pub fn tidy(task: &mut Value) {
    let is_kept =
        task.text("status") == Some("COMPLETED") || output(task).is_some_and(|videos| are_videos(videos, false));
    if let Value::Object(fields) = task
        && !is_kept
    {
        for (name, output) in fields {
            if name == "output" {
                *output = Value::Null;
            }
        }
    }
}

/// Whether the output is missing, or a list in which each address is http(s): what is shown as a video must be no script.
pub fn is_safe(value: &Value) -> bool {
    match value.get("output") {
        None | Some(Value::Null) => true,
        _ => output(value).is_some_and(|videos| are_videos(videos, true)),
    }
}

/// The error of what is no task, or a dangerous one.
pub fn refusal() -> Box<Error> {
    let message = "Not a task as documented. Do not trust it.";
    Error::new(Code::UnexpectedResponse, message, "")
}

fn output(value: &Value) -> Option<&[Value]> {
    value.get("output").and_then(Value::as_array)
}

/// Whether each is an object with an http(s) address, or with none at all where that is allowed.
fn are_videos(videos: &[Value], without_address: bool) -> bool {
    videos.iter().all(|video| match video.get("url") {
        Some(Value::String(url)) => matches!(url::kind(url), url::Kind::Http { .. }),
        None | Some(Value::Null) => without_address && matches!(video, Value::Object(_) | Value::Null),
        _ => false,
    })
}
