//! A call that is saved after each step, dropped, and restored elsewhere.

use crate::support::json::json;
use crate::support::steps::{Now, facts, options};
use proptest::prelude::*;
use sd2_client::call::account::Account;
use sd2_client::call::{Call, Event, Made, Mark, Method, Step, Work};
use sd2_client::error::Code;
use sd2_client::host::Clock;
use sd2_client::service::answer::{Facts, Reply};
use sd2_client::service::endpoint::Endpoint;
use sd2_client::service::options::CallOptions;

/// When a process crashes during a step.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Crash {
    /// After the step was saved, before its work.
    Before,
    /// After its work, before the outcome was saved.
    After,
}

/// The row of a call in a store, as of the last commit.
#[derive(Default)]
struct Row {
    record: Vec<f64>,
    has_task_id: bool,
}

/// The end of a call.
struct End {
    step: Step,
    creates: u32,
    row: Row,
}

/// Runs a call to its end. Creates get these facts in turn, and then always the last ones; the task completes at the third poll.
/// The process crashes at these steps.
fn run(method: Method, creates: &[Facts], crashes: &[(usize, Crash)]) -> End {
    let options = options(json!({}));
    let clock = Now::default();
    let mut account = Account::new(options.clone());
    let mut call = Call::new(method, 0, CallOptions::default(), f64::NAN, clock.now());
    let mut event = Event::Begin;
    let mut row = Row::default();
    let (mut sent, mut polls) = (0, 0);
    for number in 0.. {
        assert!(number < 1_000, "it never ends");
        let step = call.step(event, &account, &clock);
        // One transaction saves the machine and the progress of the task.
        row.record = call.save().to_vec();
        row.has_task_id |= step.mark == Mark::Created;
        if step.work == Work::Done {
            return End {
                step,
                creates: sent,
                row,
            };
        }
        let crash = crashes.iter().find(|crash| crash.0 == number).map(|crash| crash.1);
        if crash != Some(Crash::Before) {
            event = match (step.work, step.endpoint) {
                (Work::TakeSlot, _) => Event::SlotTaken,
                (Work::Pause, _) => {
                    clock.pass(step.limit);
                    Event::TimeUp { has_left: false }
                }
                (_, Endpoint::CreateTask) => {
                    let index = (sent as usize).min(creates.len() - 1);
                    sent += 1;
                    Event::Answer(creates[index])
                }
                _ => {
                    polls += 1;
                    let reply = if polls < 3 { Reply::Running } else { Reply::Completed };
                    Event::Answer(facts(reply, 200))
                }
            };
        }
        if crash.is_some() {
            // A while later another process, which knows only the row.
            clock.pass(5_000.0);
            account = Account::new(options.clone());
            call = Call::restore(&row.record).expect("a record of this version");
            event = Event::Restored;
        }
    }
    unreachable!()
}

/// How often a create may have reached the service, by its facts.
fn reached(creates: &[Facts], sent: u32) -> usize {
    let was_received = |facts: &Facts| !matches!(facts.reply, Reply::NotConnected) && facts.status != 429;
    (0..sent as usize)
        .filter(|index| was_received(&creates[(*index).min(creates.len() - 1)]))
        .count()
}

fn created() -> Facts {
    facts(Reply::Created, 200)
}

#[test]
fn without_a_crash_a_saved_call_completes() {
    let end = run(Method::Generate, &[created()], &[]);
    assert_eq!((end.step.failure, end.step.made, end.creates), (None, Made::Yes, 1));
}

#[test]
fn a_crash_at_any_step_neither_repeats_nor_loses_a_task() {
    let full = facts(Reply::Refused, 429);
    let down = Facts::without_answer(Reply::NotConnected);
    for creates in [vec![created()], vec![full, created()], vec![down, full, created()]] {
        for number in 0..14 {
            for crash in [Crash::Before, Crash::After] {
                let end = run(Method::Generate, &creates, &[(number, crash)]);
                assert!(reached(&creates, end.creates) <= 1, "{number} {crash:?}");
                let code = end.step.failure.map(|problem| problem.code);
                assert!(code.is_none() || code == Some(Code::OutcomeUnknown), "{code:?}");
                // If the id of a task was saved, the call waits until its end.
                assert_eq!(code.is_none(), end.row.has_task_id, "{number} {crash:?}");
            }
        }
    }
}

