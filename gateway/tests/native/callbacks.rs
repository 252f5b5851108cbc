//! The service calls back: true, forged, foreign, replayed or late.

use crate::world::{Create, Task, World};
use sd2_gateway::{Plan, Setup, State};
use serde_json::json;

fn world(creates: &[Create]) -> World {
    let mut world = World::new(Setup {
        has_callbacks: true,
        ..Setup::default()
    });
    world.creates = creates.to_vec();
    world
}

#[test]
fn an_unknown_create_is_found_again_through_its_callback() {
    let mut world = world(&[Create::MadeAndLost]);
    let id = world.accept("ann");
    world.tick().unwrap();
    assert_eq!(world.job(&id).state, State::Unknown);
    world.run();
    let job = world.job(&id);
    assert_eq!(
        (job.state, job.cost, job.task_id.as_deref()),
        (State::Done, Some(200.0), Some("task_0"))
    );
    assert_eq!(world.create_requests, 1);
}

#[test]
fn a_create_whose_process_died_is_found_by_its_callback_before_its_lease_is_over() {
    let mut world = World::new(Setup {
        has_callbacks: true,
        is_shared: true,
        ..Setup::default()
    });
    let id = world.accept("ann");
    world.crash_in = Some(2);
    assert!(world.tick().is_err());
    world.crash_in = None;
    world.restart();
    assert_eq!(world.job(&id).state, State::Sending);
    world.now += 50_000.0;
    world.tick().unwrap();
    assert_eq!((world.job(&id).state, world.create_requests), (State::Done, 1));
    // The answer to the create comes last, and says nothing new.
    let moment = world.moment();
    let lost = json!({ "timedOut": true });
    let plan = world
        .engine
        .came(world.job(&id).clone(), world.circuit, true, &lost, moment);
    assert_eq!(plan, Plan::default());
}

#[test]
fn a_callback_about_a_task_that_is_older_than_the_create_binds_nothing() {
    let mut world = world(&[Create::Lost]);
    world.tasks.push(Task {
        id: "older".into(),
        prompt: String::new(),
        created: world.now - 3_600_000.0,
        ends: world.now,
        callback: None,
    });
    let id = world.accept("ann");
    world.tick().unwrap();
    world.call_back(&id, "older").unwrap();
    assert_eq!(world.job(&id).state, State::Unknown);
}

#[test]
fn a_callback_about_a_task_that_the_service_does_not_know_binds_nothing() {
    let mut world = world(&[Create::Lost]);
    let id = world.accept("ann");
    world.tick().unwrap();
    world.call_back(&id, "nowhere").unwrap();
    assert_eq!(world.job(&id).state, State::Unknown);
}

#[test]
fn a_callback_about_the_task_of_another_job_changes_nothing() {
    let mut world = world(&[]);
    let one = world.accept("ann");
    let other = world.accept("bob");
    world.tick().unwrap();
    world.tasks.push(Task {
        id: "foreign".into(),
        prompt: String::new(),
        created: world.now,
        ends: world.now,
        callback: None,
    });
    let before = (world.job(&one).clone(), world.job(&other).clone());
    world.call_back(&one, "task_1").unwrap();
    world.call_back(&one, "foreign").unwrap();
    assert_eq!((world.job(&one).clone(), world.job(&other).clone()), before);
}

#[test]
fn a_callback_that_comes_again_or_too_late_changes_nothing() {
    let mut world = world(&[]);
    let id = world.accept("ann");
    world.run();
    let before = world.job(&id).clone();
    world.call_back(&id, "task_0").unwrap();
    assert_eq!(*world.job(&id), before);
    let mut lost = self::world(&[Create::MadeAndLost]);
    let late = lost.accept("ann");
    lost.tick().unwrap();
    lost.tasks[0].callback = None;
    lost.run();
    assert_eq!(lost.job(&late).state, State::Expired);
    lost.call_back(&late, "task_0").unwrap();
    assert_eq!(lost.job(&late).state, State::Expired);
}

#[test]
fn once_callbacks_have_arrived_polls_are_rare_until_one_stays_out() {
    let mut world = world(&[]);
    world.accept("ann");
    world.run();
    assert!(world.circuit.callbacks);
    let before = world.requests;
    world.accept("ann");
    world.run();
    assert_eq!(
        world.requests - before,
        2,
        "the create, and the query that confirms the callback"
    );
    world.accept("ann");
    world.tick().unwrap();
    for task in &mut world.tasks {
        task.callback = None;
    }
    world.run();
    assert!(!world.circuit.callbacks);
}
