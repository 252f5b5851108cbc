//! The body of a callback. It is not signed: anyone who knows the URL can send one.

use crate::error::{Code, Error, Result};
use crate::service::task;
use crate::text;
use crate::value::Value;

/// How many bytes of a body an error contains.
const BODY_LIMIT: usize = 2_000;

/// Reads the task in a body. `text` is the original body, if it was text. A hint only needs an id and a status, because the
/// service is asked for the rest.
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
        // A Request or a Promise has no `taskId`.
        _ if !names_task => error.message = "Expected a request body: pass `await request.text()`.".into(),
        _ => {}
    }
    Err(error)
}
