//! The methods of `Sd2Client`: one future serves them all, which keeps the module small.

use super::encode::{from_text, hostname, to_js, to_js_error};
use super::host::JsHost;
use crate::call::Method;
use crate::client::Client;
use crate::options::{CallOptions, Options};
use js_sys::Promise;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::future_to_promise;

/// A client, held by the JavaScript class that users see.
#[wasm_bindgen]
pub struct Handle(Rc<Client>);

#[wasm_bindgen]
impl Handle {
    /// Reads the options, given as tagged text.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &str) -> Result<Handle, JsValue> {
        match Options::read_with(&from_text(options), hostname) {
            Ok(options) => Ok(Handle(Rc::new(Client::new(options)))),
            Err(error) => Err(to_js_error(error)),
        }
    }

    /// Calls a method by its number. `subject` (the request, or the task's id) and `options` are tagged text;
    /// `platform` has `fetch`, and the functions and the signal that the caller gave.
    pub fn call(&self, method: u32, subject: &str, options: &str, platform: JsValue) -> Promise {
        let client = self.0.clone();
        let subject = from_text(subject);
        let options = CallOptions::read(&from_text(options));
        let method = match method {
            0 => Method::CreateTask,
            1 => Method::QueryTask,
            2 => Method::GetCredits,
            3 => Method::WaitForTask,
            4 => Method::Generate,
            _ => Method::AwaitService,
        };
        let host = JsHost::new(platform);
        future_to_promise(async move {
            let options = options.map_err(to_js_error)?;
            match client.call(method, subject, options, &host).await {
                Some(Ok(value)) => Ok(to_js(&value)),
                Some(Err(error)) => Err(to_js_error(error)),
                None => Err(host.reason()),
            }
        })
    }
}
