//! What the service does, and what becomes of a job and of the account's creates.

use crate::world::{Create, World};
use sd2_gateway::{Reason, Setup, State, show};

fn world(creates: &[Create]) -> World {
    let mut world = World::new(Setup::default());
    world.creates = creates.to_vec();
    world
}

#[test]
fn a_full_account_returns_the_job_to_its_place_and_tries_again_after_a_pause() {
    let mut world = world(&[Create::Status(429), Create::Status(429)]);
    let id = world.accept("ann");
    world.accept("bob");
    world.tick().unwrap();
    assert_eq!(world.job(&id).state, State::Queued);
    assert_eq!((world.circuit.reason, world.create_requests), (Some(Reason::Full), 1));
    world.run();
    assert_eq!(world.sent[1].1, "ann");
    assert!(world.states().iter().all(|state| *state == State::Done));
    assert_eq!(world.tasks.len(), 2);
}

#[test]
fn a_job_that_could_not_be_sent_is_sent_later() {
    let mut world = world(&[Create::Unreachable; 3]);
    let id = world.accept("ann");
    world.run();
    assert_eq!((world.job(&id).state, world.create_requests), (State::Done, 4));
}

#[test]
fn after_an_unknown_outcome_no_create_starts_until_the_service_answers() {
    let mut world = world(&[Create::Lost]);
    let lost = world.accept("ann");
    let next = world.accept("bob");
    world.tick().unwrap();
    assert_eq!(world.job(&lost).state, State::Unknown);
    assert_eq!((world.job(&next).state, world.create_requests), (State::Queued, 1));
    assert_eq!(world.circuit.reason, Some(Reason::Silent));
    world.run();
    assert_eq!(
        (world.job(&next).state, world.job(&lost).state),
        (State::Done, State::Expired)
    );
    assert_eq!(world.create_requests, 2);
}

#[test]
fn a_service_that_loses_every_create_is_asked_less_and_less_often() {
    let mut world = world(&[Create::Lost; 8]);
    for _ in 0..8 {
        world.accept("ann");
    }
    world.run();
    let gaps: Vec<f64> = world.sent.windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
    assert_eq!(gaps.len(), 7);
    assert!(gaps[6] > 8.0 * gaps[0], "{gaps:?}");
}

#[test]
fn a_bad_key_pauses_the_queue_and_fails_no_job() {
    let mut world = world(&[]);
    let running = world.accept("ann");
    world.tick().unwrap();
    let queued = world.accept("bob");
    world.key_is_bad = true;
    for _ in 0..40 {
        world.now += 10_000.0;
        world.tick().unwrap();
    }
    assert_eq!(world.job(&running).state, State::Running);
    assert_eq!(world.job(&queued).state, State::Queued);
    assert_eq!(world.circuit.reason, Some(Reason::Unauthorized));
    assert!(world.requests < 30, "{}", world.requests);
    world.key_is_bad = false;
    world.run();
    assert!(world.states().iter().all(|state| *state == State::Done));
    assert_eq!(world.tasks.len(), 2);
}

#[test]
fn an_account_without_credits_fails_that_job_alone_and_does_not_say_whose_they_are() {
    let mut world = world(&[Create::Status(402)]);
    let poor = world.accept("ann");
    let next = world.accept("bob");
    world.run();
    assert_eq!(
        (world.job(&poor).state, world.job(&poor).cost),
        (State::Failed, Some(0.0))
    );
    assert_eq!(world.job(&next).state, State::Done);
    let task = show(world.job(&poor), None);
    assert_eq!(task["status"], "FAILED");
    assert_eq!(task["error"], "The app cannot pay for this video now");
    assert_eq!(task["code"], "unavailable");
}

#[test]
fn a_request_that_the_service_refuses_fails_with_the_services_words_and_costs_nothing() {
    let mut world = world(&[Create::Status(400)]);
    let id = world.accept("ann");
    world.run();
    assert_eq!((world.job(&id).state, world.job(&id).cost), (State::Failed, Some(0.0)));
    assert_eq!(
        show(world.job(&id), None)["error"],
        "The service refused the request: no"
    );
}

#[test]
fn a_task_that_never_ends_is_given_up_after_a_day_and_counts_as_spent() {
    let mut world = world(&[]);
    world.took = 1e12;
    let id = world.accept("ann");
    world.run();
    assert_eq!(
        (world.job(&id).state, world.job(&id).cost),
        (State::Failed, Some(200.0))
    );
    assert!(world.now - world.job(&id).accepted > 86_400_000.0);
}

/// Starts a task, and makes it end while the gateway hears nothing of it for 25 hours.
fn deaf_for_a_day(is_shared: bool, deafen: fn(&mut World, bool)) {
    let mut world = World::new(Setup {
        is_shared,
        ..Setup::default()
    });
    let id = world.accept("ann");
    world.tick().unwrap();
    deafen(&mut world, true);
    for _ in 0..20 {
        world.now += 70_000.0;
        world.tick().unwrap();
    }
    assert_eq!(world.job(&id).state, State::Running);
    world.now += 25.0 * 3_600_000.0;
    world.restart();
    // The first polls after the pause also fail.
    for _ in 0..20 {
        world.now += 5_000.0;
        world.tick().unwrap();
    }
    deafen(&mut world, false);
    world.run();
    assert_eq!((world.job(&id).state, world.job(&id).cost), (State::Done, Some(200.0)));
}

#[test]
fn a_day_with_a_bad_key_fails_no_task_that_has_ended_meanwhile() {
    for is_shared in [false, true] {
        deaf_for_a_day(is_shared, |world, is_deaf| world.key_is_bad = is_deaf);
    }
}

#[test]
fn a_day_without_a_connection_fails_no_task_that_has_ended_meanwhile() {
    for is_shared in [false, true] {
        deaf_for_a_day(is_shared, |world, is_deaf| world.is_down = is_deaf);
    }
}

#[test]
fn a_task_that_still_runs_after_a_day_without_a_gateway_is_given_up_once_the_service_says_so() {
    let mut world = world(&[]);
    world.took = 1e12;
    let id = world.accept("ann");
    world.tick().unwrap();
    world.now += 25.0 * 3_600_000.0;
    let before = world.requests;
    world.run();
    assert_eq!(world.requests - before, 1);
    assert_eq!(show(world.job(&id), None)["code"], "wait_timeout");
}

#[test]
fn a_task_that_takes_an_hour_is_waited_for() {
    let mut world = world(&[]);
    world.took = 3_600_000.0;
    let id = world.accept("ann");
    world.run();
    assert_eq!(world.job(&id).state, State::Done);
}

#[test]
fn a_job_is_cancelled_only_while_it_is_queued() {
    let mut world = world(&[]);
    let id = world.accept("ann");
    let moment = world.moment();
    let plan = world.engine.cancel(world.job(&id).clone(), moment);
    let cancelled = plan.job.unwrap();
    assert_eq!((cancelled.state, cancelled.cost), (State::Cancelled, Some(0.0)));
    assert_eq!(show(&cancelled, None)["code"], "cancelled");
    world.tick().unwrap();
    assert_eq!(
        world.engine.cancel(world.job(&id).clone(), moment),
        sd2_gateway::Plan::default()
    );
}
