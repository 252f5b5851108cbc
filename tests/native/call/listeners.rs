//! The events of the logger.

use super::{TASK_ID, request};
use crate::support::json::{Json, json};
use crate::support::platform::{KEY, Listener, Platform, client};
use crate::support::service::{Service, created, hang, lost, status, task, text};
use sd2_client::call::Method;

fn log(service: &Service<'_>, method: Method, subject: Json) -> Vec<Json> {
    let platform = Platform::new(service);
    platform.call(&client(json!({})), method, subject, json!({}));
    platform.told(Listener::Logged)
}

#[test]
fn each_attempt_and_each_pause_is_logged() {
    let service = Service::answering([status(500).after(40.0), lost(), task("PENDING").after(30.0)]);
    let events = log(&service, Method::QueryTask, TASK_ID.into());
    let expected = json!([
        { "type": "attempt", "endpoint": "queryTask", "attempt": 1, "ms": 40, "status": 500 },
        { "type": "retry", "endpoint": "queryTask", "attempt": 1, "ms": 250, "code": "server_error" },
        { "type": "attempt", "endpoint": "queryTask", "attempt": 2, "ms": 0, "code": "network" },
        { "type": "retry", "endpoint": "queryTask", "attempt": 2, "ms": 500, "code": "network" },
        { "type": "attempt", "endpoint": "queryTask", "attempt": 3, "ms": 30, "status": 200 },
    ]);
    assert_eq!(json!(events), expected);
}

#[test]
fn each_poll_of_generate_is_logged() {
    let service = Service::answering([created(), task("PENDING"), task("COMPLETED")]);
    let events = log(&service, Method::Generate, request());
    let told: Vec<Json> = events
        .iter()
        .map(|event| json!([event["type"], event["endpoint"], event["attempt"]]))
        .collect();
    let expected = json!([
        ["attempt", "createTask", 1],
        ["poll", "queryTask", 0],
        ["attempt", "queryTask", 1],
        ["poll", "queryTask", 1],
        ["attempt", "queryTask", 2],
    ]);
    assert_eq!(json!(told), expected);
}

#[test]
fn a_timed_out_attempt_is_logged_as_a_timeout() {
    let service = Service::answering([hang()]);
    let events = log(&service, Method::CreateTask, request());
    let expected =
        json!([{ "type": "attempt", "endpoint": "createTask", "attempt": 1, "ms": 30_000, "code": "timeout" }]);
    assert_eq!(json!(events), expected);
}

#[test]
fn a_request_for_the_balance_is_logged_as_credits() {
    let events = log(&Service::answering([status(401)]), Method::GetCredits, Json::Null);
    assert_eq!(events[0]["endpoint"], "credits");
    assert_eq!(events[0]["status"], 401);
}

#[test]
fn no_event_contains_the_key_or_a_url() {
    let echo = format!(r#"{{"message":"{KEY}","url":"https://static.example.com/a.mp4?signature=1"}}"#);
    for number in [200, 400, 401, 429, 500] {
        for method in [Method::GetCredits, Method::QueryTask, Method::CreateTask] {
            let service = Service::answering([text(number, &echo)]);
            let subject = super::subject(method);
            let events = json!(log(&service, method, subject)).to_string();
            assert!(!events.contains(KEY) && !events.contains("http"), "{events}");
        }
    }
    let events = json!(log(
        &Service::answering([task("COMPLETED")]),
        Method::WaitForTask,
        TASK_ID.into()
    ));
    assert!(!events.to_string().contains("http"), "{events}");
}
