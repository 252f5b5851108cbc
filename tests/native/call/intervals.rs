//! How often a running task is polled.

use super::{MINUTE, TASK_ID, failure, success};
use crate::support::json::json;
use crate::support::platform::{Platform, client};
use crate::support::service::{Service, lost, status, task};
use proptest::prelude::*;
use sd2_client::call::Method;

#[test]
fn a_fixed_interval_is_kept() {
    let service = Service::answering([
        task("PENDING"),
        lost(),
        status(500),
        task("PROCESSING"),
        task("COMPLETED"),
    ]);
    let platform = Platform::new(&service);
    platform.random.set(0.9);
    let options = json!({ "pollIntervalMs": 2_500 });
    platform.success(&client(json!({})), Method::WaitForTask, TASK_ID.into(), options);
    assert_eq!(service.pauses(), [2_500.0; 4]);
}

#[test]
fn a_wait_obeys_retry_after_up_to_a_minute() {
    let replies = [
        status(503).retry_after("20"),
        status(429).retry_after("7200"),
        task("COMPLETED"),
    ];
    for options in [json!({}), json!({ "pollIntervalMs": 1_000 })] {
        let service = Service::answering(replies.clone());
        success(&service, Method::WaitForTask, options);
        assert_eq!(service.pauses(), [20_000.0, MINUTE]);
    }
}

#[test]
fn a_retry_after_shorter_than_the_interval_does_not_shorten_it() {
    let service = Service::answering([status(503).retry_after("1"), task("COMPLETED")]);
    success(&service, Method::WaitForTask, json!({ "pollIntervalMs": 4_000 }));
    assert_eq!(service.pauses(), [4_000.0]);
}

#[test]
fn the_adaptive_interval_shrinks_from_fourteen_seconds_and_grows_again() {
    let service = Service::answering([task("PROCESSING")]);
    failure(&service, Method::WaitForTask, json!({}));
    let mut pauses = service.pauses();
    assert_eq!(pauses[0], 14_000.0);
    // The deadline cuts the last pause.
    pauses.pop();
    assert_eq!(pauses.pop(), Some(20_000.0));
    let shortest = pauses.iter().copied().fold(f64::INFINITY, f64::min);
    assert!((3_500.0..4_000.0).contains(&shortest), "{pauses:?}");
    assert!((50..90).contains(&service.count()), "{}", service.count());
}

#[test]
fn the_adaptive_interval_backs_off_during_an_outage() {
    let mut replies = vec![lost(); 9];
    replies.extend([task("PENDING"), task("COMPLETED")]);
    let service = Service::answering(replies);
    success(&service, Method::WaitForTask, json!({}));
    let pauses = service.pauses();
    assert_eq!(pauses[..5], [1_000.0, 1_000.0, 1_000.0, 2_000.0, 4_000.0]);
    assert_eq!(pauses[8], 10_000.0);
    assert!(pauses[9] < 5_000.0, "{pauses:?}");
}

proptest! {
    #[test]
    fn the_adaptive_interval_is_bounded_and_jittered(random in 0.0..1.0) {
        let service = Service::new(|sent| if sent.number % 3 == 0 { lost() } else { task("PENDING") });
        let platform = Platform::new(&service);
        platform.random.set(random);
        platform.failure(&client(json!({})), Method::WaitForTask, TASK_ID.into(), json!({ "timeoutMs": 240_000 }));
        for pause in service.pauses() {
            prop_assert!((874.9..=22_500.1).contains(&pause), "{}", pause);
        }
    }
}
