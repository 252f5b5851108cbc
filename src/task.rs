//! What the service says of a task. Fields and states that it adds later are kept.

use crate::text;
use crate::url;
use crate::value::Value;

/// As long as a task's id may be, in bytes.
const MAX_ID: usize = 200;

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

/// Where a task stands.
pub fn status(task: &Value) -> Status {
    match task.text("status") {
        Some("COMPLETED") => Status::Completed,
        Some("FAILED") => Status::Failed,
        _ => Status::Running,
    }
}

/// Whether there is at least one video, and each has an http(s) address.
pub fn has_video(task: &Value) -> bool {
    output(task).is_some_and(|videos| !videos.is_empty() && are_videos(videos, false))
}

/// Whether a text can be a task's id. The documentation's are short; a long one would make a URL of any length.
pub fn is_id(text: &str) -> bool {
    text.len() <= MAX_ID && !text::trim(text).is_empty()
}

/// Whether a value describes a task: it has an id and a state.
pub fn is_task(value: &Value) -> bool {
    value.text("taskId").is_some_and(is_id) && value.text("status").is_some_and(|status| !status.is_empty())
}

/// Whether the output of a task is shown as it came. A task that is not completed should have none; whatever it has, unless it
/// is a list of videos with http(s) addresses, is taken away. What was paid for is kept.
pub fn keeps_output(task: &Value) -> bool {
    match task.get("output") {
        None | Some(Value::Null) => true,
        _ => status(task) == Status::Completed || output(task).is_some_and(|videos| are_videos(videos, false)),
    }
}

/// Whether the output is missing, or a list in which each address is http(s): what is shown as a video must be no script.
pub fn is_safe(value: &Value) -> bool {
    match value.get("output") {
        None | Some(Value::Null) => true,
        _ => output(value).is_some_and(|videos| are_videos(videos, true)),
    }
}

fn output(value: &Value) -> Option<&[Value]> {
    value.get("output").and_then(Value::as_array)
}

/// Whether each is an object with an http(s) address, or with none at all where that is allowed.
fn are_videos(videos: &[Value], without_address: bool) -> bool {
    videos.iter().all(|video| match video.get("url") {
        Some(Value::String(url)) => matches!(url::kind_with(url, url::believe), url::Kind::Http { .. }),
        None | Some(Value::Null) => without_address && matches!(video, Value::Object(_) | Value::Null),
        _ => false,
    })
}

/// The documented fields beside `taskId`, `status` and `output`, and whether they are texts; else they are numbers.
const FIELDS: [(&str, bool); 5] = [
    ("model", true),
    ("error", true),
    ("creditsUsed", false),
    ("createTime", false),
    ("completeTime", false),
];

/// Whether each documented field is what the documentation says, or null, or not there.
pub fn is_documented(task: &Value) -> bool {
    let is_field = |(name, is_text): &(&str, bool)| match task.get(name) {
        None | Some(Value::Null) => true,
        Some(Value::String(_)) => *is_text,
        Some(Value::Number(_)) => !is_text,
        _ => false,
    };
    FIELDS.iter().all(is_field) && (status(task) != Status::Completed || has_video(task))
}
