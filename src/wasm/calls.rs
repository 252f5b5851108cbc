//! The methods of `Sd2Client`: one future serves them all, which keeps the module small.

use super::encode::{from_text, hostname, to_js_error};
use super::host::{JsHost, Platform};
use crate::call::Method;
use crate::client::Client;
use crate::options::{CallOptions, Options};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;

/// A client, held by the JavaScript class that users see.
#[wasm_bindgen]
pub struct Handle(Rc<Client<JsValue>>);

#[wasm_bindgen]
impl Handle {
    /// Reads the options, given as tagged text.
    #[wasm_bindgen(constructor)]
    pub fn new(options: &str) -> Result<Handle, JsValue> {
        let options = Options::read_with(&from_text(options), hostname).map_err(to_js_error)?;
        Ok(Handle(Rc::new(Client::new(options))))
    }

    /// Starts a call of a method by its number. `subject` (the request, or the task's id) and `options` are tagged text.
    /// The platform is told of the end. Throws if the call is refused.
    pub fn call(
        &self,
        method: u32,
        subject: &str,
        options: &str,
        platform: Platform,
        is_heard: bool,
    ) -> Result<(), JsValue> {
        let client = self.0.clone();
        let method = match method {
            0 => Method::CreateTask,
            1 => Method::QueryTask,
            2 => Method::GetCredits,
            3 => Method::WaitForTask,
            4 => Method::Generate,
            _ => Method::AwaitService,
        };
        let options = CallOptions::read(&from_text(options)).map_err(to_js_error)?;
        let host = JsHost::new(platform, is_heard, client.options().is_local);
        let call = client
            .begin(method, &from_text(subject), options, &host)
            .map_err(to_js_error)?;
        spawn_local(async move { client.run(call, &host).await });
        Ok(())
    }
}
