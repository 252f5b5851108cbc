//! What the service POSTs to a `callBackUrl`. It is not signed: whoever knows the URL can send the like.

use crate::error::{Code, Error, Result};
use crate::service::task;
use crate::text;
use crate::value::Value;

/// As much of a body as an error carries, in bytes.
const BODY_LIMIT: usize = 2_000;

/// The task that a body describes; `text` is the body as it came, if it was text. As a hint, an id and a state
/// will do: the service is asked for all else.
pub fn read(mut body: Value, text: &Value, is_hint: bool) -> Result<Value> {
    let names_task = body.get("taskId").is_some();
    if task::is_task(&body) && (is_hint || task::is_documented(&body)) {
        if !task::keeps_output(&body) {
            if let Value::Object(fields) = &mut body {
                fields.retain(|(name, _)| name != "output");
            }
            body.put("output", Value::Null);
        }
        return Ok(body);
    }
    let message = "Not a task as documented. Do not trust it.";
    let mut error = Error::new(Code::UnexpectedResponse, message, "");
    match text.as_str() {
        Some(text) if !text.is_empty() => error.details.put_text("body", text::head(text, BODY_LIMIT)),
        // A request or a promise shows no field.
        _ if !names_task => error.message = "Expected a request body: pass `await request.text()`.".into(),
        _ => {}
    }
    Err(error)
}
