//! A storyboard: a WebAssembly module of your own, in Rust, on top of the crate `sd2-client`. Its scenes are priced
//! before anything is sent, and each becomes a video.
#![cfg(target_arch = "wasm32")]

use sd2_client::call::Method;
use sd2_client::client::Client;
use sd2_client::error::Error;
use sd2_client::options::{CallOptions, Options};
use sd2_client::validate::validate;
use sd2_client::value::Value;
use sd2_client::wasm::{JsHost, to_js_error};
use wasm_bindgen::prelude::*;

/// What all scenes cost, in credits. Throws if one of them could not be made.
#[wasm_bindgen]
pub fn price(scenes: Vec<String>) -> Result<u32, JsValue> {
    let mut total = 0;
    for scene in &scenes {
        let checked = validate(&request(scene), &Value::Null);
        match checked.credits {
            Some(credits) => total += credits,
            None => return Err(to_js_error(Error::invalid(checked.issues))),
        }
    }
    Ok(total)
}

/// Makes the video of one scene, and gives its address. `platform` has `fetch`, and a `signal` if there is one.
#[wasm_bindgen]
pub async fn film(scene: String, api_key: String, base_url: String, platform: JsValue) -> Result<String, JsValue> {
    let mut options = Value::object();
    options.put_text("apiKey", &api_key);
    options.put_text("baseUrl", &base_url);
    let client = Client::new(Options::read(&options).map_err(to_js_error)?);
    let host = JsHost::new(platform);
    let call = client.call(Method::Generate, request(&scene), CallOptions::default(), &host);
    // Nothing comes of a call that its caller gave up.
    let task = call.await.ok_or_else(|| host.reason())?.map_err(to_js_error)?;
    let videos = task.get("output").and_then(Value::as_array).unwrap_or_default();
    let url = videos.first().and_then(|video| video.text("url"));
    Ok(url.unwrap_or_default().to_owned())
}

fn request(scene: &str) -> Value {
    let mut inputs = Value::object();
    inputs.put_text("prompt", scene);
    inputs.put_text("duration", "6s");
    let mut request = Value::object();
    request.put_text("model", "sd2-fast");
    request.put("inputs", inputs);
    request
}
