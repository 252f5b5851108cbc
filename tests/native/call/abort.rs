//! An aborted call ends at once and sends nothing more.

use super::{TASK_ID, request, subject};
use crate::support::json::json;
use crate::support::platform::{Listener, Platform, client};
use crate::support::service::{Reply, Service, created, hang, status, task};
use proptest::prelude::*;
use sd2_client::call::Method;

const ALL: [Method; 5] = [
    Method::CreateTask,
    Method::QueryTask,
    Method::GetCredits,
    Method::WaitForTask,
    Method::Generate,
];

/// Calls a method, aborts it at a time, and asserts that the call ends at that time.
fn aborted(service: &Service<'_>, method: Method, at: f64) {
    let platform = Platform::new(service);
    platform.abort_at.set(at);
    let result = platform.call(&client(json!({})), method, subject(method), json!({}));
    assert_eq!(result, None, "{method:?}");
    assert!(
        (service.clock.elapsed() - at).abs() < 0.01,
        "{method:?} ended at {}",
        service.clock.elapsed()
    );
    assert!(service.times().iter().all(|sent| *sent < at), "{method:?}");
}

#[test]
fn a_call_that_is_aborted_before_sends_nothing() {
    for method in ALL {
        let service = Service::answering([created()]);
        aborted(&service, method, 0.0);
        assert_eq!(service.count(), 0);
    }
}

#[test]
fn a_call_can_be_aborted_during_an_attempt() {
    for method in ALL {
        let service = Service::answering([hang()]);
        aborted(&service, method, 1_234.0);
        assert_eq!(service.count(), 1);
    }
}

#[test]
fn a_call_can_be_aborted_before_a_retry() {
    for method in [Method::QueryTask, Method::GetCredits, Method::WaitForTask] {
        let service = Service::answering([status(503).retry_after("50")]);
        aborted(&service, method, 7_000.0);
        assert_eq!(service.count(), 1);
    }
}

#[test]
fn a_wait_can_be_aborted_between_polls() {
    let service = Service::answering([task("PROCESSING")]);
    aborted(&service, Method::WaitForTask, 777.0);
    assert_eq!(service.count(), 1);
}

#[test]
fn generate_can_be_aborted_while_the_account_is_full() {
    let service = Service::answering([status(429).retry_after("3600")]);
    aborted(&service, Method::Generate, 10_000.0);
}

#[test]
fn generate_can_be_aborted_while_it_waits_for_a_slot() {
    let service = Service::answering([created(), task("PROCESSING")]);
    let client = client(json!({ "concurrency": 1 }));
    let (first, second) = (Platform::new(&service), Platform::new(&service));
    second.abort_at.set(3_000.0);
    first.abort_at.set(60_000.0);
    let calls = vec![
        first.start(&client, Method::Generate, request(), json!({})),
        second.start(&client, Method::Generate, request(), json!({})),
    ];
    assert_eq!(service.clock.run(calls), [None, None]);
    assert_eq!(service.sent().iter().filter(|sent| sent.is_create()).count(), 1);
    assert!(second.told(Listener::Logged).is_empty());
}

#[test]
fn on_created_is_called_before_a_later_abort() {
    let service = Service::answering([created(), task("PROCESSING")]);
    let platform = Platform::new(&service);
    platform.abort_at.set(100.0);
    assert_eq!(
        platform.call(&client(json!({})), Method::Generate, request(), json!({})),
        None
    );
    assert_eq!(platform.told(Listener::Created), [json!(TASK_ID)]);
    assert_eq!(service.count(), 1);
}

#[test]
fn a_caller_who_stops_during_a_create_gets_its_task_but_no_poll() {
    let service = Service::answering([created().after(2_000.0), task("PROCESSING")]);
    let platform = Platform::new(&service);
    platform.stop_at.set(500.0);
    let result = platform.call(&client(json!({})), Method::Generate, request(), json!({}));
    assert_eq!(result, None);
    assert_eq!(platform.told(Listener::Created), [json!(TASK_ID)]);
    assert_eq!((service.clock.elapsed(), service.count()), (2_000.0, 1));
}

#[test]
fn a_caller_who_stops_sends_no_create_again() {
    let service = Service::answering([status(429).after(2_000.0), created()]);
    let platform = Platform::new(&service);
    platform.stop_at.set(500.0);
    let result = platform.call(&client(json!({})), Method::Generate, request(), json!({}));
    assert_eq!(result, None);
    assert_eq!((service.clock.elapsed(), service.count()), (2_000.0, 1));
}

#[test]
fn a_caller_who_stops_between_polls_is_let_go_at_once() {
    let service = Service::answering([created(), task("PROCESSING")]);
    let platform = Platform::new(&service);
    platform.stop_at.set(777.0);
    let result = platform.call(&client(json!({})), Method::Generate, request(), json!({}));
    assert_eq!(result, None);
    assert!((service.clock.elapsed() - 777.0).abs() < 0.01);
}

proptest! {
    #[test]
    fn a_call_ends_at_the_time_of_its_abort(
        at in 0u32..600_000,
        latency in 0u32..5_000,
        method in prop::sample::select(vec![Method::WaitForTask, Method::Generate]),
        random in 0.0..1.0,
    ) {
        let slow = |reply: Reply| reply.after(f64::from(latency));
        let service = Service::new(|sent| slow(match sent {
            sent if sent.is_create() && sent.at < 60_000.0 => status(429),
            sent if sent.is_create() => created(),
            sent if sent.number % 4 == 0 => status(500),
            _ => task("PROCESSING"),
        }));
        let platform = Platform::new(&service);
        platform.random.set(random);
        let at = f64::from(at);
        platform.abort_at.set(at);
        let result = platform.call(&client(json!({})), method, subject(method), json!({}));
        prop_assert_eq!(result, None);
        prop_assert!((service.clock.elapsed() - at).abs() < 0.01);
        prop_assert!(service.times().iter().all(|sent| *sent < at + 0.01));
    }
}
