//! What the service POSTs to a `callBackUrl`. It is not signed: whoever knows the URL can send the like.

use crate::api;
use crate::error::Result;
use crate::task::{self, Status, Task};
use crate::text;
use crate::value::Value;

/// The documented fields beside `taskId`, `status` and `output`, and whether they are texts; else they are numbers.
const FIELDS: [(&str, bool); 5] = [
    ("model", true),
    ("error", true),
    ("creditsUsed", false),
    ("createTime", false),
    ("completeTime", false),
];

/// The task that a body describes; `text` is the body as it came, if it was text. As a hint, an id and a state
/// will do: the service is asked for all else.
pub fn read(mut body: Value, text: &Value, is_hint: bool) -> Result<Value> {
    task::tidy(&mut body);
    let names_task = body.get("taskId").is_some();
    if task::is_task(&body) {
        let task = Task::new(body);
        if is_hint || is_documented(&task) {
            return Ok(task.into_value());
        }
    }
    let mut error = task::refusal();
    match text.as_str() {
        Some(text) if !text.is_empty() => error.details.put_text("body", text::head(text, api::BODY_LIMIT)),
        // A request or a promise shows no field.
        _ if !names_task => error.message = "Expected a request body: pass `await request.text()`.".into(),
        _ => {}
    }
    Err(error)
}

/// Whether each documented field is what the documentation says, or null, or not there.
fn is_documented(task: &Task) -> bool {
    let is_field = |(name, is_text): &(&str, bool)| match task.value().get(name) {
        None | Some(Value::Null) => true,
        Some(Value::String(_)) => *is_text,
        Some(Value::Number(_)) => !is_text,
        _ => false,
    };
    FIELDS.iter().all(is_field) && (task.status() != Status::Completed || task.has_output())
}
