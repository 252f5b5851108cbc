//! A client runs only as many tasks at once as it has slots.

use super::{TASK_ID, request};
use crate::support::clock::Task;
use crate::support::json::{Json, json};
use crate::support::platform::{Client, Platform, Result, client, details};
use crate::support::service::{Reply, Sent, Service, created, hang, ok, status, task, task_of};
use proptest::prelude::*;
use sd2_client::call::Method;
use sd2_client::error::Code;
use std::cell::Cell;

/// How long each task of [`account`] takes.
const SPAN: f64 = 30_000.0;

/// A service that records the largest number of tasks that ran at once.
fn account(most: &Cell<usize>) -> Service<'_> {
    let mut began: Vec<f64> = Vec::new();
    Service::new(move |sent: &Sent| -> Reply {
        if sent.is_create() {
            began.push(sent.at);
            let running = began.iter().filter(|at| sent.at < **at + SPAN).count();
            most.set(most.get().max(running));
            return ok(json!({ "taskId": (began.len() - 1).to_string() }));
        }
        let id = &sent.request.task_id;
        let began = began[id.parse::<usize>().expect("a number")];
        let is_running = sent.at < began + SPAN;
        task_of(id, if is_running { "PROCESSING" } else { "COMPLETED" })
    })
}

fn generate<'c>(platform: &'c Platform<'_, '_>, client: &'c Client, options: Json) -> Task<'c, Option<Result<Json>>> {
    platform.start(client, Method::Generate, request(), options)
}

fn run_ten(client: &Client) -> usize {
    let most = Cell::new(0);
    let service = account(&most);
    let platform = Platform::new(&service);
    let calls = (0..10).map(|_| generate(&platform, client, json!({}))).collect();
    let results = service.clock.run(calls);
    assert!(
        results.iter().all(|result| matches!(result, Some(Ok(_)))),
        "{results:?}"
    );
    assert_eq!(service.sent().iter().filter(|sent| sent.is_create()).count(), 10);
    most.get()
}

#[test]
fn ten_calls_never_run_more_than_three_tasks_at_once() {
    assert_eq!(run_ten(&client(json!({}))), 3);
}

#[test]
fn the_number_of_slots_can_be_set() {
    assert_eq!(run_ten(&client(json!({ "concurrency": 1 }))), 1);
    assert_eq!(run_ten(&client(json!({ "concurrency": 7 }))), 7);
}

#[test]
fn calls_get_slots_in_the_order_in_which_they_start() {
    let service = Service::new(|sent| if sent.is_create() { created() } else { task("COMPLETED") });
    let platform = Platform::new(&service);
    let client = client(json!({ "concurrency": 1, "validate": false }));
    let calls = (0..5).map(|number| platform.start(&client, Method::Generate, json!({ "number": number }), json!({})));
    service.clock.run(calls.collect());
    let sent = service.sent();
    let bodies = sent
        .iter()
        .filter_map(|sent| sent.request.body.as_ref()?["number"].as_f64());
    assert_eq!(bodies.collect::<Vec<f64>>(), [0.0, 1.0, 2.0, 3.0, 4.0]);
}

#[test]
fn other_methods_need_no_slot() {
    let service = Service::new(|sent| if sent.number == 0 { hang() } else { task("COMPLETED") });
    let platform = Platform::new(&service);
    let client = client(json!({ "concurrency": 1 }));
    let calls = vec![
        generate(&platform, &client, json!({})),
        platform.start(&client, Method::WaitForTask, TASK_ID.into(), json!({})),
        platform.start(&client, Method::CreateTask, request(), json!({})),
    ];
    service.clock.run(calls);
    assert_eq!(service.times(), [0.0, 0.0, 0.0]);
}

#[test]
fn waiting_for_a_slot_counts_toward_the_timeout() {
    let service = Service::new(|sent| {
        if sent.is_create() {
            created()
        } else {
            task("PROCESSING")
        }
    });
    let platform = Platform::new(&service);
    let client = client(json!({ "concurrency": 1 }));
    let calls = vec![
        generate(&platform, &client, json!({})),
        generate(&platform, &client, json!({ "timeoutMs": 100_000 })),
    ];
    let second = service
        .clock
        .run(calls)
        .remove(1)
        .expect("not aborted")
        .expect_err("too late");
    assert_eq!(second.code, Code::WaitTimeout);
    assert!(second.message.contains("before a task was created"), "{second}");
    assert_eq!(details(&second).get("taskId"), None);
    assert_eq!(service.sent().iter().filter(|sent| sent.is_create()).count(), 1);
}

