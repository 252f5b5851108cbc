//! The timing of retries and polls: its pure functions.

use crate::support::clock::START;
use proptest::prelude::*;
use sd2_client::call::poll::{History, Typical};
use sd2_client::call::{poll, retry};
use sd2_client::catalog;
use sd2_client::error::Code;
use sd2_client::pricing::Configuration;
use sd2_client::service::retry_after;

const SECOND: f64 = 1_000.0;

#[test]
fn the_backoff_doubles_up_to_its_cap() {
    let bounds: Vec<f64> = (1..=8).map(|failures| retry::backoff(failures, 1.0)).collect();
    assert_eq!(
        bounds,
        [500.0, 1000.0, 2000.0, 4000.0, 8000.0, 16_000.0, 20_000.0, 20_000.0]
    );
    assert_eq!(retry::backoff(u32::MAX, 1.0), 20_000.0);
    assert_eq!(retry::backoff(0, 1.0), 500.0);
}

#[test]
fn only_temporary_failures_are_retried() {
    let passes = [Code::Network, Code::Timeout, Code::ServerError, Code::ConcurrencyLimit];
    for code in passes {
        assert!(retry::passes(code, 0), "{code:?}");
    }
    let stays = [
        Code::InvalidRequest,
        Code::Unauthorized,
        Code::InsufficientCredits,
        Code::Forbidden,
        Code::NotFound,
        Code::OutcomeUnknown,
        Code::WaitTimeout,
        Code::TaskFailed,
        Code::UnexpectedResponse,
        Code::InvalidArgument,
    ];
    for code in stays {
        assert!(!retry::passes(code, 0), "{code:?}");
    }
}

#[test]
fn retry_after_overrides_the_backoff() {
    assert_eq!(retry::span(1, 1.0, 0.5), 1.0);
    assert_eq!(retry::span(1, 60_000.0, 0.5), 60_000.0);
    assert_eq!(retry::span(1, 0.0, 0.5), 250.0);
}

/// The platform parses almost anything as a date.
const DATE: Option<f64> = Some(START + 5_000.0);

#[test]
fn retry_after_is_seconds_or_a_date() {
    for (header, expected) in [
        ("0", Some(0.0)),
        ("7", Some(7_000.0)),
        (" 120 ", Some(120_000.0)),
        ("Sat, 23 Mar 2024 22:56:37 GMT", Some(5_000.0)),
        ("", None),
        ("-1", None),
        ("1.5", None),
        ("soon", None),
        ("2024-03-23", None),
    ] {
        assert_eq!(retry_after::span(header, START, DATE), expected, "{header}");
    }
}

#[test]
fn a_date_in_the_past_means_no_delay() {
    assert_eq!(retry_after::span("GMT", START + 9_000.0, DATE), Some(0.0));
}

#[test]
fn an_unreadable_date_is_ignored() {
    assert_eq!(retry_after::span("never GMT", START, None), None);
}

#[test]
fn infinite_seconds_are_ignored() {
    assert_eq!(retry_after::span(&"9".repeat(400), START, DATE), None);
}

#[test]
fn a_budget_allows_fifty_retries_at_once_and_then_one_a_second() {
    let quota = retry::Quota::default();
    let taken = |now: f64| std::iter::from_fn(|| quota.take(now).then_some(())).count();
    assert_eq!(taken(START), 50);
    assert_eq!(taken(START + 999.0), 0);
    assert_eq!(taken(START + 1_000.0), 1);
    assert_eq!(taken(START + 4_500.0), 3);
    assert_eq!(taken(START + 5_000.0), 1);
    assert_eq!(taken(START + 1e9), 50);
}

proptest! {
    #[test]
    fn a_budget_refills_only_as_the_clock_advances(
        steps in proptest::collection::vec((-20_000.0..20_000.0, 0..100_u32), 1..50)
    ) {
        let quota = retry::Quota::default();
        let mut now = START;
        let mut most = retry::BURST;
        for (step, wanted) in steps {
            // The clock may also be set back.
            now += step;
            most += f64::max(step, 0.0) / retry::REFILL;
            let given = (0..wanted).filter(|_| quota.take(now)).count();
            most -= given as f64;
            prop_assert!(most >= -0.01, "{most}");
            prop_assert!(given <= 50);
        }
        // It refills again from the current time.
        quota.take(now);
        prop_assert!(quota.take(now + retry::REFILL));
    }
}

