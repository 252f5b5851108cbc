//! Whose turn it is, and how well the slots are used.

use crate::world::{SLOTS, World};
use sd2_gateway::{Setup, State, positions};
use std::collections::HashMap;

/// Fifty users with twenty jobs each; gives how much longer it took than it had to.
fn crowd(has_callbacks: bool) -> (World, f64) {
    let mut world = World::new(Setup {
        has_callbacks,
        ..Setup::default()
    });
    world.latency = 0.0;
    for user in 0..50 {
        for _ in 0..20 {
            world.accept(&format!("user {user}"));
        }
    }
    let began = world.now;
    world.run();
    let took: f64 = world.tasks.iter().map(|task| task.ends - task.created).sum();
    let makespan = world.now - began;
    (world, makespan / (took / f64::from(SLOTS)))
}

#[test]
fn with_callbacks_a_thousand_jobs_take_at_most_2_percent_longer_than_they_must() {
    let (world, factor) = crowd(true);
    assert!(world.states().iter().all(|state| *state == State::Done));
    assert_eq!((world.tasks.len(), world.create_requests), (1_000, 1_000));
    assert!(factor <= 1.02, "{factor}");
}

#[test]
fn without_callbacks_they_take_at_most_5_percent_longer() {
    let (world, factor) = crowd(false);
    assert!(world.states().iter().all(|state| *state == State::Done));
    assert_eq!(world.create_requests, 1_000);
    assert!(factor <= 1.05, "{factor}");
    println!("{factor} {}", world.requests);
}

#[test]
fn the_user_with_the_fewest_running_jobs_comes_first_whoever_came_earlier() {
    let mut world = World::new(Setup::default());
    for _ in 0..30 {
        world.accept("early");
    }
    world.tick().unwrap();
    let late = world.accept("late");
    world.run();
    let turn = world.sent.iter().position(|(_, user)| user == "late").unwrap();
    assert_eq!(turn, 3, "the first slot that became free");
    assert_eq!(world.job(&late).state, State::Done);
}

#[test]
fn a_user_has_no_more_jobs_in_the_slots_than_they_may() {
    let mut world = World::new(Setup::default());
    world.most = 1;
    for user in ["ann", "ann", "ann", "bob"] {
        world.accept(user);
    }
    world.tick().unwrap();
    assert_eq!(world.busy(), 2);
}

#[test]
fn a_place_in_the_queue_counts_the_creates_that_start_before_it() {
    let queue = ["ann", "ann", "ann", "bob"].map(String::from);
    assert_eq!(positions(&queue, &HashMap::new()), [1, 3, 4, 2]);
    let running = HashMap::from([("bob".to_string(), 2)]);
    assert_eq!(positions(&queue, &running), [1, 2, 3, 4]);
}
