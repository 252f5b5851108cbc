//! Waits for the same task share their polls.

use super::{TASK_ID, request};
use crate::support::clock::Task;
use crate::support::json::{Json, json};
use crate::support::platform::{Client, Listener, Platform, Result, client, details};
use crate::support::service::{Reply, Sent, Service, created, hang, status, task};
use proptest::prelude::*;
use sd2_client::call::Method;
use sd2_client::error::Code;

/// The time since the test began at which a call ended, and its result.
type Ending = (f64, Option<Result<Json>>);

/// Starts a wait at a time.
fn wait<'c>(platform: &'c Platform<'_, '_>, client: &'c Client, begin: f64, options: Json) -> Task<'c, Ending> {
    waiting(platform, client, begin, TASK_ID, options)
}

fn waiting<'c>(
    platform: &'c Platform<'_, '_>,
    client: &'c Client,
    begin: f64,
    task_id: &str,
    options: Json,
) -> Task<'c, Ending> {
    let task_id = task_id.to_owned();
    Box::pin(async move {
        platform.pass(begin).await;
        let result = platform
            .start(client, Method::WaitForTask, task_id.into(), options)
            .await;
        (platform.elapsed(), result)
    })
}

/// A service whose task takes this long and whose responses take a tenth of a second.
fn until(span: f64) -> Service<'static> {
    Service::new(move |sent: &Sent| task(if sent.at < span { "PROCESSING" } else { "COMPLETED" }).after(100.0))
}

fn is_done(ending: &Ending) -> bool {
    matches!(ending.1, Some(Ok(_)))
}

fn code(ending: &Ending) -> Option<Code> {
    ending.1.as_ref()?.as_ref().err().map(|error| error.code)
}

#[test]
fn three_waits_send_as_many_polls_as_one() {
    let alone = until(60_000.0);
    Platform::new(&alone).success(&client(json!({})), Method::WaitForTask, TASK_ID.into(), json!({}));
    let service = until(60_000.0);
    let client = client(json!({}));
    let platforms = [
        Platform::new(&service),
        Platform::new(&service),
        Platform::new(&service),
    ];
    let endings = service.clock.run(
        platforms
            .iter()
            .map(|platform| wait(platform, &client, 0.0, json!({})))
            .collect(),
    );
    assert!(endings.iter().all(is_done), "{endings:?}");
    assert_eq!(service.times(), alone.times());
    for platform in &platforms {
        let updates = platform.told(Listener::Updated);
        assert_eq!(updates.len(), service.count());
        let last = updates.last().expect("an update");
        assert_eq!(
            (&last["progress"], &last["polls"]),
            (&json!(1), &json!(service.count()))
        );
    }
}

#[test]
fn the_shortest_interval_applies_to_all() {
    let service = until(20_000.0);
    let client = client(json!({}));
    let platform = Platform::new(&service);
    let waits = [7_000, 1_000, 60_000].map(|span| wait(&platform, &client, 0.0, json!({ "pollIntervalMs": span })));
    let endings = service.clock.run(waits.into());
    assert!(
        endings.iter().all(|ending| is_done(ending) && ending.0 == endings[0].0),
        "{endings:?}"
    );
    assert!(
        service.pauses().iter().all(|pause| *pause == 1_100.0),
        "{:?}",
        service.pauses()
    );
}

#[test]
fn each_wait_has_its_own_deadline() {
    let service = until(30_000.0);
    let client = client(json!({}));
    let platform = Platform::new(&service);
    let waits = [5_000, 12_345, 600_000].map(|span| wait(&platform, &client, 0.0, json!({ "timeoutMs": span })));
    let endings = service.clock.run(waits.into());
    assert_eq!((endings[0].0, code(&endings[0])), (5_000.0, Some(Code::WaitTimeout)));
    assert_eq!((endings[1].0, code(&endings[1])), (12_345.0, Some(Code::WaitTimeout)));
    assert!(is_done(&endings[2]), "{endings:?}");
}

/// A service that never answers the first request.
fn hanging_once() -> Service<'static> {
    Service::answering([hang(), task("COMPLETED")])
}

#[test]
fn if_the_polling_wait_is_aborted_another_one_polls_at_once() {
    let service = hanging_once();
    let client = client(json!({}));
    let (first, second) = (Platform::new(&service), Platform::new(&service));
    first.abort_at.set(3_000.0);
    let endings = service.clock.run(vec![
        wait(&first, &client, 0.0, json!({})),
        wait(&second, &client, 0.0, json!({})),
    ]);
    assert_eq!(endings[0], (3_000.0, None));
    assert!(is_done(&endings[1]));
    assert_eq!(service.times(), [0.0, 3_000.0]);
}

