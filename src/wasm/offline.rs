//! The functions that need no network.

use super::encode::{from_text, hostname, to_js, to_js_error};
use crate::calculator;
use crate::callback;
use crate::reason;
use crate::validate;
use crate::value::Value;
use wasm_bindgen::prelude::*;

/// Calls a function by its number, with its argument as tagged text; for the first it is a list of the request
/// and the options. One export serves them all, because each brings its own wrapping.
#[wasm_bindgen]
pub fn offline(function: u32, argument: &str) -> Result<JsValue, JsValue> {
    let argument = from_text(argument);
    let result = match (function, argument.as_array()) {
        (0, Some([request, options])) => {
            let media = options.get("media").unwrap_or(&Value::Null);
            Ok(validate::validate_with(request, media, hostname).into_value())
        }
        (1 | 2, _) => calculator::estimate_with(&argument, function == 2, hostname),
        (4 | 5, Some([body, text])) => callback::read(body.clone(), text, function == 5),
        _ => calculator::table(&argument),
    };
    result.map(|value| to_js(&value)).map_err(to_js_error)
}

/// The reason in an answer, `{ status, value?, text }` as tagged text, or in its task; nothing if it gives none.
#[wasm_bindgen]
pub fn said(answer: &str, is_task: bool) -> Option<String> {
    let answer = from_text(answer);
    let value = answer.get("value");
    let said = if is_task {
        Some(reason::of_task(value.unwrap_or(&Value::Null)))
    } else {
        let status = answer.number("status").unwrap_or_default() as u16;
        reason::of_answer(value, answer.text("text").unwrap_or_default(), status)
    };
    said.map(Into::into)
}
