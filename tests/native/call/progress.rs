//! `onUpdate` during a wait.

use super::{TASK_ID, request};
use crate::support::json::{Json, json};
use crate::support::platform::{Listener, Platform, client};
use crate::support::service::{Service, created, lost, status, task};
use proptest::prelude::*;
use sd2_client::call::Method;

fn updates(service: &Service<'_>, options: Json) -> Vec<Json> {
    let platform = Platform::new(service);
    platform.call(&client(json!({})), Method::WaitForTask, TASK_ID.into(), options);
    platform.told(Listener::Updated)
}

#[test]
fn each_response_is_an_update_with_the_task_the_time_and_the_polls() {
    let service = Service::answering([task("PENDING"), lost(), task("PROCESSING"), task("COMPLETED")]);
    let updates = updates(&service, json!({ "pollIntervalMs": 20_000 }));
    let told: Vec<Json> = updates
        .iter()
        .map(|update| json!([update["task"]["status"], update["elapsedMs"], update["polls"]]))
        .collect();
    // The lost request counts as a poll, but is not an update.
    assert_eq!(
        json!(told),
        json!([["PENDING", 0, 1], ["PROCESSING", 40_000, 3], ["COMPLETED", 60_000, 4]])
    );
}

#[test]
fn progress_is_an_estimate_that_ends_at_one() {
    let service = Service::answering([
        task("PENDING"),
        task("PROCESSING"),
        task("PROCESSING"),
        task("COMPLETED"),
    ]);
    let progress: Vec<Json> = updates(&service, json!({ "pollIntervalMs": 60_000 }))
        .iter()
        .map(|update| update["progress"].clone())
        .collect();
    assert_eq!(json!(progress), json!([0, 60.0 / 76.0, 120.0 / 136.0, 1]));
}

#[test]
fn an_error_response_is_not_an_update() {
    let service = Service::answering([status(404)]);
    assert_eq!(updates(&service, json!({})), Vec::<Json>::new());
}

#[test]
fn a_failed_task_is_an_update_before_the_call_rejects() {
    let service = Service::answering([task("FAILED")]);
    let updates = updates(&service, json!({}));
    assert_eq!(updates.len(), 1);
    assert_eq!(updates[0]["task"]["status"], "FAILED");
    assert!(updates[0]["progress"].as_f64().is_some_and(|progress| progress < 1.0));
}

#[test]
fn the_elapsed_time_of_generate_starts_with_the_creation() {
    let service = Service::new(|sent| match sent.number {
        0 => created().after(10_000.0),
        1 => task("PROCESSING"),
        _ => task("COMPLETED"),
    });
    let platform = Platform::new(&service);
    let options = json!({ "pollIntervalMs": 3_000 });
    platform.success(&client(json!({})), Method::Generate, request(), options);
    let updates = platform.told(Listener::Updated);
    assert_eq!(
        json!([updates[0]["elapsedMs"], updates[1]["elapsedMs"]]),
        json!([3_000, 6_000])
    );
    assert_eq!(json!([updates[0]["polls"], updates[1]["polls"]]), json!([1, 2]));
}

proptest! {
    #[test]
    fn progress_never_goes_back_and_is_one_only_at_the_end(
        polls in 1usize..80,
        random in 0.0..1.0,
        outage in any::<u8>(),
    ) {
        let service = Service::new(|sent| match sent.number {
            number if number >= polls => task("COMPLETED"),
            number if (number as u8) & 7 == outage & 7 => lost(),
            _ => task("PROCESSING"),
        });
        let platform = Platform::new(&service);
        platform.random.set(random);
        platform.success(&client(json!({})), Method::WaitForTask, TASK_ID.into(), json!({ "timeoutMs": 3_600_000 }));
        let updates = platform.told(Listener::Updated);
        let progress: Vec<f64> = updates.iter().filter_map(|update| update["progress"].as_f64()).collect();
        prop_assert!(progress.windows(2).all(|pair| pair[0] <= pair[1]), "{:?}", progress);
        let ones = progress.iter().filter(|progress| **progress >= 1.0).count();
        prop_assert_eq!(ones, 1);
        prop_assert_eq!(progress.last(), Some(&1.0));
    }
}
