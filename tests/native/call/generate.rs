//! `generate`, from a request to its video.

use super::{MINUTE, TASK_ID, failure, request, success};
use crate::support::json::json;
use crate::support::platform::{Listener, Platform, client, details};
use crate::support::service::{Service, created, hang, not_connected, status, task};
use sd2_client::call::Method;
use sd2_client::error::Code;
use sd2_client::service::options::CallOptions;

#[test]
fn generate_creates_and_waits() {
    let service = Service::answering([created(), task("PENDING"), task("COMPLETED")]);
    assert_eq!(success(&service, Method::Generate, json!({}))["status"], "COMPLETED");
    let sent = service.sent();
    assert!(sent[0].is_create());
    assert_eq!(sent.len(), 3);
    for poll in &sent[1..] {
        assert_eq!((poll.is_create(), &*poll.request.task_id), (false, TASK_ID));
    }
}

#[test]
fn on_created_is_called_before_the_first_poll() {
    let service = Service::answering([created().after(700.0), task("COMPLETED")]);
    let platform = Platform::new(&service);
    platform.success(&client(json!({})), Method::Generate, request(), json!({}));
    assert_eq!(platform.told_at(Listener::Created), [(700.0, json!(TASK_ID))]);
    assert!(service.times()[1] > 700.0);
}

#[test]
fn generate_waits_for_a_full_account() {
    let full = status(429);
    let service = Service::answering([full.clone(), full.clone(), full, created(), task("COMPLETED")]);
    success(&service, Method::Generate, json!({}));
    assert_eq!(service.sent().iter().filter(|sent| sent.is_create()).count(), 4);
}

#[test]
fn generate_waits_longer_for_a_full_account_than_for_retries() {
    let service = Service::new(|sent| match sent {
        sent if !sent.is_create() => task("COMPLETED"),
        sent if sent.at < 14.0 * MINUTE => status(429),
        _ => created(),
    });
    let platform = Platform::new(&service);
    platform.success(
        &client(json!({ "maxRetries": 0 })),
        Method::Generate,
        request(),
        json!({}),
    );
    let pauses = service.pauses();
    assert!(
        pauses.iter().all(|pause| (1_000.0..=20_000.0).contains(pause)),
        "{pauses:?}"
    );
}

#[test]
fn a_create_is_repeated_after_retry_after() {
    // But not after a day, because a slot may become free much earlier.
    for (asked, pause) in [("45", 45_000.0), ("90", 60_000.0), ("86400", 60_000.0)] {
        let service = Service::answering([status(429).retry_after(asked), created(), task("COMPLETED")]);
        success(&service, Method::Generate, json!({}));
        assert_eq!(service.times()[1], pause);
    }
}

#[test]
fn a_timeout_ends_the_wait_for_a_full_account() {
    for reply in [status(429), status(429).retry_after("3600")] {
        let service = Service::answering([reply]);
        let error = failure(&service, Method::Generate, json!({ "timeoutMs": 45_000 }));
        assert_eq!(error.code, Code::WaitTimeout);
        assert!(error.message.contains("before a task was created"), "{error}");
        assert_eq!(details(&error)["taskId"], json!(null));
        assert_eq!(service.clock.elapsed(), 45_000.0);
    }
}

#[test]
fn a_timeout_ends_the_retries_of_an_unconnected_create() {
    let service = Service::answering([not_connected()]);
    let error = failure(&service, Method::Generate, json!({ "timeoutMs": 1_000 }));
    assert_eq!(error.code, Code::WaitTimeout);
    assert_eq!(service.clock.elapsed(), 1_000.0);
}

#[test]
fn a_timeout_during_the_create_is_outcome_unknown() {
    let service = Service::answering([hang()]);
    let error = failure(&service, Method::Generate, json!({ "timeoutMs": 2_000 }));
    assert_eq!(error.code, Code::OutcomeUnknown);
    assert_eq!(service.clock.elapsed(), 2_000.0);
}

#[test]
fn a_timeout_of_the_call_starts_with_the_call() {
    let service = Service::new(|sent| {
        if sent.is_create() {
            created().after(20_000.0)
        } else {
            task("PROCESSING")
        }
    });
    let error = failure(&service, Method::Generate, json!({ "timeoutMs": 50_000 }));
    assert_eq!(error.code, Code::WaitTimeout);
    assert_eq!(details(&error)["taskId"], TASK_ID);
    assert_eq!(service.clock.elapsed(), 50_000.0);
}

#[test]
fn the_default_timeout_of_fifteen_minutes_starts_with_the_creation() {
    let service = Service::new(|sent| match sent {
        sent if !sent.is_create() => task("PROCESSING"),
        sent if sent.at < 14.0 * MINUTE => status(429),
        _ => created().after(5_000.0),
    });
    let platform = Platform::new(&service);
    let error = platform.failure(&client(json!({})), Method::Generate, request(), json!({}));
    assert_eq!(error.code, Code::WaitTimeout);
    assert_eq!(details(&error)["taskId"], TASK_ID);
    let (created_at, _) = platform.told_at(Listener::Created)[0];
    assert!(created_at > 14.0 * MINUTE);
    assert!((service.clock.elapsed() - created_at - 15.0 * MINUTE).abs() < 0.01);
}

#[test]
fn the_timeout_of_generate_may_be_infinite() {
    let day = 1_440.0 * MINUTE;
    let service = Service::new(|sent| match sent {
        sent if sent.is_create() => created(),
        sent if sent.at < day => task("PROCESSING"),
        _ => task("COMPLETED"),
    });
    let platform = Platform::new(&service);
    let client = client(json!({}));
    let options = CallOptions {
        timeout_ms: Some(f64::INFINITY),
        poll_interval_ms: None,
    };
    let result = service
        .clock
        .run_one(platform.start_with(&client, Method::Generate, request(), options));
    assert!(matches!(result, Some(Ok(_))));
}

#[test]
fn an_attempt_of_generate_has_the_clients_timeout() {
    let service = Service::answering([hang()]);
    let client = client(json!({ "timeoutMs": 4_000 }));
    let options = json!({ "timeoutMs": 600_000 });
    let error = Platform::new(&service).failure(&client, Method::Generate, request(), options);
    assert_eq!(error.code, Code::OutcomeUnknown);
    assert_eq!(service.clock.elapsed(), 4_000.0);
}

#[test]
fn retries_of_the_create_do_not_affect_the_polls() {
    let refused = not_connected();
    let service = Service::answering([refused.clone(), refused.clone(), refused, created(), task("COMPLETED")]);
    let platform = Platform::new(&service);
    platform.success(&client(json!({})), Method::Generate, request(), json!({}));
    // The first poll comes after its usual pause, without a backoff.
    assert_eq!(service.pauses()[3], 2_500.0);
    assert_eq!(platform.told(Listener::Updated)[0]["polls"], 1);
}