#[test]
fn if_the_polling_wait_times_out_another_one_polls_at_once() {
    let service = hanging_once();
    let client = client(json!({}));
    let platform = Platform::new(&service);
    let endings = service.clock.run(vec![
        wait(&platform, &client, 0.0, json!({ "timeoutMs": 5_000 })),
        wait(&platform, &client, 1_000.0, json!({})),
        wait(&platform, &client, 2_000.0, json!({})),
    ]);
    assert_eq!((endings[0].0, code(&endings[0])), (5_000.0, Some(Code::WaitTimeout)));
    assert!(is_done(&endings[1]) && is_done(&endings[2]));
    assert_eq!(service.times(), [0.0, 5_000.0]);
}

#[test]
fn a_wait_that_takes_over_has_the_full_timeout_of_an_attempt() {
    // The first response never comes; each later one takes most of the timeout.
    let service = Service::new(|sent: &Sent| match sent.number {
        0 => hang(),
        _ => task("COMPLETED").after(4_000.0),
    });
    let client = client(json!({ "timeoutMs": 6_000 }));
    let platforms = [Platform::new(&service), Platform::new(&service)];
    let endings = service.clock.run(vec![
        wait(&platforms[0], &client, 0.0, json!({})),
        wait(&platforms[1], &client, 1_000.0, json!({})),
    ]);
    assert_eq!(service.times(), [0.0, 6_000.0]);
    assert_eq!((endings[0].0, endings[1].0), (10_000.0, 10_000.0));
    // Each wait logs its own attempts.
    let attempts = platforms.each_ref().map(|platform| {
        platform
            .told(Listener::Logged)
            .iter()
            .filter(|event| event["type"] == "attempt")
            .count()
    });
    assert_eq!(attempts, [1, 1]);
}

#[test]
fn a_wait_that_joins_during_a_poll_gets_its_response() {
    let service = Service::answering([task("COMPLETED").after(3_000.0)]);
    let client = client(json!({}));
    let platform = Platform::new(&service);
    let endings = service.clock.run(vec![
        wait(&platform, &client, 0.0, json!({})),
        wait(&platform, &client, 2_000.0, json!({})),
    ]);
    assert!(
        endings.iter().all(|ending| is_done(ending) && ending.0 == 3_000.0),
        "{endings:?}"
    );
    assert_eq!(service.count(), 1);
}

#[test]
fn a_wait_that_joins_between_polls_polls_at_once_for_all() {
    let service = until(1_000.0);
    let client = client(json!({}));
    let platform = Platform::new(&service);
    let endings = service.clock.run(vec![
        wait(&platform, &client, 0.0, json!({ "pollIntervalMs": 600_000 })),
        wait(&platform, &client, 2_000.0, json!({})),
    ]);
    assert!(
        endings.iter().all(|ending| is_done(ending) && ending.0 == 2_100.0),
        "{endings:?}"
    );
}

#[test]
fn a_failed_poll_is_shared() {
    for (number, code_of_both) in [(403, Code::Forbidden), (401, Code::Unauthorized)] {
        let service = Service::answering([status(number).after(100.0)]);
        let client = client(json!({}));
        let platform = Platform::new(&service);
        let endings = service.clock.run(vec![
            wait(&platform, &client, 0.0, json!({})),
            wait(&platform, &client, 0.0, json!({})),
        ]);
        assert!(
            endings.iter().all(|ending| code(ending) == Some(code_of_both)),
            "{endings:?}"
        );
        for ending in &endings {
            let error = ending
                .1
                .as_ref()
                .and_then(|result| result.as_ref().err())
                .expect("an error");
            assert_eq!(details(error)["taskId"], TASK_ID);
        }
        assert_eq!(service.count(), 1);
    }
}

#[test]
fn retry_after_applies_to_all_waits() {
    let service = Service::answering([status(503).retry_after("20").after(100.0), task("COMPLETED")]);
    let client = client(json!({}));
    let platform = Platform::new(&service);
    service.clock.run(vec![
        wait(&platform, &client, 0.0, json!({ "pollIntervalMs": 1_000 })),
        wait(&platform, &client, 0.0, json!({ "pollIntervalMs": 3_000 })),
    ]);
    assert_eq!(service.times(), [0.0, 20_100.0]);
}

#[test]
fn waits_for_different_tasks_share_nothing() {
    let service = until(10_000.0);
    let client = client(json!({}));
    let platform = Platform::new(&service);
    service.clock.run(vec![
        waiting(&platform, &client, 0.0, "a", json!({})),
        waiting(&platform, &client, 0.0, "ab", json!({})),
    ]);
    let of = |id: &str| service.sent().iter().filter(|sent| sent.request.task_id == id).count();
    assert!(of("a") == of("ab") && of("a") * 2 == service.count());
}

