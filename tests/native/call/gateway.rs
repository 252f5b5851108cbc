//! With a gateway: a create has a key, and may be sent until it is answered; a task may wait in a queue first.

use super::{METHODS_THAT_CREATE, MINUTE, TASK_ID, request, subject};
use crate::support::json::json;
use crate::support::platform::{Client, Listener, Platform, client, details};
use crate::support::service::{
    Reply, Sent, Service, broken, created, hang, lost, not_connected, ok, status, task, text,
};
use sd2_client::call::Method;
use sd2_client::error::Code;

fn gateway() -> Client {
    client(json!({ "baseUrl": "https://app.example/api/sd2", "gateway": true }))
}

fn creates(service: &Service) -> usize {
    service.sent().iter().filter(|sent| sent.is_create()).count()
}

fn queued() -> Reply {
    ok(json!({ "taskId": TASK_ID, "status": "PENDING", "output": null, "error": null, "queue": { "position": 2 } }))
}

#[test]
fn a_create_that_may_have_arrived_is_sent_again() {
    for method in METHODS_THAT_CREATE {
        for reply in [
            lost(),
            hang(),
            broken(),
            not_connected(),
            status(500),
            status(503),
            text(502, "<html>"),
        ] {
            let service = Service::answering([reply.clone(), reply.clone(), created(), task("COMPLETED")]);
            Platform::new(&service).success(&gateway(), method, subject(method), json!({}));
            assert_eq!(creates(&service), 3, "{method:?} {reply:?}");
        }
    }
}

#[test]
fn a_store_is_pushed_of_a_repeated_create_once() {
    let service = Service::answering([lost(), lost(), created(), task("COMPLETED")]);
    let platform = Platform::new(&service);
    platform.success(&gateway(), Method::Generate, request(), json!({}));
    assert_eq!(
        platform.told(Listener::Marked),
        [json!("Creating"), json!("Created"), json!("Over")]
    );
}

#[test]
fn create_task_repeats_as_often_as_any_safe_call() {
    let service = Service::answering([lost()]);
    let error = Platform::new(&service).failure(&gateway(), Method::CreateTask, request(), json!({}));
    assert_eq!((error.code, creates(&service)), (Code::OutcomeUnknown, 5));
}

#[test]
fn generate_repeats_its_create_for_a_quarter_of_an_hour() {
    let service = Service::answering([lost()]);
    let platform = Platform::new(&service);
    let error = platform.failure(&gateway(), Method::Generate, request(), json!({}));
    assert_eq!(error.code, Code::OutcomeUnknown);
    assert!(
        (14.0 * MINUTE..17.0 * MINUTE).contains(&platform.elapsed()),
        "{}",
        platform.elapsed()
    );
    assert!(service.pauses().iter().all(|pause| *pause >= 1_000.0));
}

#[test]
fn a_deadline_ends_the_repeats() {
    let service = Service::answering([lost()]);
    let platform = Platform::new(&service);
    platform.failure(&gateway(), Method::Generate, request(), json!({ "timeoutMs": 20_000 }));
    assert_eq!(platform.elapsed(), 20_000.0);
}

#[test]
fn a_refusal_after_a_lost_answer_leaves_the_outcome_unknown() {
    for method in METHODS_THAT_CREATE {
        let service = Service::answering([lost(), status(401)]);
        let error = Platform::new(&service).failure(&gateway(), method, subject(method), json!({}));
        assert_eq!((error.code, creates(&service)), (Code::OutcomeUnknown, 2), "{method:?}");
        assert!(error.message.contains("the reason"), "{error}");
    }
}

#[test]
fn what_is_no_answer_of_a_gateway_is_not_asked_again() {
    for reply in [status(302), text(200, "<html>"), status(409), status(418)] {
        let service = Service::answering([reply, created()]);
        let error = Platform::new(&service).failure(&gateway(), Method::CreateTask, request(), json!({}));
        assert_eq!((error.code, creates(&service)), (Code::OutcomeUnknown, 1));
    }
}

