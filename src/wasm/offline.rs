//! The functions that need no network.

use super::encode::{from_text, to_js, to_js_error};
use crate::calculator;
use crate::callback;
use crate::validate;
use crate::value::Value;
use wasm_bindgen::prelude::*;

/// Calls a function by its number, with its arguments as tagged text. One export serves them all, because
/// each brings its own wrapping.
#[wasm_bindgen]
pub fn offline(function: u32, first: &str, second: &str) -> Result<JsValue, JsValue> {
    let (first, second) = (from_text(first), from_text(second));
    let result = match function {
        0 => Ok(validate::validate(&first, second.get("media").unwrap_or(&Value::Null)).into_value()),
        1 | 2 => calculator::estimate(&first, function == 2),
        3 => calculator::table(&first),
        _ => callback::read(first, &second, function == 5),
    };
    result.map(|value| to_js(&value)).map_err(to_js_error)
}
