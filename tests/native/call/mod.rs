//! The calls of a client in virtual time, with a fake service whose replies each test chooses.

use crate::support::json::{Json, json};
use crate::support::platform::{Failure, Platform, client};
use crate::support::service::Service;
use sd2_client::call::Method;

/// The task id of all fake replies.
const TASK_ID: &str = "task_abc123";
const METHODS_THAT_CREATE: [Method; 2] = [Method::CreateTask, Method::Generate];
const MINUTE: f64 = 60_000.0;

/// A request that is valid.
fn request() -> Json {
    json!({ "model": "sd2", "inputs": { "prompt": "A cat playing piano" } })
}

/// The argument of a method.
fn subject(method: Method) -> Json {
    match method {
        Method::CreateTask | Method::Generate => request(),
        Method::QueryTask | Method::WaitForTask | Method::CancelTask => TASK_ID.into(),
        Method::GetCredits | Method::AwaitService => Json::Null,
    }
}

/// Calls a method of a client without options, and returns its result.
fn success(service: &Service<'_>, method: Method, options: Json) -> Json {
    Platform::new(service).success(&client(json!({})), method, subject(method), options)
}

/// Like [`success`], for a call that fails.
fn failure(service: &Service<'_>, method: Method, options: Json) -> Box<Failure> {
    Platform::new(service).failure(&client(json!({})), method, subject(method), options)
}

mod abort;
mod answers;
mod create;
mod endings;
mod gateway;
mod generate;
mod intervals;
mod learning;
mod listeners;
mod page_return;
mod progress;
mod requests;
mod restore;
mod retries;
mod retry_quota;
mod shared;
mod slots;
mod steps;
mod wait;