/// The knowledge after tasks of these durations in seconds.
fn typical(seconds: impl IntoIterator<Item = f64>) -> Typical {
    let mut history = History::default();
    for seconds in seconds {
        history.learn(0, seconds * SECOND);
    }
    history.typical(0)
}

/// Fixed durations that vary by about a quarter around a mean.
fn cluster(seconds: f64) -> impl Iterator<Item = f64> + Clone {
    [0.95, 1.32, 0.8, 1.1, 0.65, 1.0, 1.2, 0.75, 1.45, 0.9]
        .into_iter()
        .cycle()
        .map(move |share| share * seconds)
}

/// The number of polls of a task with this duration, and the lag: the seconds from its end to the last poll.
fn watch(typical: &Typical, seconds: f64, random: f64) -> (u32, f64) {
    let (mut elapsed, mut polls) = (0.0, 0);
    while elapsed < seconds * SECOND {
        elapsed += typical.pause(elapsed, 0, random);
        polls += 1;
    }
    (polls, elapsed / SECOND - seconds)
}

/// The means over a cluster: the polls, and the lag as a share of the duration.
fn watch_cluster(typical: &Typical, seconds: f64) -> (f64, f64) {
    let (mut polls, mut lags) = (0.0, 0.0);
    for index in 0..200 {
        let time = seconds * (0.6 + 0.005 * f64::from(index));
        let (more, lag) = watch(typical, time, f64::from(index * 37 % 100) / 100.0);
        polls += f64::from(more) / 200.0;
        lags += lag / seconds / 200.0;
    }
    (polls, lags)
}

/// Any number, with special ones more often.
fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        any::<f64>(),
        -1e6..1e7,
        Just(f64::NAN),
        Just(f64::INFINITY),
        Just(f64::NEG_INFINITY),
    ]
}

#[test]
fn an_unknown_task_is_polled_after_fourteen_seconds_and_then_more_often() {
    let unknown = Typical::default();
    assert_eq!(unknown.pause(0.0, 0, 0.5), 14_000.0);
    assert_eq!(unknown.pause(14_000.0, 0, 0.5), 6_500.0);
    assert_eq!(unknown.pause(38_000.0, 0, 0.5), 3_500.0);
    assert_eq!(unknown.pause(600_000.0, 0, 0.5), poll::LONGEST);
}

#[test]
fn a_pause_varies_by_an_eighth_of_an_interval() {
    let unknown = Typical::default();
    assert_eq!(unknown.pause(38_000.0, 0, 0.0), 3_500.0 * 0.875);
    assert_eq!(unknown.pause(38_000.0, 0, 1.0), 3_500.0 * 1.125);
    // An interval here is 6.5 s.
    assert_eq!(unknown.pause(0.0, 0, 0.0), 14_000.0 - 812.5);
}

#[test]
fn a_new_task_is_polled_soon_whatever_is_known() {
    assert_eq!(poll::first_look(0.5), poll::FIRST_LOOK);
    assert_eq!(poll::first_look(0.0), poll::FIRST_LOOK * 0.875);
    assert_eq!(poll::first_look(1.0), poll::FIRST_LOOK * 1.125);
}

#[test]
fn after_a_failure_the_pause_is_that_of_a_retry() {
    for typical in [Typical::default(), typical([240.0])] {
        for elapsed in [0.0, 30_000.0, 600_000.0] {
            assert_eq!(typical.pause(elapsed, 1, 0.9), poll::SHORTEST);
            assert_eq!(typical.pause(elapsed, 4, 0.5), 2_000.0);
            assert_eq!(typical.pause(elapsed, u32::MAX, 0.5), 10_000.0);
        }
    }
}

