//! What the service says of a task. Fields and states that it adds later are kept.

use crate::rules::node::{Kind, Node};
use crate::text;
use crate::url;

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
pub fn status<'a>(task: impl Node<'a>) -> Status {
    match task.text("status") {
        Some("COMPLETED") => Status::Completed,
        Some("FAILED") => Status::Failed,
        _ => Status::Running,
    }
}

/// Whether there is at least one video, and each has an http(s) address.
pub fn has_video<'a>(task: impl Node<'a>) -> bool {
    task.get("output")
        .is_some_and(|output| output.length() > 0 && are_videos(output, false))
}

/// Whether a text can be a task's id. The documentation's are short; a long one would make a URL of any length.
pub fn is_id(text: &str) -> bool {
    text.len() <= MAX_ID && !text::trim(text).is_empty()
}

/// Whether a value describes a task: it has an id and a state.
pub fn is_task<'a>(value: impl Node<'a>) -> bool {
    value.text("taskId").is_some_and(is_id) && value.text("status").is_some_and(|status| !status.is_empty())
}

/// Whether the output of a task is shown as it came. A task that is not completed should have none; whatever it has, unless it
/// is a list of videos with http(s) addresses, is taken away. What was paid for is kept.
pub fn keeps_output<'a>(task: impl Node<'a>) -> bool {
    match task.get("output") {
        Some(output) if output.kind() != Kind::Null => status(task) == Status::Completed || are_videos(output, false),
        _ => true,
    }
}

/// Whether the output is missing, or a list in which each address is http(s): what is shown as a video must be no script.
pub fn is_safe<'a>(task: impl Node<'a>) -> bool {
    match task.get("output") {
        Some(output) if output.kind() != Kind::Null => are_videos(output, true),
        _ => true,
    }
}

/// Whether this is a list, and each item an object with an http(s) address, or with none at all where that is allowed.
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

/// The documented fields beside `taskId`, `status` and `output`, and whether they are texts; else they are numbers.
const FIELDS: [(&str, bool); 5] = [
    ("model", true),
    ("error", true),
    ("creditsUsed", false),
    ("createTime", false),
    ("completeTime", false),
];

/// Whether each documented field is what the documentation says, or null, or not there.
pub fn is_documented<'a>(task: impl Node<'a>) -> bool {
    let is_field = |(name, is_text): &(&str, bool)| match task.get(name).map(Node::kind) {
        None | Some(Kind::Null) => true,
        Some(Kind::Text) => *is_text,
        Some(Kind::Number) => !is_text,
        _ => false,
    };
    FIELDS.iter().all(is_field) && (status(task) != Status::Completed || has_video(task))
}
