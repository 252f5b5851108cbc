//! A wait survives temporary failures until its deadline.

use super::{MINUTE, TASK_ID, failure, success};
use crate::support::json::json;
use crate::support::platform::{Platform, client, details};
use crate::support::service::{
    Reply, Sent, Service, broken, created, hang, lost, not_connected, ok, status, task, text,
};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use sd2_client::call::Method;
use sd2_client::error::Code;
use sd2_client::service::options::CallOptions;

/// Failures that a wait survives.
fn outages() -> Vec<Reply> {
    vec![
        not_connected(),
        lost(),
        broken(),
        hang(),
        status(429),
        status(500),
        status(503).retry_after("5"),
        status(503).retry_after("100000"),
        status(302),
        status(0),
        status(418),
        text(200, "<html>"),
        ok(json!({})),
        ok(json!({ "taskId": TASK_ID, "status": 7 })),
    ]
}

#[test]
fn a_wait_polls_at_once_and_resolves_to_the_completed_task() {
    let service = Service::answering([task("COMPLETED")]);
    let task = success(&service, Method::WaitForTask, json!({}));
    assert_eq!(task["status"], "COMPLETED");
    assert_eq!(service.times(), [0.0]);
}

#[test]
fn a_wait_polls_until_the_task_is_completed() {
    let service = Service::answering([
        task("PENDING"),
        task("PROCESSING"),
        task("PROCESSING"),
        task("COMPLETED"),
    ]);
    success(&service, Method::WaitForTask, json!({}));
    assert_eq!(service.count(), 4);
}

#[test]
fn an_unknown_state_counts_as_running() {
    let service = Service::answering([task("QUEUED_SOMEWHERE"), task("completed"), task("COMPLETED")]);
    success(&service, Method::WaitForTask, json!({}));
    assert_eq!(service.count(), 3);
}

#[test]
fn a_wait_survives_every_kind_of_outage() {
    for outage in outages() {
        let service = Service::answering([
            outage.clone(),
            task("PROCESSING"),
            outage.clone(),
            outage,
            task("COMPLETED"),
        ]);
        success(&service, Method::WaitForTask, json!({}));
        assert_eq!(service.count(), 5);
    }
}