#[test]
fn a_create_that_was_in_flight_at_a_crash_is_outcome_unknown() {
    // Step 0 takes a slot, step 1 sends.
    for crash in [Crash::Before, Crash::After] {
        let end = run(Method::Generate, &[created()], &[(1, crash)]);
        assert_eq!(end.step.failure.map(|problem| problem.code), Some(Code::OutcomeUnknown));
        assert_eq!((end.step.made, end.step.mark), (Made::Unknown, Mark::Over));
    }
}

#[test]
fn after_a_crash_only_the_rest_of_a_pause_is_waited() {
    let clock = Now::default();
    let account = Account::new(options(json!({})));
    let mut call = Call::new(Method::WaitForTask, 0, CallOptions::default(), f64::NAN, clock.now());
    call.step(Event::Begin, &account, &clock);
    let pause = call.step(Event::Answer(facts(Reply::Running, 200)), &account, &clock);
    assert_eq!(pause.work, Work::Pause);
    clock.pass(1_000.0);
    let mut restored = Call::restore(&call.save()).expect("a record");
    let step = restored.step(Event::Restored, &account, &clock);
    assert_eq!((step.work, step.limit), (Work::Pause, pause.limit - 1_000.0));
}

#[test]
fn a_poll_that_was_in_flight_at_a_crash_is_sent_again_at_once() {
    let clock = Now::default();
    let account = Account::new(options(json!({})));
    let mut call = Call::new(Method::WaitForTask, 0, CallOptions::default(), f64::NAN, clock.now());
    assert_eq!(call.step(Event::Begin, &account, &clock).work, Work::Send);
    let mut restored = Call::restore(&call.save()).expect("a record");
    let step = restored.step(Event::Restored, &account, &clock);
    assert_eq!(
        (step.work, step.endpoint, step.why),
        (Work::Send, Endpoint::QueryTask, None)
    );
}

#[test]
fn a_record_of_another_version_or_an_empty_one_is_refused() {
    let mut record = Call::new(Method::Generate, 7, CallOptions::default(), f64::NAN, 1.0).save();
    assert!(Call::restore(&record).is_some());
    assert!(Call::restore(&record[1..]).is_none());
    assert!(Call::restore(&[]).is_none());
    record[1] = 99.0;
    assert!(Call::restore(&record).is_none());
    record[1] = 4.0;
    record[0] = 3.0;
    assert!(Call::restore(&record).is_none());
}

proptest! {
    #[test]
    fn any_number_of_crashes_neither_repeats_nor_loses_a_task(
        crashes in prop::collection::vec((0usize..20, prop_oneof![Just(Crash::Before), Just(Crash::After)]), 0..8),
        refusals in 0usize..3,
    ) {
        let mut creates = vec![facts(Reply::Refused, 429); refusals];
        creates.push(created());
        let end = run(Method::Generate, &creates, &crashes);
        prop_assert!(reached(&creates, end.creates) <= 1);
        let code = end.step.failure.map(|problem| problem.code);
        prop_assert!(code.is_none() || code == Some(Code::OutcomeUnknown));
        prop_assert_eq!(code.is_none(), end.row.has_task_id);
    }

    #[test]
    fn a_restored_call_equals_the_saved_one(numbers in prop::collection::vec(any::<f64>(), 19)) {
        if let Some(call) = Call::restore(&numbers) {
            let again = Call::restore(&call.save()).expect("what was saved");
            prop_assert_eq!(format!("{call:?}"), format!("{again:?}"));
        }
    }
}
