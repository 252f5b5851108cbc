//! What a client learns from completed tasks.

use super::{TASK_ID, request};
use crate::support::clock::START;
use crate::support::json::{Json, json};
use crate::support::platform::{Platform, client};
use crate::support::service::{Reply, Sent, Service, created, ok};
use sd2_client::call::Method;
use std::cell::Cell;

/// A service whose tasks take this long.
fn service<'a>(took: f64) -> Service<'a> {
    let made = Cell::new(0.0);
    Service::new(move |sent| answer(sent, &made, took))
}

fn answer(sent: &Sent, made: &Cell<f64>, took: f64) -> Reply {
    if sent.is_create() {
        made.set(sent.at);
        return created();
    }
    let ended = made.get() + took;
    let is_completed = sent.at >= ended;
    ok(json!({
        "taskId": TASK_ID,
        "status": if is_completed { "COMPLETED" } else { "PROCESSING" },
        "output": if is_completed { json!([{ "url": "https://static.example.com/result.mp4" }]) } else { Json::Null },
        "createTime": START + made.get(),
        "completeTime": if is_completed { json!(START + ended) } else { Json::Null },
    }))
}

/// The number of requests of each call. The calls run one after the other.
fn requests(service: &Service<'_>, calls: &[(Method, Json)]) -> Vec<usize> {
    let client = client(json!({}));
    let platform = Platform::new(service);
    calls
        .iter()
        .map(|(method, subject)| {
            let before = service.count();
            platform.success(&client, *method, subject.clone(), json!({}));
            service.count() - before
        })
        .collect()
}

#[test]
fn a_client_learns_how_long_its_tasks_take() {
    let requests = requests(&service(240_000.0), &vec![(Method::Generate, request()); 4]);
    assert!(requests[0] > 30, "{requests:?}");
    assert!(requests[1..].iter().all(|requests| *requests < 12), "{requests:?}");
}

#[test]
fn a_client_learns_nothing_about_other_configurations() {
    let mut longer = request();
    longer["inputs"]["duration"] = "15s".into();
    let calls = [
        (Method::Generate, request()),
        (Method::Generate, request()),
        (Method::Generate, longer),
    ];
    let requests = requests(&service(240_000.0), &calls);
    assert!(requests[1] < 12 && requests[2] == requests[0], "{requests:?}");
}

#[test]
fn a_wait_that_begins_late_counts_from_the_creation_of_the_task() {
    let service = service(240_000.0);
    let client = client(json!({}));
    let platform = Platform::new(&service);
    // Twice, because the wait only knows the id of the task.
    for wait in [0.0, 200_000.0] {
        platform.success(&client, Method::CreateTask, request(), json!({}));
        let began = service.clock.elapsed();
        service
            .clock
            .run_one(Box::pin(service.clock.sleep_until(START + began + wait)));
        platform.success(&client, Method::WaitForTask, TASK_ID.into(), json!({}));
    }
    let last = service.pauses().pop().expect("pauses");
    assert!(last < 20_000.0, "{last}");
    // The task took 40 s more.
    assert!(service.sent().iter().rev().take_while(|sent| !sent.is_create()).count() < 8);
}

#[test]
fn a_completed_task_without_output_is_polled_again_soon() {
    let client = client(json!({}));
    let learned = service(240_000.0);
    Platform::new(&learned).success(&client, Method::Generate, request(), json!({}));
    let empty = Service::new(|sent| match sent.is_create() {
        true => created(),
        false => ok(json!({ "taskId": TASK_ID, "status": "COMPLETED", "output": [] })),
    });
    Platform::new(&empty).failure(&client, Method::Generate, request(), json!({}));
    assert!(
        empty.pauses()[1..].iter().all(|pause| *pause < 5_000.0),
        "{:?}",
        empty.pauses()
    );
}