#[test]
fn no_outage_ends_a_wait_before_its_deadline() {
    for outage in outages() {
        let service = Service::answering([outage]);
        let error = failure(&service, Method::WaitForTask, json!({}));
        assert_eq!(error.code, Code::WaitTimeout);
        assert_eq!(service.clock.elapsed(), 15.0 * MINUTE);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_wait_survives_an_outage_of_any_length(failures in vec(select(outages()), 0..300)) {
        let mut replies = failures;
        replies.push(task("COMPLETED"));
        let count = replies.len();
        let service = Service::answering(replies);
        // Longer than all failures together can take.
        success(&service, Method::WaitForTask, json!({ "timeoutMs": 300.0 * 2.0 * MINUTE }));
        prop_assert_eq!(service.count(), count);
    }

    #[test]
    fn a_wait_ends_exactly_at_its_deadline(
        replies in vec((select(outages()), 0.0..40_000.0), 1..20),
        timeout in 1u32..3_600_000,
        random in 0.0..1.0,
    ) {
        let slow = |(reply, after): (Reply, f64)| Reply { after: reply.after.max(after), ..reply };
        let service = Service::answering(replies.into_iter().map(slow).collect::<Vec<Reply>>());
        let platform = Platform::new(&service);
        platform.random.set(random);
        let options = json!({ "timeoutMs": timeout });
        let error = platform.failure(&client(json!({})), Method::WaitForTask, TASK_ID.into(), options);
        prop_assert_eq!(error.code, Code::WaitTimeout);
        // No attempt starts in the last millisecond, and times since 1970 are not precise.
        let early = f64::from(timeout) - service.clock.elapsed();
        prop_assert!((-0.01..1.01).contains(&early), "{early}");
    }
}

#[test]
fn a_wait_without_a_timeout_ends_after_fifteen_minutes() {
    let service = Service::answering([task("PROCESSING")]);
    let error = failure(&service, Method::WaitForTask, json!({}));
    assert_eq!(error.code, Code::WaitTimeout);
    assert_eq!(service.clock.elapsed(), 15.0 * MINUTE);
}

#[test]
fn the_error_of_a_timed_out_wait_has_the_task_and_says_how_to_continue() {
    let service = Service::answering([task("PROCESSING")]);
    let error = failure(&service, Method::WaitForTask, json!({ "timeoutMs": 5_000 }));
    assert_eq!(
        details(&error),
        json!({ "code": "wait_timeout", "retryable": true, "taskId": TASK_ID, "task": {
            "taskId": TASK_ID, "status": "PROCESSING", "output": null, "error": null,
        } })
    );
    assert!(
        error.message.contains(TASK_ID) && error.message.contains("waitForTask"),
        "{error}"
    );
}

#[test]
fn a_wait_ends_at_its_deadline_even_if_the_last_attempt_hangs() {
    let service = Service::answering([hang()]);
    let error = failure(&service, Method::WaitForTask, json!({ "timeoutMs": 12_345 }));
    assert_eq!(error.code, Code::WaitTimeout);
    assert_eq!(service.clock.elapsed(), 12_345.0);
    assert_eq!(service.count(), 1);
}

#[test]
fn the_timeout_of_a_wait_may_be_infinite() {
    let weeks = 60.0 * 24.0 * 60.0 * MINUTE;
    let service = Service::new(|sent| if sent.at < weeks { lost() } else { task("COMPLETED") });
    let platform = Platform::new(&service);
    let client = client(json!({}));
    let options = CallOptions {
        timeout_ms: Some(f64::INFINITY),
        poll_interval_ms: Some(10.0 * MINUTE),
    };
    let result = service
        .clock
        .run_one(platform.start_with(&client, Method::WaitForTask, TASK_ID.into(), options));
    assert!(matches!(result, Some(Ok(_))));
    assert!(service.clock.elapsed() >= weeks);
}

#[test]
fn a_later_wait_continues_with_the_task() {
    let service = Service::new(|sent| task(if sent.at < 20_000.0 { "PROCESSING" } else { "COMPLETED" }));
    let error = failure(&service, Method::WaitForTask, json!({ "timeoutMs": 10_000 }));
    assert_eq!(error.code, Code::WaitTimeout);
    success(&service, Method::WaitForTask, json!({}));
}

#[test]
fn permanent_failures_end_a_wait_at_once() {
    for (number, code) in [
        (401, Code::Unauthorized),
        (403, Code::Forbidden),
        (400, Code::InvalidRequest),
        (402, Code::InsufficientCredits),
    ] {
        let service = Service::answering([task("PROCESSING"), status(number), task("COMPLETED")]);
        let error = failure(&service, Method::WaitForTask, json!({}));
        assert_eq!(error.code, code);
        assert_eq!(details(&error)["taskId"], TASK_ID);
        assert_eq!(service.count(), 2);
    }
}

#[test]
fn generate_survives_an_outage_after_the_creation() {
    for outage in outages() {
        let service = Service::answering([created(), outage.clone(), outage, task("COMPLETED")]);
        success(&service, Method::Generate, json!({}));
        assert_eq!(service.sent().iter().filter(|sent| sent.is_create()).count(), 1);
    }
}

#[test]
fn await_service_survives_an_outage() {
    let service = Service::new(|sent: &Sent| match sent.at < 800_000.0 {
        true => lost(),
        false => ok(json!({ "credits": 5000, "availableCredits": 4800 })),
    });
    success(&service, Method::AwaitService, json!({}));
    assert!((800_000.0..821_000.0).contains(&service.clock.elapsed()));
    assert!((40..400).contains(&service.count()), "{}", service.count());
}

#[test]
fn await_service_ends_with_a_refusal() {
    for answer in [status(401), status(302), text(403, "<html>"), ok(json!("a page"))] {
        let service = Service::answering([lost(), status(503), status(429), answer]);
        success(&service, Method::AwaitService, json!({}));
        assert_eq!(service.count(), 4);
    }
}

#[test]
fn await_service_ends_at_its_timeout() {
    let service = Service::new(|_: &Sent| lost());
    let error = failure(&service, Method::AwaitService, json!({ "timeoutMs": 60_000 }));
    assert_eq!(error.code, Code::WaitTimeout);
    assert!(error.message.contains("before a task was created"), "{}", error.message);
    assert!((59_998.0..60_001.0).contains(&service.clock.elapsed()));
}
