//! Tasks in responses. Fields and states that the service adds later are kept.

use crate::rules::node::{Kind, Node};
use crate::text;
use crate::url;

/// The longest task id, in bytes.
const MAX_ID: usize = 200;

/// The status of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// PENDING, PROCESSING, and any undocumented state.
    Running,
    /// COMPLETED.
    Completed,
    /// FAILED.
    Failed,
}

/// The status of a task.
pub fn status<'a>(task: impl Node<'a>) -> Status {
    match task.text("status") {
        Some("COMPLETED") => Status::Completed,
        Some("FAILED") => Status::Failed,
        _ => Status::Running,
    }
}

/// Whether it failed because a gateway does not know whether the service made it.
pub fn is_unclear<'a>(task: impl Node<'a>) -> bool {
    task.text("code") == Some("outcome_unknown")
}

/// Whether it waits in a gateway's queue.
pub fn is_queued<'a>(task: impl Node<'a>) -> bool {
    task.get("queue").is_some_and(|queue| queue.kind() == Kind::Object)
}

/// Whether there is at least one video, and each has an http(s) URL.
pub fn has_video<'a>(task: impl Node<'a>) -> bool {
    task.get("output")
        .is_some_and(|output| output.length() > 0 && are_videos(output, false))
}

/// Whether a text can be a task id. Documented ids are short, and a limit keeps URLs short. The replacement
/// character stands for half of a JavaScript character, which no URL can contain.
pub fn is_id(text: &str) -> bool {
    text.len() <= MAX_ID
        && !text::trim(text).is_empty()
        && !text.as_bytes().windows(3).any(|bytes| bytes == "\u{FFFD}".as_bytes())
}

/// Whether a value is a task: it has an id and a status.
pub fn is_task<'a>(value: impl Node<'a>) -> bool {
    value.text("taskId").is_some_and(is_id) && value.text("status").is_some_and(|status| !status.is_empty())
}

/// Whether a task keeps its output. An unfinished task should have none, so it keeps only a list of videos with http(s) URLs. A
/// completed task keeps any output, because it was paid for.
pub fn keeps_output<'a>(task: impl Node<'a>) -> bool {
    match task.get("output") {
        Some(output) if output.kind() != Kind::Null => status(task) == Status::Completed || are_videos(output, false),
        _ => true,
    }
}

/// Whether the output is missing, or a list in which each URL is http(s). Another URL could be a script.
pub fn is_safe<'a>(task: impl Node<'a>) -> bool {
    match task.get("output") {
        Some(output) if output.kind() != Kind::Null => are_videos(output, true),
        _ => true,
    }
}

/// Whether this is a list of objects with http(s) URLs. With `without_address`, items may lack a URL.
fn are_videos<'a>(output: impl Node<'a>, without_address: bool) -> bool {
    let is_video = |index| match output.item(index).and_then(|video| video.get("url")) {
        Some(url) if url.kind() == Kind::Text => {
            let url = url.as_str().unwrap_or_default();
            matches!(url::kind_with(url, url::believe), url::Kind::Http { .. })
        }
        Some(url) if url.kind() != Kind::Null => false,
        _ => {
            let kind = output.item(index).map(Node::kind);
            without_address && matches!(kind, Some(Kind::Object | Kind::Null))
        }
    };
    output.kind() == Kind::List && (0..output.length()).all(is_video)
}

/// The documented fields besides `taskId`, `status` and `output`, and whether they are strings rather than numbers.
const FIELDS: [(&str, bool); 5] = [
    ("model", true),
    ("error", true),
    ("creditsUsed", false),
    ("createTime", false),
    ("completeTime", false),
];

/// Whether each documented field has its documented type, or is null or missing.
pub fn is_documented<'a>(task: impl Node<'a>) -> bool {
    let is_field = |(name, is_text): &(&str, bool)| match task.get(name).map(Node::kind) {
        None | Some(Kind::Null) => true,
        Some(Kind::Text) => *is_text,
        Some(Kind::Number) => !is_text,
        _ => false,
    };
    FIELDS.iter().all(is_field) && (status(task) != Status::Completed || has_video(task))
}
