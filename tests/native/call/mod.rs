//! The client's calls, in virtual time, against a service that answers as each test says.

use crate::support::json::{Json, json};
use crate::support::platform::{Failure, Platform, client};
use crate::support::service::Service;
use sd2_client::call::Method;

/// The task of every fake answer.
const TASK_ID: &str = "task_abc123";
const METHODS_THAT_CREATE: [Method; 2] = [Method::CreateTask, Method::Generate];
const MINUTE: f64 = 60_000.0;

/// A request that is valid.
fn request() -> Json {
    json!({ "model": "sd2", "inputs": { "prompt": "A cat playing piano" } })
}

/// What a method is called with.
fn subject(method: Method) -> Json {
    match method {
        Method::CreateTask | Method::Generate => request(),
        Method::QueryTask | Method::WaitForTask => TASK_ID.into(),
        Method::GetCredits | Method::AwaitService => Json::Null,
    }
}

/// Calls a method without options on a client without options, and gives its result.
fn success(service: &Service<'_>, method: Method, options: Json) -> Json {
    Platform::new(service).success(&client(json!({})), method, subject(method), options)
}

/// The same for a call that fails.
fn failure(service: &Service<'_>, method: Method, options: Json) -> Box<Failure> {
    Platform::new(service).failure(&client(json!({})), method, subject(method), options)
}

mod abort;
mod answers;
mod budget;
mod create;
mod endings;
mod generate;
mod intervals;
mod learning;
mod listeners;
mod progress;
mod requests;
mod restore;
mod retries;
mod rouse;
mod shared;
mod slots;
mod wait;