#[test]
fn a_refusal_speaks_of_neither_keys_nor_the_service_s_shop() {
    for method in [Method::CreateTask, Method::QueryTask, Method::WaitForTask] {
        for code in [401, 402, 403] {
            let service = Service::answering([status(code)]);
            let error = Platform::new(&service).failure(&gateway(), method, subject(method), json!({}));
            assert_eq!(error.message, "The service refused the request: the reason.");
            assert_eq!(details(&error)["status"], code);
        }
    }
    let service = Service::answering([status(429)]);
    let error = Platform::new(&service).failure(&gateway(), Method::CreateTask, request(), json!({}));
    assert_eq!(
        (error.code, &*error.message),
        (Code::ConcurrencyLimit, "The service refused the request: the reason.")
    );
}

#[test]
fn the_time_of_a_wait_begins_when_the_task_leaves_the_queue() {
    for method in [Method::Generate, Method::WaitForTask] {
        let service = Service::new(|sent: &Sent| match sent {
            sent if sent.is_create() => created(),
            sent if sent.at < 60.0 * MINUTE => queued(),
            sent if sent.at < 74.0 * MINUTE => task("PROCESSING"),
            _ => task("COMPLETED"),
        });
        let platform = Platform::new(&service);
        platform.success(&gateway(), method, subject(method), json!({}));
        assert!(platform.elapsed() >= 74.0 * MINUTE);
    }
}

#[test]
fn a_time_that_the_caller_gives_includes_the_queue() {
    let service = Service::answering([queued()]);
    let platform = Platform::new(&service);
    let error = platform.failure(
        &gateway(),
        Method::WaitForTask,
        TASK_ID.into(),
        json!({ "timeoutMs": 60_000 }),
    );
    assert_eq!((error.code, platform.elapsed()), (Code::WaitTimeout, 60_000.0));
}

#[test]
fn a_task_makes_no_progress_in_the_queue() {
    let service = Service::new(|sent: &Sent| match sent.at {
        at if at < 10.0 * MINUTE => queued(),
        at if at < 11.0 * MINUTE => task("PROCESSING"),
        _ => task("COMPLETED"),
    });
    let platform = Platform::new(&service);
    platform.success(&gateway(), Method::WaitForTask, TASK_ID.into(), json!({}));
    for (at, update) in platform.told_at(Listener::Updated) {
        let progress = update["progress"].as_f64().expect("a number");
        assert!(at >= 10.0 * MINUTE || progress == 0.0, "{at}: {progress}");
        assert!(at > 10.3 * MINUTE || progress < 0.7, "{at}: {progress}");
    }
}

#[test]
fn a_task_that_may_not_exist_is_unknown_and_stays_in_the_store() {
    let unclear = ok(json!({
        "taskId": TASK_ID, "status": "FAILED", "output": null, "error": "No answer came.", "code": "outcome_unknown",
    }));
    let service = Service::answering([unclear]);
    let platform = Platform::new(&service);
    let error = platform.failure(&gateway(), Method::WaitForTask, TASK_ID.into(), json!({}));
    assert_eq!(error.code, Code::OutcomeUnknown);
    assert!(error.message.contains("No answer came."), "{error}");
    assert_eq!(details(&error)["task"]["code"], "outcome_unknown");
    platform.success(&gateway(), Method::QueryTask, TASK_ID.into(), json!({}));
    assert!(platform.told(Listener::Marked).is_empty());
}

#[test]
fn a_task_is_cancelled_by_any_2xx_and_the_request_is_repeated() {
    for answer in [text(204, ""), ok(json!({})), text(200, "ok")] {
        let service = Service::answering([lost(), status(503), answer]);
        Platform::new(&service).success(&gateway(), Method::CancelTask, TASK_ID.into(), json!({}));
        assert_eq!(service.count(), 3);
    }
}

#[test]
fn a_task_that_has_left_the_queue_is_not_cancelled() {
    for (code, expected) in [(404, Code::NotFound), (409, Code::InvalidRequest)] {
        let service = Service::answering([status(code)]);
        let error = Platform::new(&service).failure(&gateway(), Method::CancelTask, TASK_ID.into(), json!({}));
        assert_eq!((error.code, service.count()), (expected, 1));
        assert!(error.message.contains("the reason"), "{error}");
    }
}