#[test]
fn one_task_is_enough_to_learn_a_typical_duration() {
    for seconds in [40.0, 90.0, 240.0] {
        let unlearned = watch_cluster(&Typical::default(), seconds);
        for tasks in [1, 2, 3, 10, 50] {
            let (polls, lag) = watch_cluster(&typical(cluster(seconds).take(tasks)), seconds);
            assert!(
                polls <= 10.0 && polls <= unlearned.0 + 2.0,
                "{seconds} {tasks}: {polls}"
            );
            assert!(lag <= 0.06, "{seconds} {tasks}: {lag}");
        }
        let (polls, lag) = watch_cluster(&typical(cluster(seconds).take(50)), seconds);
        assert!(polls <= 8.0 && lag <= 0.05, "{seconds}: {polls} {lag}");
    }
}

#[test]
fn an_outlier_hardly_changes_the_schedule() {
    for odd in [1.0, 10.0, 900.0, 3_600.0] {
        let (polls, lag) = watch_cluster(&typical(cluster(40.0).take(30).chain([odd])), 40.0);
        assert!(polls <= 9.0 && lag <= 0.07, "{odd}: {polls} {lag}");
    }
}

#[test]
fn the_schedule_adapts_when_the_service_becomes_slower_or_faster() {
    for (before, after) in [(40.0, 240.0), (240.0, 40.0)] {
        let tasks = cluster(before).take(30).chain(cluster(after).take(30));
        let (polls, lag) = watch_cluster(&typical(tasks), after);
        assert!(polls <= 10.0 && lag <= 0.3, "{before} {after}: {polls} {lag}");
    }
    // A few tasks remove most of the lag.
    let (_, lag) = watch(
        &typical(cluster(240.0).take(30).chain(cluster(40.0).take(6))),
        40.0,
        0.5,
    );
    assert!(lag <= 20.0, "{lag}");
}

#[test]
fn the_schedule_follows_a_slow_drift() {
    let around = |seconds| [0.9, 1.1].into_iter().cycle().map(move |share| share * seconds);
    let drifted = typical(around(40.0).take(1_000).chain(around(46.0).take(40)));
    let fresh = typical(around(46.0).take(40));
    assert!((drifted.pause(0.0, 0, 0.5) - fresh.pause(0.0, 0, 0.5)).abs() < 1_000.0);
}

#[test]
fn the_schedule_adapts_even_after_constant_durations() {
    let tasks = std::iter::repeat_n(40.0, 200).chain(std::iter::repeat_n(80.0, 15));
    let (polls, lag) = watch(&typical(tasks), 80.0, 0.5);
    assert!(polls <= 10 && lag <= 8.0, "{polls} {lag}");
}

#[test]
fn each_kind_of_task_is_learned_separately() {
    let mut history = History::default();
    history.learn(1, (240.0) * SECOND);
    assert_eq!(history.typical(2), Typical::default());
    history.learn(2, (40.0) * SECOND);
    assert_eq!(history.typical(1), typical([240.0]));
    assert_eq!(history.typical(2), typical([40.0]));
}

#[test]
fn each_configuration_is_a_kind_of_its_own() {
    let mut kinds = vec![poll::kind(None)];
    for model in &catalog::MODELS {
        for seconds in catalog::MIN_SECONDS..=catalog::MAX_SECONDS {
            for upscale in std::iter::once(None).chain(catalog::UPSCALES.iter().map(Some)) {
                for video_reference in [false, true] {
                    let configuration = Configuration {
                        model,
                        seconds,
                        upscale,
                        video_reference,
                    };
                    kinds.push(poll::kind(Some(configuration)));
                }
            }
        }
    }
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!(kinds.len(), 1 + 144);
}

#[test]
fn the_size_of_a_history_depends_on_the_kinds_not_on_the_tasks() {
    let mut history = History::default();
    for index in 0..10_000 {
        history.learn(index % 7, (20.0 + f64::from(index % 50)) * SECOND);
    }
    assert_eq!(format!("{history:?}").matches("Typical").count(), 7);
}

#[test]
fn a_task_with_impossible_times_is_not_learned() {
    let mut history = History::default();
    for took in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        history.learn(0, took);
    }
    for seconds in [-40.0, 0.0, 0.9, 3_601.0, f64::NAN, f64::INFINITY] {
        history.learn(0, seconds * SECOND);
    }
    assert_eq!(history.typical(0), Typical::default());
}

