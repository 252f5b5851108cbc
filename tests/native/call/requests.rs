//! The requests of each method, as far as the machine decides them.

use super::{TASK_ID, request};
use crate::support::json::{Json, json};
use crate::support::platform::{Client, Platform, client};
use crate::support::service::{Sent, Service, created, ok, task, task_of};
use sd2_client::call::Method;
use sd2_client::error::Code;
use sd2_client::service::endpoint::Endpoint;

fn sent(client: &Client, method: Method, subject: Json) -> Sent {
    let service = Service::new(|sent| match method {
        Method::GetCredits => ok(json!({ "credits": 5000, "availableCredits": 4800 })),
        _ if sent.is_create() => created(),
        _ => task_of(subject.as_str().unwrap_or(TASK_ID), "COMPLETED"),
    });
    Platform::new(&service).success(client, method, subject.clone(), json!({}));
    service.sent().remove(0)
}

#[test]
fn each_method_uses_its_endpoint() {
    let client = client(json!({}));
    for (method, subject, endpoint) in [
        (Method::CreateTask, request(), Endpoint::CreateTask),
        (Method::Generate, request(), Endpoint::CreateTask),
        (Method::QueryTask, TASK_ID.into(), Endpoint::QueryTask),
        (Method::WaitForTask, TASK_ID.into(), Endpoint::QueryTask),
        (Method::GetCredits, Json::Null, Endpoint::Credits),
    ] {
        assert_eq!(sent(&client, method, subject).request.endpoint, endpoint);
    }
}

#[test]
fn a_task_id_must_be_a_string_that_is_not_empty() {
    for method in [Method::QueryTask, Method::WaitForTask] {
        for subject in [json!(""), json!(null), json!(7), json!({ "taskId": TASK_ID })] {
            let service = Service::answering([task("COMPLETED")]);
            let error = Platform::new(&service).failure(&client(json!({})), method, subject, json!({}));
            assert_eq!(error.code, Code::InvalidArgument);
            assert_eq!(service.count(), 0);
        }
    }
}