#[test]
fn without_a_timeout_a_call_waits_for_a_slot_indefinitely() {
    // Longer than the longest timer of the platform.
    let month = 30.0 * 86_400_000.0;
    let service = Service::new(|sent| match sent {
        sent if sent.is_create() => created(),
        sent if sent.at < month => task("PROCESSING"),
        _ => task("COMPLETED"),
    });
    let platform = Platform::new(&service);
    let client = client(json!({ "concurrency": 1 }));
    let patient = json!({ "timeoutMs": 2.0 * month, "pollIntervalMs": 3_600_000 });
    let calls = vec![
        generate(&platform, &client, patient),
        generate(&platform, &client, json!({})),
    ];
    let results = service.clock.run(calls);
    assert!(
        results.iter().all(|result| matches!(result, Some(Ok(_)))),
        "{results:?}"
    );
}

/// Runs a call that gets this reply or abort, and then others that need its slot.
fn releases_its_slot(first: Reply, aborted_at: Option<f64>) {
    let service = Service::new(move |sent| match sent {
        sent if sent.number == 0 => first.clone(),
        sent if sent.is_create() => created(),
        _ => task("COMPLETED"),
    });
    let client = client(json!({ "concurrency": 1 }));
    let (failing, waiting) = (Platform::new(&service), Platform::new(&service));
    if let Some(at) = aborted_at {
        failing.abort_at.set(at);
    }
    let calls = vec![
        generate(&failing, &client, json!({})),
        generate(&waiting, &client, json!({})),
        generate(&waiting, &client, json!({})),
    ];
    let results = service.clock.run(calls);
    assert!(!matches!(results[0], Some(Ok(_))));
    assert!(
        matches!(results[1], Some(Ok(_))) && matches!(results[2], Some(Ok(_))),
        "{results:?}"
    );
}

#[test]
fn a_failed_call_releases_its_slot() {
    releases_its_slot(status(402), None);
    releases_its_slot(status(500), None);
    releases_its_slot(hang(), None);
}

#[test]
fn an_aborted_call_releases_its_slot() {
    releases_its_slot(hang(), Some(1_000.0));
    releases_its_slot(status(429), Some(1_000.0));
    releases_its_slot(created(), Some(500.0));
}

#[test]
fn a_dropped_call_releases_its_slot() {
    let service = Service::new(|sent| match sent {
        sent if sent.number == 0 => hang(),
        sent if sent.is_create() => created(),
        _ => task("COMPLETED"),
    });
    let platform = Platform::new(&service);
    let client = client(json!({ "concurrency": 1 }));
    let dropped = generate(&platform, &client, json!({}));
    let second = generate(&platform, &client, json!({}));
    let dropping: Task<'_, Option<Result<Json>>> = Box::pin(async {
        let mut dropped = dropped;
        std::future::poll_fn(|context| {
            let _ = dropped.as_mut().poll(context);
            std::task::Poll::Ready(())
        })
        .await;
        service.clock.sleep_until(service.clock.now() + 5_000.0).await;
        None
    });
    let results = service.clock.run(vec![dropping, second]);
    assert!(matches!(results[1], Some(Ok(_))), "{results:?}");
    assert_eq!(service.times()[1], 5_000.0);
}

#[test]
fn a_call_that_is_aborted_in_the_queue_does_not_block_others() {
    let most = Cell::new(0);
    let service = account(&most);
    let client = client(json!({ "concurrency": 1 }));
    let (patient, impatient) = (Platform::new(&service), Platform::new(&service));
    impatient.abort_at.set(10_000.0);
    let calls = vec![
        generate(&patient, &client, json!({})),
        generate(&impatient, &client, json!({})),
        generate(&patient, &client, json!({ "timeoutMs": 20_000 })),
        generate(&patient, &client, json!({})),
    ];
    let results = service.clock.run(calls);
    assert!(
        matches!(results[0], Some(Ok(_))) && matches!(results[3], Some(Ok(_))),
        "{results:?}"
    );
    assert_eq!(results[1], None);
    assert!(matches!(results[2], Some(Err(_))));
    assert_eq!(most.get(), 1);
    assert_eq!(service.sent().iter().filter(|sent| sent.is_create()).count(), 2);
}

