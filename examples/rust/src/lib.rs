//! A storyboard: a WebAssembly module of your own, in Rust, on top of the crate `sd2-client`. Its scenes are checked and
//! priced offline, before anything is sent.
#![cfg(target_arch = "wasm32")]

use sd2_client::error::Error;
use sd2_client::validate::{Validation, validate};
use sd2_client::value::Value;
use wasm_bindgen::prelude::*;

/// What all scenes cost, in credits. Throws if one of them could not be made.
#[wasm_bindgen]
pub fn price(scenes: Vec<String>) -> Result<u32, JsError> {
    let mut total = 0;
    for scene in &scenes {
        let checked = check(scene);
        match checked.credits {
            Some(credits) if checked.valid => total += credits,
            _ => return Err(JsError::new(&Error::invalid(checked.issues).message)),
        }
    }
    Ok(total)
}

/// How the video of a scene is made: `"text"`.
#[wasm_bindgen]
pub fn mode(scene: &str) -> Option<String> {
    check(scene).mode.map(|mode| mode.name().to_owned())
}

fn check(scene: &str) -> Validation {
    let mut inputs = Value::object();
    inputs.put_text("prompt", scene);
    inputs.put_text("duration", "6s");
    let mut request = Value::object();
    request.put_text("model", "sd2-fast");
    request.put("inputs", inputs);
    validate(&request, &Value::Null)
}
