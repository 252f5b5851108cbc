//! A page that was hidden or offline polls at once when it returns.

use super::{TASK_ID, request};
use crate::support::json::{Json, json};
use crate::support::platform::{Platform, client};
use crate::support::service::{Service, created, lost, not_connected, status, task};
use sd2_client::call::Method;

/// The arrivals of the requests of a call if the page returns at a time.
fn times(service: &Service<'_>, back_at: f64, method: Method, options: Json) -> Vec<f64> {
    let platform = Platform::new(service);
    platform.back_at.set(back_at);
    platform.success(&client(json!({})), method, super::subject(method), options);
    service.times()
}

#[test]
fn a_wait_polls_at_once() {
    let service = Service::answering([task("PROCESSING"), task("COMPLETED")]);
    let slow = json!({ "pollIntervalMs": 3_600_000 });
    assert_eq!(times(&service, 700.0, Method::WaitForTask, slow), [0.0, 700.0]);
}

#[test]
fn a_wait_that_backed_off_polls_at_once() {
    let mut replies = vec![lost(); 7];
    replies.push(task("COMPLETED"));
    let service = Service::answering(replies);
    let sent = times(&service, 20_000.0, Method::WaitForTask, json!({}));
    assert_eq!(sent[5..], [9_000.0, 17_000.0, 20_000.0]);
}

#[test]
fn a_wait_does_not_poll_before_retry_after() {
    let service = Service::answering([status(503).retry_after("20"), task("COMPLETED")]);
    assert_eq!(
        times(&service, 5_000.0, Method::WaitForTask, json!({})),
        [0.0, 20_000.0]
    );
    let service = Service::answering([status(503).retry_after("20"), task("COMPLETED")]);
    assert_eq!(times(&service, 5_000.0, Method::QueryTask, json!({})), [0.0, 20_000.0]);
}

#[test]
fn a_query_is_retried_at_once() {
    let service = Service::answering([lost(), task("COMPLETED")]);
    assert_eq!(times(&service, 100.0, Method::QueryTask, json!({})), [0.0, 100.0]);
}

#[test]
fn no_create_is_sent_early() {
    let service = Service::answering([not_connected(), created()]);
    assert_eq!(times(&service, 100.0, Method::CreateTask, json!({})), [0.0, 250.0]);
    let service = Service::answering([status(429), created(), task("COMPLETED")]);
    let interval = json!({ "pollIntervalMs": 4_000 });
    assert_eq!(
        times(&service, 100.0, Method::Generate, interval),
        [0.0, 4_000.0, 8_000.0]
    );
}

#[test]
fn a_request_in_flight_is_not_repeated() {
    let service = Service::answering([task("PROCESSING").after(3_000.0), task("COMPLETED")]);
    let interval = json!({ "pollIntervalMs": 2_000 });
    assert_eq!(times(&service, 1_000.0, Method::WaitForTask, interval), [0.0, 5_000.0]);
}

#[test]
fn a_wait_for_a_slot_continues() {
    let service = Service::answering([
        created(),
        task("PROCESSING"),
        task("COMPLETED"),
        created(),
        task("COMPLETED"),
    ]);
    let client = client(json!({ "concurrency": 1 }));
    let (first, second) = (Platform::new(&service), Platform::new(&service));
    second.back_at.set(500.0);
    let options = json!({ "pollIntervalMs": 1_000 });
    service.clock.run(vec![
        first.start(&client, Method::Generate, request(), options.clone()),
        second.start(&client, Method::Generate, request(), options),
    ]);
    assert_eq!(service.times(), [0.0, 1_000.0, 2_000.0, 2_000.0, 3_000.0]);
}

#[test]
fn one_poll_serves_all_waits_for_the_task() {
    let service = Service::answering([task("PROCESSING").after(100.0), task("COMPLETED").after(100.0)]);
    let client = client(json!({}));
    let platform = Platform::new(&service);
    platform.back_at.set(700.0);
    let slow = json!({ "pollIntervalMs": 3_600_000 });
    service.clock.run(vec![
        platform.start(&client, Method::WaitForTask, TASK_ID.into(), slow.clone()),
        platform.start(&client, Method::WaitForTask, TASK_ID.into(), slow),
    ]);
    assert_eq!(service.times(), [0.0, 700.0]);
}