#[test]
fn an_invalid_request_is_refused_without_a_slot() {
    let service = Service::answering([hang()]);
    let platform = Platform::new(&service);
    let client = client(json!({ "concurrency": 1 }));
    let calls = vec![
        generate(&platform, &client, json!({})),
        platform.start(&client, Method::Generate, json!({}), json!({})),
    ];
    let at = Cell::new(-1.0);
    let mut calls = calls.into_iter();
    let (first, second) = (calls.next().expect("two"), calls.next().expect("two"));
    let timed: Task<'_, Option<Result<Json>>> = Box::pin(async {
        let result = second.await;
        at.set(service.clock.elapsed());
        result
    });
    service.clock.run(vec![first, timed]);
    assert_eq!(at.get(), 0.0);
}

#[test]
fn slots_are_given_in_the_order_of_the_calls() {
    let most = Cell::new(0);
    let service = account(&most);
    let platform = Platform::new(&service);
    let client = client(json!({ "concurrency": 2 }));
    let call = |number: u32| {
        let request = json!({ "model": "sd2", "inputs": { "prompt": number.to_string() } });
        platform.start(&client, Method::Generate, request, json!({}))
    };
    service.clock.run((0..9).map(call).collect());
    let prompt = |sent: &Sent| {
        let inputs = sent.request.body.as_ref()?.get("inputs")?;
        inputs["prompt"].as_str()?.parse().ok()
    };
    let order: Vec<u32> = service.sent().iter().filter_map(prompt).collect();
    assert_eq!(order, Vec::from_iter(0..9));
}

proptest! {
    #[test]
    fn aborted_calls_leak_no_slots(
        concurrency in 1_u32..4,
        aborts in proptest::collection::vec(proptest::option::of(0_u32..120_000), 1..12),
    ) {
        let most = Cell::new(0);
        let service = account(&most);
        let client = client(json!({ "concurrency": concurrency }));
        let platforms: Vec<Platform<'_, '_>> = aborts.iter().map(|abort| {
            let platform = Platform::new(&service);
            platform.abort_at.set(abort.map_or(f64::INFINITY, f64::from));
            platform
        }).collect();
        let results = service.clock.run(platforms.iter().map(|platform| generate(platform, &client, json!({}))).collect());
        for (abort, result) in aborts.iter().zip(results) {
            prop_assert!(matches!(result, Some(Ok(_))) || abort.is_some() && result.is_none());
        }
        // Let the tasks of aborted calls end at the service before counting.
        service.clock.run_one(service.clock.sleep_until(service.clock.now() + SPAN));
        most.set(0);
        let platform = Platform::new(&service);
        service.clock.run((0..8).map(|_| generate(&platform, &client, json!({}))).collect());
        prop_assert_eq!(most.get(), concurrency as usize);
    }
}

#[test]
fn a_new_call_comes_after_those_that_wait() {
    let most = Cell::new(0);
    let service = account(&most);
    let platform = Platform::new(&service);
    let client = client(json!({ "concurrency": 1 }));
    let call = |prompt: &str| {
        let request = json!({ "model": "sd2", "inputs": { "prompt": prompt } });
        platform.start(&client, Method::Generate, request, json!({}))
    };
    let twice: Task<'_, Option<Result<Json>>> = Box::pin(async {
        call("first").await;
        call("third").await
    });
    service.clock.run(vec![twice, call("second")]);
    let prompt = |sent: &Sent| {
        Some(
            sent.request.body.as_ref()?.get("inputs")?["prompt"]
                .as_str()?
                .to_owned(),
        )
    };
    let order: Vec<String> = service.sent().iter().filter_map(prompt).collect();
    assert_eq!(order, ["first", "second", "third"]);
}
