//! What the service says of a task. Fields and states that it adds later are kept.

use crate::error::{Code, Error};
use crate::url;
use crate::value::Value;

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
        self.0.get("error").and_then(message)
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

/// The sentence in an `error` or an error answer: the value itself, or its `message` or `error`.
pub fn message(value: &Value) -> Option<&str> {
    match value {
        Value::String(text) => Some(text.as_str()).filter(|text| !text.is_empty()),
        Value::Object(_) => ["message", "error"]
            .iter()
            .find_map(|name| value.get(name).and_then(message)),
        _ => None,
    }
}

/// Whether a value describes a task: it has an id and a state.
pub fn is_task(value: &Value) -> bool {
    let has = |name| {
        value
            .get(name)
            .and_then(Value::as_str)
            .is_some_and(|text| !text.is_empty())
    };
    has("taskId") && has("status")
}

/// Takes an output away that is no list; that of a task that is not completed, where there should be none, also unless
/// it is one of videos with http(s) addresses.
pub fn tidy(task: &mut Value) {
    let is_completed = task.text("status") == Some("COMPLETED");
    let is_kept = |output: &Value| {
        let videos = output.as_array();
        videos.is_some_and(|videos| is_completed || are_videos(videos, false))
    };
    if let Value::Object(fields) = task {
        for (name, output) in fields {
            if name == "output" && !is_kept(output) {
                *output = Value::Null;
            }
        }
    }
}

/// Whether each address in a task's output is http(s): what is shown as a video must be no script.
pub fn is_safe(value: &Value) -> bool {
    output(value).is_none_or(|videos| are_videos(videos, true))
}

/// The error of what is no task, or a dangerous one.
pub fn refusal() -> Box<Error> {
    let message = "That is no task as the documentation describes it. Do not trust what it says.";
    Error::new(Code::UnexpectedResponse, message, "")
}

fn output(value: &Value) -> Option<&[Value]> {
    value.get("output").and_then(Value::as_array)
}

/// Whether each has an http(s) address, or none at all where that is allowed.
fn are_videos(videos: &[Value], without_address: bool) -> bool {
    videos.iter().all(|video| match video.text("url") {
        Some(url) => matches!(url::kind(url), url::Kind::Http { .. }),
        None => without_address,
    })
}
