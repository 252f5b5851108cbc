//! From the core's values and errors to JavaScript's, and back.

use crate::error::Error;
use crate::rules::host::{Reach, reach_of};
use crate::value::{Foreign, Value};
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(module = "/js/error.js")]
extern "C" {
    #[wasm_bindgen(js_name = makeError)]
    fn make_error(message: &str, details: JsValue) -> JsValue;

    #[wasm_bindgen(js_name = hostname)]
    fn js_hostname(url: &str) -> String;
}

/// Plain JavaScript data.
pub fn to_js(value: &Value) -> JsValue {
    // The serializer has nothing to fail on in a `Value`.
    value.serialize(&Serializer::json_compatible()).unwrap_or_default()
}

/// A real `Error`.
#[expect(clippy::boxed_local, reason = "errors travel boxed; this is where they end")]
pub fn to_js_error(error: Box<Error>) -> JsValue {
    make_error(&error.message, to_js(&error.details))
}

/// The platform's URL parser; `None` if it refuses the URL.
pub fn hostname(url: &str, _: &str) -> Option<Reach> {
    let host = js_hostname(url);
    (!host.is_empty()).then(|| reach_of(host.as_bytes()))
}

/// What JavaScript wrote with `encode`.
pub fn from_text(text: &str) -> Value {
    // A writer and a reader of one release agree; if not, the value is refused as unreadable.
    Value::decode(text).unwrap_or(Value::Foreign(Foreign::Unreadable))
}
