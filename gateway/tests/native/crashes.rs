//! The engine ends at any point, and a new one goes on from what was committed.

use crate::world::{Create, World};
use proptest::prelude::*;
use sd2_gateway::{Plan, Setup, State};
use serde_json::json;

fn setup(has_callbacks: bool, is_shared: bool) -> Setup {
    Setup {
        has_callbacks,
        is_shared,
        tells: true,
        ..Setup::default()
    }
}

/// What must hold whatever happens.
fn judge(world: &World, has_callbacks: bool) {
    for job in &world.rows {
        let tasks = world.tasks_of(&job.id);
        assert!(tasks <= 1, "{} was paid twice", job.id);
        assert!(job.state.is_final(), "{} never ends", job.id);
        assert!(world.told.contains(&job.id), "nobody was told of {}", job.id);
        if tasks == 1 {
            let is_found = job.state == State::Done;
            assert!(
                is_found || !has_callbacks && job.state == State::Expired,
                "{} is {:?}",
                job.id,
                job.state
            );
        }
        match job.state {
            State::Done => assert_eq!(job.cost, Some(200.0)),
            State::Expired => assert_eq!(job.cost, Some(0.0)),
            state => panic!("{} is {state:?}", job.id),
        }
    }
}

#[test]
fn a_crash_at_each_single_step_pays_nothing_twice_and_loses_nothing() {
    for has_callbacks in [false, true] {
        for is_shared in [false, true] {
            for step in 0..80 {
                let mut world = World::new(setup(has_callbacks, is_shared));
                for _ in 0..2 {
                    world.accept("ann");
                    world.accept("bob");
                }
                world.crash_in = Some(step);
                world.run();
                judge(&world, has_callbacks);
            }
        }
    }
}

#[test]
fn a_crash_while_a_create_is_under_way_makes_it_unknown_and_sends_it_never_again() {
    let mut world = World::new(setup(false, false));
    let id = world.accept("ann");
    // The job is committed as sending, and the request has left.
    world.crash_in = Some(2);
    assert!(world.tick().is_err());
    assert_eq!(world.job(&id).state, State::Sending);
    world.crash_in = None;
    world.restart();
    world.tick().unwrap();
    assert_eq!((world.job(&id).state, world.create_requests), (State::Unknown, 1));
    world.run();
    assert_eq!((world.job(&id).state, world.create_requests), (State::Expired, 1));
}

#[test]
fn a_row_that_another_process_is_sending_is_left_alone_until_its_lease_is_over() {
    let mut world = World::new(setup(false, true));
    let id = world.accept("ann");
    world.crash_in = Some(2);
    assert!(world.tick().is_err());
    world.crash_in = None;
    world.restart();
    world.tick().unwrap();
    assert_eq!(world.job(&id).state, State::Sending);
    world.now += 61_000.0;
    world.tick().unwrap();
    assert_eq!(world.job(&id).state, State::Unknown);
}

#[test]
fn an_answer_that_comes_after_the_lease_still_finds_its_job() {
    let mut world = World::new(setup(false, true));
    let id = world.accept("ann");
    world.crash_in = Some(2);
    assert!(world.tick().is_err());
    world.crash_in = None;
    // Another process gives the job up; this one was only slow.
    world.now += 61_000.0;
    world.tick().unwrap();
    assert_eq!(world.job(&id).state, State::Unknown);
    let answer = json!({ "status": 200, "value": { "taskId": "task_0" } });
    let moment = world.moment();
    let came = |world: &World| {
        world
            .engine
            .came(world.job(&id).clone(), world.circuit, true, &answer, moment)
    };
    let found = came(&world).job.unwrap();
    assert_eq!(
        (found.state, found.task_id.as_deref()),
        (State::Running, Some("task_0"))
    );
    // Nobody else has that answer.
    world.restart();
    assert_eq!(came(&world), Plan::default());
}

#[test]
fn queued_jobs_of_a_restored_backup_are_unknown_and_not_sent() {
    let mut world = World::new(setup(true, false));
    let id = world.accept("ann");
    let moment = world.moment();
    let plan = world.engine.doubt(world.job(&id).clone(), world.circuit, moment);
    world.follow(plan, &id).unwrap();
    world.run();
    assert_eq!((world.job(&id).state, world.create_requests), (State::Expired, 0));
}

#[test]
fn an_engine_without_on_end_leaves_a_job_to_one_that_has_it() {
    let mut world = World::new(setup(false, true));
    let id = world.accept("ann");
    while world.job(&id).state != State::Done {
        world.step();
    }
    world.setup.tells = false;
    world.restart();
    world.now += 61_000.0;
    world.tick().unwrap();
    assert_eq!(world.told, [] as [&str; 0]);
    assert!(
        world.job(&id).due > Some(world.now),
        "It would be looked at all the time."
    );
    world.setup.tells = true;
    world.restart();
    world.run();
    assert_eq!(world.told, [id]);
}

#[test]
fn a_clock_that_was_set_back_stops_nothing() {
    let mut world = World::new(setup(false, false));
    for _ in 0..4 {
        world.accept("ann");
    }
    world.tick().unwrap();
    world.now -= 5.0 * 3_600_000.0;
    for task in &mut world.tasks {
        task.ends -= 5.0 * 3_600_000.0;
    }
    let began = world.now;
    world.run();
    judge(&world, true);
    assert!(world.now - began < 300_000.0, "{}", world.now - began);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]
    #[test]
    fn any_number_of_crashes_and_failures_pays_nothing_twice_and_loses_nothing(
        seed in any::<u64>(),
        has_callbacks in any::<bool>(),
        is_shared in any::<bool>(),
        crashes in prop::collection::vec(0u32..60, 0..6),
        creates in prop::collection::vec(prop_oneof![
            4 => Just(Create::Made),
            1 => Just(Create::MadeAndLost),
            1 => Just(Create::Lost),
            1 => Just(Create::Unreachable),
            1 => Just(Create::Status(429)),
            1 => Just(Create::Status(500)),
            1 => Just(Create::Status(401)),
        ], 0..12),
    ) {
        let mut world = World::new(setup(has_callbacks, is_shared));
        world.random = fastrand::Rng::with_seed(seed);
        world.creates = creates;
        for number in 0..8 {
            world.accept(["ann", "bob", "cid"][number % 3]);
        }
        for crash in crashes {
            world.crash_in = Some(crash);
            while world.crash_in.is_some() && !world.is_over() {
                world.step();
            }
        }
        world.crash_in = None;
        world.run();
        judge(&world, has_callbacks);
    }
}
