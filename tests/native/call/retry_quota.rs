//! All calls of a client share a quota of repeats, so that they do not flood a service that is down.

use super::TASK_ID;
use crate::support::clock::Task;
use crate::support::json::{Json, json};
use crate::support::platform::{Client, Platform, client};
use crate::support::service::{Sent, Service, not_connected, status, task};
use sd2_client::call::Method;

/// A service that is down.
fn down() -> Service<'static> {
    Service::answering([status(503)])
}

/// A platform without backoff.
fn hasty<'s, 'a>(service: &'s Service<'a>) -> Platform<'s, 'a> {
    let platform = Platform::new(service);
    platform.random.set(0.0);
    platform
}

/// Makes this many failing calls at once, and returns the number of their requests.
fn requests(platform: &Platform<'_, '_>, service: &Service<'_>, client: &Client, calls: usize) -> usize {
    let before = service.count();
    let start = |_| platform.start(client, Method::GetCredits, Json::Null, json!({}));
    let results = service.clock.run((0..calls).map(start).collect());
    assert!(results.iter().all(|result| matches!(result, Some(Err(_)))));
    service.count() - before
}

fn pass(service: &Service<'_>, span: f64) {
    service
        .clock
        .run_one(service.clock.sleep_until(service.clock.now() + span));
}

#[test]
fn fifty_retries_are_allowed_at_once_and_then_one_a_second() {
    let service = down();
    let platform = hasty(&service);
    let client = client(json!({}));
    assert_eq!(requests(&platform, &service, &client, 100), 100 + 50);
    assert_eq!(requests(&platform, &service, &client, 3), 3);
    for _ in 0..5 {
        pass(&service, 1_000.0);
        assert_eq!(requests(&platform, &service, &client, 3), 3 + 1);
    }
    pass(&service, 500.0);
    assert_eq!(requests(&platform, &service, &client, 3), 3);
    pass(&service, 500.0);
    assert_eq!(requests(&platform, &service, &client, 3), 3 + 1);
}

#[test]
fn the_unused_quota_grows_up_to_fifty() {
    let service = down();
    let platform = hasty(&service);
    let client = client(json!({}));
    requests(&platform, &service, &client, 100);
    pass(&service, 20_000.0);
    assert_eq!(requests(&platform, &service, &client, 100), 100 + 20);
    pass(&service, 3_600_000.0);
    assert_eq!(requests(&platform, &service, &client, 100), 100 + 50);
}

#[test]
fn retries_of_an_unconnected_create_use_the_quota_too() {
    let service = Service::answering([not_connected()]);
    let platform = hasty(&service);
    let client = client(json!({}));
    let start = |_| platform.start(&client, Method::CreateTask, super::request(), json!({}));
    service.clock.run((0..100).map(start).collect());
    assert_eq!(service.count(), 100 + 50);
}

#[test]
fn each_client_has_its_own_quota() {
    let service = down();
    let platform = hasty(&service);
    requests(&platform, &service, &client(json!({})), 100);
    assert_eq!(requests(&platform, &service, &client(json!({})), 100), 100 + 50);
}

#[test]
fn a_call_without_retries_uses_no_quota() {
    let service = down();
    let platform = hasty(&service);
    let client = client(json!({ "maxRetries": 0 }));
    assert_eq!(requests(&platform, &service, &client, 100), 100);
}

/// A service whose queries fail a hundred times, and all other requests always.
fn recovering() -> Service<'static> {
    let mut polls = 0;
    Service::new(move |sent: &Sent| {
        polls += usize::from(sent.request.endpoint == sd2_client::service::endpoint::Endpoint::QueryTask);
        if polls > 100 { task("COMPLETED") } else { status(503) }
    })
}

fn wait<'c>(platform: &'c Platform<'_, '_>, client: &'c Client) -> Task<'c, Json> {
    let options = json!({ "pollIntervalMs": 10 });
    Box::pin(async move {
        let call = platform.start(client, Method::WaitForTask, TASK_ID.into(), options);
        call.await.expect("not aborted").expect("a success")
    })
}

#[test]
fn a_wait_does_not_use_the_quota() {
    let service = recovering();
    let platform = hasty(&service);
    let needy = client(json!({}));
    requests(&platform, &service, &needy, 100);
    assert_eq!(service.clock.run_one(wait(&platform, &needy))["status"], "COMPLETED");

    let service = recovering();
    let platform = hasty(&service);
    let other = client(json!({ "maxRetries": 1 }));
    let credits: Task<'_, Json> = Box::pin(async {
        platform.pass(500.0).await;
        Json::Null
    });
    service.clock.run(vec![wait(&platform, &other), credits]);
    // The service now always responds with a task, so a request for the balance fails without a retry.
    assert_eq!(service.count(), 101);
}