#[test]
fn a_query_sends_its_own_request() {
    let service = Service::answering([task("PROCESSING").after(2_000.0), task("COMPLETED").after(10.0)]);
    let client = client(json!({}));
    let platform = Platform::new(&service);
    let query: Task<'_, Ending> = Box::pin(async {
        let result = platform
            .start(&client, Method::QueryTask, TASK_ID.into(), json!({}))
            .await;
        (platform.elapsed(), result)
    });
    let endings = service.clock.run(vec![wait(&platform, &client, 0.0, json!({})), query]);
    assert_eq!(endings[1].0, 10.0);
    // The wait did not see its response.
    assert_eq!(service.times(), [0.0, 0.0, 14_000.0]);
}

#[test]
fn generate_and_a_wait_for_its_task_share_polls() {
    let service = Service::new(|sent: &Sent| -> Reply {
        match (sent.is_create(), sent.at < 20_000.0) {
            (true, _) => created(),
            (false, true) => task("PROCESSING"),
            (false, false) => task("COMPLETED"),
        }
    });
    let client = client(json!({}));
    let platform = Platform::new(&service);
    let generate: Task<'_, Ending> = Box::pin(async {
        let result = platform
            .start(&client, Method::Generate, request(), json!({ "pollIntervalMs": 2_000 }))
            .await;
        (platform.elapsed(), result)
    });
    let endings = service.clock.run(vec![
        generate,
        wait(&platform, &client, 500.0, json!({ "pollIntervalMs": 2_000 })),
    ]);
    assert!(
        endings.iter().all(|ending| is_done(ending) && ending.0 == 20_500.0),
        "{endings:?}"
    );
    // The create, the immediate poll of the second wait, and one poll every two seconds.
    assert_eq!(service.count(), 12);
}

#[test]
fn a_later_wait_starts_anew() {
    let service = Service::answering([task("COMPLETED"), task("PROCESSING"), task("COMPLETED")]);
    let client = client(json!({}));
    let platform = Platform::new(&service);
    for _ in 0..2 {
        platform.success(&client, Method::WaitForTask, TASK_ID.into(), json!({}));
    }
    assert_eq!(service.count(), 3);
}

proptest! {
    // Few cases, because each simulates several waits for over a minute.
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn each_wait_ends_correctly_whatever_the_others_do(
        span in 0_u32..60_000,
        latency in 0_u32..5_000,
        lost in 0..3_usize,
        waits in proptest::collection::vec((0_u32..30_000, 500_u32..9_000, 1_000_u32..90_000, 1_000_u32..90_000), 1..6),
    ) {
        // Whole numbers, because times since 1970 are not precise enough for fractions of a millisecond.
        let (span, latency) = (f64::from(span), f64::from(latency));
        let waits: Vec<_> = waits.into_iter().map(|(begin, interval, timeout, abort)| {
            (f64::from(begin), interval, timeout, f64::from(abort))
        }).collect();
        let service = Service::new(|sent: &Sent| {
            let reply = task(if sent.at < span { "PROCESSING" } else { "COMPLETED" });
            if lost > 0 && sent.number % 5 < lost { hang() } else { reply.after(latency) }
        });
        let client = client(json!({ "timeoutMs": 6_000 }));
        let platforms: Vec<Platform<'_, '_>> = waits.iter().map(|(.., abort)| {
            let platform = Platform::new(&service);
            platform.abort_at.set(*abort);
            platform
        }).collect();
        let calls = waits.iter().zip(&platforms).map(|((begin, interval, timeout, _), platform)| {
            wait(platform, &client, *begin, json!({ "pollIntervalMs": interval, "timeoutMs": timeout }))
        });
        let endings = service.clock.run(calls.collect());
        for ((begin, interval, timeout, abort), (at, result)) in waits.iter().zip(endings) {
            let deadline = begin + f64::from(*timeout);
            match result {
                None => prop_assert!((at - begin.max(*abort)).abs() < 0.01, "aborted at {at}"),
                Some(Err(error)) => {
                    prop_assert_eq!(error.code, Code::WaitTimeout);
                    prop_assert!((at - deadline).abs() < 0.01, "timed out at {at}");
                }
                Some(Ok(_)) => {
                    prop_assert!(at <= deadline + 0.01 && at <= begin.max(*abort) + 0.01);
                    // Allows for an attempt in flight, a pause, attempts whose wait was aborted, and the answered one.
                    let soon = span.max(*begin) + f64::from(*interval) + latency * (waits.len() + 1) as f64;
                    prop_assert!(lost > 0 || at <= soon + 0.01, "{at}");
                }
            }
        }
    }

    #[test]
    fn the_number_of_polls_does_not_depend_on_the_number_of_waits(number in 1_usize..20, interval in 500_u32..10_000) {
        let service = until(60_000.0);
        let client = client(json!({}));
        let platform = Platform::new(&service);
        let options = json!({ "pollIntervalMs": interval });
        let waits = (0..number).map(|_| wait(&platform, &client, 0.0, options.clone())).collect();
        service.clock.run(waits);
        prop_assert_eq!(service.count(), (60_000.0 / (f64::from(interval) + 100.0)).ceil() as usize + 1);
    }
}