#[test]
fn the_age_of_a_task_is_by_the_service_unless_impossible() {
    let age = |created, elapsed| poll::age(START, created, elapsed);
    assert_eq!(age(f64::NAN, 5_000.0), 5_000.0);
    assert_eq!(age(START - 90_000.0, 5_000.0), 90_000.0);
    // Created after the first poll, in the future, days ago, or without a time.
    for created in [
        START - 1_000.0,
        START + 60_000.0,
        1_000.0,
        f64::NAN,
        f64::INFINITY,
        f64::NEG_INFINITY,
    ] {
        assert_eq!(age(created, 5_000.0), 5_000.0, "{created}");
    }
}

#[test]
fn progress_follows_the_learned_durations() {
    let unknown = Typical::default();
    assert_eq!(unknown.progress(0.0), 0.0);
    assert_eq!(unknown.progress(-5.0), 0.0);
    assert_eq!(unknown.progress(f64::NAN), 0.0);
    assert_eq!(unknown.progress(27_000.0), 0.5);
    let known = typical(cluster(240.0).take(30));
    assert!((0.09..0.11).contains(&known.progress(25_000.0)));
    assert!((0.95..1.0).contains(&known.progress(240_000.0)));
}

#[test]
fn without_a_history_the_progress_is_behind_what_the_schedule_guesses() {
    let unknown = Typical::default();
    for seconds in 1..=38 {
        let progress = unknown.progress(1_000.0 * f64::from(seconds));
        assert!(progress < 0.75 * f64::from(seconds) / 38.0, "{seconds} s: {progress}");
    }
    assert!(unknown.progress(300_000.0) < 0.95);
}

#[test]
fn a_task_like_three_that_were_seen_is_nearly_done_when_it_ends() {
    let alike = typical([26.0, 26.0, 26.0]);
    assert!(alike.progress(26_000.0) > 0.95, "{}", alike.progress(26_000.0));
    let similar = typical([23.0, 29.0, 27.0]);
    assert!(similar.progress(26_000.0) > 0.9, "{}", similar.progress(26_000.0));
}

proptest! {
    #[test]
    fn a_backoff_is_within_its_bound(failures in any::<u32>(), random in 0.0..1.0) {
        let pause = retry::backoff(failures, random);
        prop_assert!((0.0..20_000.0).contains(&pause));
    }

    #[test]
    fn a_pause_is_within_its_bounds_whatever_was_learned(
        tasks in prop::collection::vec(number(), 0..40),
        elapsed in number(),
        failures in prop_oneof![Just(0), any::<u32>()],
        random in 0.0..1.0,
    ) {
        let typical = typical(tasks);
        let pause = typical.pause(elapsed, failures, random);
        let longest = if failures > 0 || elapsed >= 3_600_000.0 { poll::LONGEST } else { poll::LONGEST_SILENCE };
        prop_assert!((0.875 * poll::SHORTEST..=longest + 0.125 * poll::LONGEST).contains(&pause), "{}", pause);
        prop_assert!((0.0..1.0).contains(&typical.progress(elapsed)));
    }

    #[test]
    fn the_end_of_a_task_is_noticed_whenever_it_is(
        tasks in prop::collection::vec(1.0..3_600.0, 0..40),
        seconds in 1.0..10_000.0,
        random in 0.0..1.0,
    ) {
        let typical = typical(tasks);
        let (_, lag) = watch(&typical, seconds, random);
        prop_assert!(lag <= 182.5);
        // After an hour the interval stays the same.
        prop_assert!(seconds < 3_600.0 || lag <= 22.5);
    }

    #[test]
    fn the_end_of_a_late_task_is_noticed_within_twenty_seconds(seconds in 10.0..1_000.0, random in 0.0..1.0) {
        let typical = typical(cluster(seconds).take(30));
        let (_, lag) = watch(&typical, seconds * 4.0, random);
        prop_assert!(lag <= 22.5);
    }

    #[test]
    fn progress_increases_and_never_reaches_one(
        tasks in prop::collection::vec(1.0..3_600.0, 0..40),
        elapsed in 0.0..1e9,
        more in 1.0..1e9,
    ) {
        let typical = typical(tasks);
        let progress = typical.progress(elapsed);
        prop_assert!((0.0..1.0).contains(&progress));
        prop_assert!(typical.progress(elapsed + more) > progress);
    }
}
