//! Retries of calls that are safe to repeat.

use super::{failure, subject};
use crate::support::json::{Json, json};
use crate::support::platform::{DATE, DATE_AT, Platform, client, details};
use crate::support::service::{Reply, Service, broken, hang, lost, not_connected, ok, status, task, text};
use proptest::prelude::*;
use sd2_client::call::Method;
use sd2_client::error::Code;

const SAFE: [Method; 2] = [Method::QueryTask, Method::GetCredits];

fn good(method: Method) -> Reply {
    match method {
        Method::QueryTask => task("PENDING"),
        _ => ok(json!({ "credits": 5000, "availableCredits": 4800 })),
    }
}

/// Temporary failures, and the codes that they have after all retries.
fn passing() -> Vec<(Reply, Code)> {
    vec![
        (not_connected(), Code::Network),
        (lost(), Code::Network),
        (broken(), Code::Network),
        (hang(), Code::Timeout),
        (status(429), Code::ConcurrencyLimit),
        (status(500), Code::ServerError),
        (status(503), Code::ServerError),
    ]
}

#[test]
fn temporary_failures_are_retried() {
    for method in SAFE {
        for (reply, _) in passing() {
            let service = Service::answering([reply.clone(), reply, good(method)]);
            Platform::new(&service).success(&client(json!({})), method, subject(method), json!({}));
            assert_eq!(service.count(), 3);
        }
    }
}

#[test]
fn a_call_fails_after_four_retries() {
    for method in SAFE {
        for (reply, code) in passing() {
            let service = Service::answering([reply]);
            assert_eq!(failure(&service, method, json!({})).code, code);
            assert_eq!(service.count(), 5, "{code:?}");
        }
    }
}

#[test]
fn max_retries_limits_the_retries() {
    for retries in [0, 1, 7] {
        let service = Service::answering([lost()]);
        let client = client(json!({ "maxRetries": retries }));
        Platform::new(&service).failure(&client, Method::GetCredits, Json::Null, json!({}));
        assert_eq!(service.count(), retries + 1);
    }
}

#[test]
fn permanent_failures_are_not_retried() {
    for method in SAFE {
        for reply in [
            status(400),
            status(401),
            status(402),
            status(403),
            status(404),
            status(302),
            status(0),
            status(418),
            text(200, "<html>"),
            ok(json!({})),
        ] {
            let service = Service::answering([reply, good(method)]);
            failure(&service, method, json!({}));
            assert_eq!(service.count(), 1);
        }
    }
}

fn pauses(random: f64) -> Vec<f64> {
    let service = Service::answering([status(500)]);
    let platform = Platform::new(&service);
    platform.random.set(random);
    let client = client(json!({ "maxRetries": 8 }));
    platform.failure(&client, Method::GetCredits, Json::Null, json!({}));
    service.pauses()
}

#[test]
fn pauses_between_retries_double_up_to_twenty_seconds() {
    let expected = [250.0, 500.0, 1_000.0, 2_000.0, 4_000.0, 8_000.0, 10_000.0, 10_000.0];
    assert_eq!(pauses(0.5), expected);
}

#[test]
fn pauses_between_retries_may_be_zero() {
    assert_eq!(pauses(0.0), [0.0; 8]);
}

proptest! {
    #[test]
    fn pauses_between_retries_have_full_jitter(random in 0.0..1.0) {
        let bounds = [500.0, 1_000.0, 2_000.0, 4_000.0, 8_000.0, 16_000.0, 20_000.0, 20_000.0];
        for (pause, bound) in pauses(random).into_iter().zip(bounds) {
            prop_assert!((pause - bound * random).abs() < 0.01, "{} of {}", pause, bound);
        }
    }
}

#[test]
fn retry_after_in_seconds_overrides_the_backoff() {
    for code in [429, 500, 503] {
        let service = Service::answering([status(code).retry_after("7"), good(Method::GetCredits)]);
        Platform::new(&service).success(&client(json!({})), Method::GetCredits, Json::Null, json!({}));
        assert_eq!(service.times(), [0.0, 7_000.0]);
    }
}

#[test]
fn retry_after_as_a_date_overrides_the_backoff() {
    let service = Service::answering([status(503).retry_after(DATE).after(1_000.0), good(Method::GetCredits)]);
    Platform::new(&service).success(&client(json!({})), Method::GetCredits, Json::Null, json!({}));
    assert_eq!(service.times(), [0.0, DATE_AT]);
}

#[test]
fn retry_after_is_not_jittered() {
    let service = Service::answering([status(503).retry_after("7"), good(Method::GetCredits)]);
    let platform = Platform::new(&service);
    platform.random.set(0.999);
    platform.success(&client(json!({})), Method::GetCredits, Json::Null, json!({}));
    assert_eq!(service.times(), [0.0, 7_000.0]);
}

#[test]
fn an_unreadable_retry_after_is_ignored() {
    for header in [
        "",
        "soon",
        "-3",
        "0",
        "1.5",
        "2024-03-23",
        "Thu, 01 Jan 1970 00:00:00 GMT",
    ] {
        let service = Service::answering([status(503).retry_after(header), good(Method::GetCredits)]);
        Platform::new(&service).success(&client(json!({})), Method::GetCredits, Json::Null, json!({}));
        assert_eq!(service.times(), [0.0, 250.0], "{header}");
    }
}

#[test]
fn a_retry_after_of_a_minute_is_obeyed() {
    let service = Service::answering([status(429).retry_after("60"), good(Method::GetCredits)]);
    Platform::new(&service).success(&client(json!({})), Method::GetCredits, Json::Null, json!({}));
    assert_eq!(service.times(), [0.0, 60_000.0]);
}

#[test]
fn a_retry_after_of_more_than_a_minute_rejects_at_once() {
    for code in [429, 503] {
        let service = Service::answering([status(code).retry_after("61")]);
        let error = failure(&service, Method::GetCredits, json!({}));
        assert_eq!(details(&error)["retryAfterMs"], 61_000);
        assert_eq!(details(&error)["status"], code);
        assert_eq!(service.count(), 1);
        assert_eq!(service.clock.elapsed(), 0.0);
    }
}

#[test]
fn every_attempt_has_its_own_timeout() {
    let service = Service::answering([hang()]);
    let platform = Platform::new(&service);
    platform.random.set(0.0);
    let error = platform.failure(
        &client(json!({})),
        Method::GetCredits,
        Json::Null,
        json!({ "timeoutMs": 2_000 }),
    );
    assert_eq!(error.code, Code::Timeout);
    assert_eq!(service.times(), [0.0, 2_000.0, 4_000.0, 6_000.0, 8_000.0]);
    assert_eq!(service.clock.elapsed(), 10_000.0);
}

#[test]
fn the_timeout_of_an_attempt_may_be_weeks() {
    let weeks = 20.0 * 86_400_000.0;
    let service = Service::answering([good(Method::GetCredits).after(weeks)]);
    let options = sd2_client::service::options::CallOptions {
        timeout_ms: Some(f64::INFINITY),
        poll_interval_ms: None,
    };
    let platform = Platform::new(&service);
    let client = client(json!({}));
    let call = platform.start_with(&client, Method::GetCredits, json!(null), options);
    let result = service.clock.run_one(call).expect("not aborted");
    assert!(result.is_ok(), "{result:?}");
}
