//! When to try and to ask again: the pure functions of it.

use crate::support::clock::START;
use proptest::prelude::*;
use sd2_client::error::{Code, Error};
use sd2_client::{poll, retry};

fn error(code: Code, retry_after_ms: Option<f64>) -> Box<Error> {
    let mut error = Error::new(code, "It failed.", "");
    if let Some(span) = retry_after_ms {
        error.details.put_number("retryAfterMs", span);
    }
    error
}

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
fn a_pause_ends_with_the_last_retry() {
    let error = error(Code::Network, None);
    assert_eq!(retry::pause(0, 1, &error, 0.5), None);
    assert_eq!(retry::pause(2, 2, &error, 0.5), Some(500.0));
    assert_eq!(retry::pause(2, 3, &error, 0.5), None);
}

#[test]
fn only_what_may_pass_by_itself_is_tried_again() {
    let passes = [Code::Network, Code::Timeout, Code::ServerError, Code::ConcurrencyLimit];
    for code in passes {
        assert!(retry::pause(4, 1, &error(code, None), 0.5).is_some(), "{code:?}");
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
        assert_eq!(retry::pause(4, 1, &error(code, None), 0.5), None, "{code:?}");
    }
}

#[test]
fn what_the_service_asks_for_wins_up_to_a_minute() {
    let pause = |asked| retry::pause(4, 1, &error(Code::ServerError, Some(asked)), 0.5);
    assert_eq!(pause(1.0), Some(1.0));
    assert_eq!(pause(60_000.0), Some(60_000.0));
    assert_eq!(pause(60_001.0), None);
    assert_eq!(pause(0.0), Some(250.0));
}

/// A platform that makes a date of anything.
fn date(_: &str) -> Option<f64> {
    Some(START + 5_000.0)
}

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
        assert_eq!(retry::retry_after(header, START, date), expected, "{header}");
    }
}

#[test]
fn a_date_in_the_past_asks_for_nothing() {
    assert_eq!(retry::retry_after("GMT", START + 9_000.0, date), Some(0.0));
}

#[test]
fn a_date_that_cannot_be_read_asks_for_nothing() {
    assert_eq!(retry::retry_after("never GMT", START, |_| None), None);
}

#[test]
fn endless_seconds_are_no_span() {
    assert_eq!(retry::retry_after(&"9".repeat(400), START, date), None);
}

#[test]
fn a_budget_gives_fifty_at_once_and_then_one_a_second() {
    let budget = retry::Budget::default();
    let taken = |now: f64| std::iter::from_fn(|| budget.take(now).then_some(())).count();
    assert_eq!(taken(START), 50);
    assert_eq!(taken(START + 999.0), 0);
    assert_eq!(taken(START + 1_000.0), 1);
    assert_eq!(taken(START + 4_500.0), 3);
    assert_eq!(taken(START + 5_000.0), 1);
    assert_eq!(taken(START + 1e9), 50);
}

proptest! {
    #[test]
    fn a_budget_gives_no_more_than_the_clock_went_forward(
        steps in proptest::collection::vec((-20_000.0..20_000.0, 0..100_u32), 1..50)
    ) {
        let budget = retry::Budget::default();
        let mut now = START;
        let mut most = retry::BURST;
        for (step, wanted) in steps {
            // Also where the clock is set back.
            now += step;
            most += f64::max(step, 0.0) / retry::REFILL;
            let given = (0..wanted).filter(|_| budget.take(now)).count();
            most -= given as f64;
            prop_assert!(most >= -0.01, "{most}");
            prop_assert!(given <= 50);
        }
        // And it goes on from wherever the clock is.
        budget.take(now);
        prop_assert!(budget.take(now + retry::REFILL));
    }
}

#[test]
fn the_first_interval_is_a_second_and_a_half() {
    assert_eq!(poll::interval(0.0, 0, 0.5), 1_500.0);
}

#[test]
fn an_interval_grows_by_six_hundredths_of_the_time_waited() {
    assert_eq!(poll::interval(50_000.0, 0, 0.5), 4_500.0);
}

#[test]
fn an_interval_doubles_with_each_failure() {
    assert_eq!(poll::interval(0.0, 1, 0.5), 3_000.0);
    assert_eq!(poll::interval(0.0, 2, 0.5), 6_000.0);
    assert_eq!(poll::interval(0.0, 3, 0.5), 10_000.0);
    assert_eq!(poll::interval(0.0, u32::MAX, 0.5), 10_000.0);
}

#[test]
fn half_of_the_progress_is_made_at_the_typical_time() {
    assert_eq!(poll::progress(0.0), 0.0);
    assert_eq!(poll::progress(60_000.0), 0.5);
    assert_eq!(poll::progress(-5.0), 0.0);
}

proptest! {
    #[test]
    fn a_backoff_is_within_its_bound(failures in any::<u32>(), random in 0.0..1.0) {
        let pause = retry::backoff(failures, random);
        prop_assert!((0.0..20_000.0).contains(&pause));
    }

    #[test]
    fn an_interval_is_within_its_bounds(elapsed in -1e6..1e12, failures in any::<u32>(), random in 0.0..1.0) {
        let interval = poll::interval(elapsed, failures, random);
        prop_assert!((1_350.0..=11_000.0).contains(&interval), "{}", interval);
    }

    #[test]
    fn an_interval_never_shrinks_with_time_or_failures(elapsed in 0.0..1e6, more in 0.0..1e6, failures in 0u32..20) {
        let interval = poll::interval(elapsed, failures, 0.5);
        prop_assert!(poll::interval(elapsed + more, failures, 0.5) >= interval);
        prop_assert!(poll::interval(elapsed, failures + 1, 0.5) >= interval);
    }

    #[test]
    fn progress_goes_on_and_never_reaches_the_end(elapsed in 0.0..1e9, more in 1.0..1e9) {
        let progress = poll::progress(elapsed);
        prop_assert!((0.0..1.0).contains(&progress));
        prop_assert!(poll::progress(elapsed + more) > progress);
    }
}
