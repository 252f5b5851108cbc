//! What single steps of a call say: whether a task was made, what may still end the call, and when its time is over.

use crate::support::clock::START;
use crate::support::json::json;
use crate::support::steps::{Now, facts, options};
use sd2_client::call::account::Account;
use sd2_client::call::{Call, Event, Made, Mark, Method, Step, Work};
use sd2_client::error::Code;
use sd2_client::host::{Clock, Millis};
use sd2_client::service::answer::{Facts, Reply};
use sd2_client::service::endpoint::Endpoint;
use sd2_client::service::options::CallOptions;

/// A call, its client's account, and the time.
struct Run {
    call: Call,
    account: Account,
    clock: Now,
}

impl Run {
    fn new(method: Method, is_gateway: bool, timeout_ms: Option<Millis>) -> Run {
        let clock = Now::default();
        let given = if is_gateway {
            json!({ "baseUrl": "https://app.example/api/sd2", "gateway": true })
        } else {
            json!({})
        };
        let call_options = CallOptions {
            timeout_ms,
            ..CallOptions::default()
        };
        Run {
            call: Call::new(method, 0, call_options, f64::NAN, clock.now()),
            account: Account::new(options(given)),
            clock,
        }
    }

    fn step(&mut self, event: Event) -> Step {
        self.call.step(event, &self.account, &self.clock)
    }

    /// Waits until a pause is over.
    fn pause(&mut self, step: Step) -> Step {
        assert_eq!(step.work, Work::Pause);
        self.clock.pass(step.limit);
        self.step(Event::TimeUp { has_left: false })
    }
}

/// A generation whose create is in flight.
fn creating(is_gateway: bool) -> Run {
    let mut run = Run::new(Method::Generate, is_gateway, None);
    assert_eq!(run.step(Event::Begin).work, Work::TakeSlot);
    let step = run.step(Event::SlotTaken);
    assert_eq!((step.work, step.mark), (Work::Send, Mark::Creating));
    run
}

fn lost() -> Event {
    Event::Answer(Facts::without_answer(Reply::Lost))
}

#[test]
fn an_abort_before_anything_left_made_no_task() {
    let step = creating(false).step(Event::Aborted { has_left: false });
    assert_eq!(
        (step.work, step.made, step.mark),
        (Work::Aborted, Made::No, Mark::NotCreated)
    );
}

#[test]
fn an_abort_after_the_create_left_leaves_it_open_whether_there_is_a_task() {
    let step = creating(false).step(Event::Aborted { has_left: true });
    assert_eq!(
        (step.work, step.made, step.mark),
        (Work::Aborted, Made::Unknown, Mark::None)
    );
}

#[test]
fn an_abort_of_a_wait_leaves_the_task_in_the_store() {
    let mut run = creating(false);
    run.step(Event::Answer(facts(Reply::Created, 200)));
    for has_left in [false, true] {
        let step = run.step(Event::Aborted { has_left });
        assert_eq!((step.made, step.mark), (Made::Yes, Mark::None));
    }
}

#[test]
fn an_abort_of_a_repeated_create_leaves_the_first_one_open() {
    let mut run = creating(true);
    let pause = run.step(lost());
    let again = run.pause(pause);
    assert_eq!((again.work, again.mark), (Work::Send, Mark::None));
    let step = run.step(Event::Aborted { has_left: false });
    assert_eq!((step.made, step.mark), (Made::Unknown, Mark::None));
}

#[test]
fn a_call_can_be_stopped_unless_a_create_may_have_arrived() {
    let mut run = creating(false);
    let pause = run.step(Event::Answer(facts(Reply::Refused, 429)));
    assert!(pause.is_stoppable);
    assert!(!run.pause(pause).is_stoppable);

    let mut run = creating(true);
    let pause = run.step(lost());
    assert!(!pause.is_stoppable);
    assert!(!run.pause(pause).is_stoppable);
    let pause = run.step(Event::Answer(facts(Reply::Created, 200)));
    assert!(pause.is_stoppable);
}

#[test]
fn a_wait_that_slept_past_its_time_asks_for_ten_more_seconds() {
    for late in [10_001.0, 3_600_000.0] {
        let mut run = Run::new(Method::WaitForTask, false, Some(60_000.0));
        run.step(Event::Begin);
        run.step(Event::Answer(facts(Reply::Running, 200)));
        run.clock.pass(60_000.0 + late);
        let woke = run.clock.now();
        let mut step = run.step(Event::TimeUp { has_left: false });
        assert_eq!((step.work, step.limit), (Work::Send, 10_000.0), "{late}");
        while step.work != Work::Done {
            step = match step.work {
                Work::Send => run.step(Event::Answer(facts(Reply::Running, 200))),
                _ => run.pause(step),
            };
        }
        assert_eq!(step.failure.map(|problem| problem.code), Some(Code::WaitTimeout));
        let rest = run.clock.now() - woke;
        assert!((9_000.0..=10_000.0).contains(&rest), "{rest}");
    }
}

#[test]
fn a_wait_that_is_a_little_late_is_over() {
    for late in [0.0, 10_000.0] {
        let mut run = Run::new(Method::WaitForTask, false, Some(60_000.0));
        run.step(Event::Begin);
        let pause = run.step(Event::Answer(facts(Reply::Running, 200)));
        assert_eq!((pause.work, pause.endpoint), (Work::Pause, Endpoint::QueryTask));
        run.clock.pass(60_000.0 + late);
        let step = run.step(Event::TimeUp { has_left: false });
        assert_eq!(step.failure.map(|problem| problem.code), Some(Code::WaitTimeout));
        assert!(step.is_late);
    }
}

fn waiting(timeout_ms: Option<Millis>) -> Run {
    let mut run = Run::new(Method::WaitForTask, false, timeout_ms);
    assert_eq!(run.step(Event::Begin).work, Work::Send);
    run
}

fn answer(reply: Reply, status: u16) -> Event {
    Event::Answer(facts(reply, status))
}

#[test]
fn a_query_tells_the_store_only_of_an_end() {
    for (reply, mark) in [
        (Reply::Running, Mark::None),
        (Reply::Queued, Mark::None),
        (Reply::WithoutVideo, Mark::None),
        (Reply::Completed, Mark::Over),
        (Reply::Failed, Mark::Over),
    ] {
        let mut run = Run::new(Method::QueryTask, false, None);
        run.step(Event::Begin);
        let step = run.step(answer(reply, 200));
        assert_eq!(
            (step.work, step.failure, step.mark),
            (Work::Done, None, mark),
            "{reply:?}"
        );
    }
}

#[test]
fn the_time_of_a_wait_begins_when_the_task_leaves_a_gateways_queue() {
    let mut run = Run::new(Method::WaitForTask, true, None);
    run.step(Event::Begin);
    run.clock.pass(800_000.0);
    let mut step = run.step(answer(Reply::Queued, 200));
    let queued = run.clock.now();
    while step.work != Work::Done {
        step = match step.work {
            Work::Send => run.step(answer(Reply::Running, 200)),
            _ => run.pause(step),
        };
    }
    assert_eq!(step.failure.map(|problem| problem.code), Some(Code::WaitTimeout));
    let waited = run.clock.now() - queued;
    assert!((890_000.0..=900_000.0).contains(&waited), "{waited}");
}

#[test]
fn a_generation_trusts_its_own_clock_about_its_task() {
    let mut run = creating(false);
    let pause = run.step(answer(Reply::Created, 200));
    run.pause(pause);
    let created = run.clock.now() - 3_600_000.0;
    let step = run.step(Event::Answer(Facts {
        created,
        ..facts(Reply::Running, 200)
    }));
    let progress = step.update.expect("an update").progress;
    assert!(progress < 0.5, "{progress}");
}

#[test]
fn progress_grows_during_a_pause() {
    let mut run = waiting(None);
    let created = run.clock.now() - 30_000.0;
    let step = run.step(Event::Answer(Facts {
        created,
        ..facts(Reply::Running, 200)
    }));
    let update = step.update.expect("an update");
    assert!((0.001..0.2).contains(&(update.next - update.progress)), "{update:?}");
}

#[test]
fn while_a_gateway_reports_changes_it_is_asked_rarely_unless_the_last_poll_failed() {
    let pushed = || {
        Event::Answer(Facts {
            is_pushed: true,
            ..facts(Reply::Running, 200)
        })
    };
    let mut run = Run::new(Method::WaitForTask, true, None);
    run.step(Event::Begin);
    let pause = run.step(pushed());
    assert!(pause.limit >= 60_000.0, "{}", pause.limit);
    run.pause(pause);
    let pause = run.step(answer(Reply::Intercepted, 503));
    assert!(pause.limit < 60_000.0, "{}", pause.limit);
    run.pause(pause);
    let pause = run.step(Event::Answer(Facts {
        is_pushed: true,
        ..facts(Reply::WithoutVideo, 200)
    }));
    assert!(pause.limit < 60_000.0, "{}", pause.limit);
}

#[test]
fn only_a_generation_that_finds_the_account_full_reports_that() {
    let full = || answer(Reply::Refused, 429);
    let step = creating(false).step(full());
    assert_eq!(step.update.map(|update| update.has_task), Some(false));

    let unreachable = Event::Answer(Facts::without_answer(Reply::NotConnected));
    for (mut run, event) in [(creating(true), unreachable), (waiting(None), full())] {
        let step = run.step(event);
        assert_eq!((step.work, step.update), (Work::Pause, None));
    }
    let mut run = Run::new(Method::CreateTask, false, None);
    run.step(Event::Begin);
    let step = run.step(full());
    assert_eq!((step.work, step.update), (Work::Done, None));
}

#[test]
fn a_refusal_ends_a_wait_and_only_a_missing_task_leaves_the_store() {
    for status in [400, 401, 402, 403] {
        let step = waiting(None).step(answer(Reply::Refused, status));
        assert_eq!((step.work, step.mark), (Work::Done, Mark::None), "{status}");
    }
    for (reply, status) in [(Reply::Refused, 409), (Reply::Refused, 500), (Reply::Intercepted, 403)] {
        let step = waiting(None).step(answer(reply, status));
        assert_eq!(step.work, Work::Pause, "{status}");
    }
}

#[test]
fn a_task_is_missing_after_three_answers_over_ten_seconds_that_say_so() {
    let missing = || answer(Reply::Refused, 404);
    // Each answer after this pause, and whether the answer then ends the wait.
    let ends = |spans: &[Millis]| {
        let mut run = waiting(None);
        let mut step = run.step(missing());
        for span in spans {
            assert_eq!(step.work, Work::Pause);
            run.clock.pass(*span);
            assert_eq!(run.step(Event::TimeUp { has_left: false }).work, Work::Send);
            step = run.step(missing());
        }
        (step.work == Work::Done).then_some((step.failure.map(|problem| problem.code), step.mark))
    };
    let end = Some((Some(Code::NotFound), Mark::Over));
    assert_eq!(ends(&[5_000.0, 5_000.0]), end);
    assert_eq!(ends(&[0.0, 10_000.0]), end);
    assert_eq!(ends(&[]), None);
    assert_eq!(ends(&[20_000.0]), None);
    assert_eq!(ends(&[5_000.0, 4_999.0]), None);
    assert_eq!(ends(&[1_000.0, 1_000.0, 1_000.0]), None);
}

#[test]
fn an_answer_about_the_task_begins_the_count_of_missing_ones_anew() {
    let mut run = waiting(None);
    for reply in [
        Reply::Refused,
        Reply::Refused,
        Reply::Running,
        Reply::Refused,
        Reply::Refused,
    ] {
        let status = if reply == Reply::Running { 200 } else { 404 };
        let step = run.step(answer(reply, status));
        assert_eq!(step.work, Work::Pause);
        run.clock.pass(6_000.0);
        run.step(Event::TimeUp { has_left: false });
    }
}

#[test]
fn a_query_of_a_new_task_is_repeated_only_if_the_task_is_not_found_yet() {
    for (status, work) in [(404, Work::Pause), (403, Work::Done), (400, Work::Done)] {
        let mut run = Run::new(Method::QueryTask, false, None);
        let now = run.clock.now();
        run.call = Call::new(Method::QueryTask, 0, CallOptions::default(), now - 1_000.0, now);
        run.step(Event::Begin);
        assert_eq!(run.step(answer(Reply::Refused, status)).work, work, "{status}");
    }
    // One that this client did not make may be old.
    let mut run = Run::new(Method::QueryTask, false, None);
    run.step(Event::Begin);
    assert_eq!(run.step(answer(Reply::Refused, 404)).work, Work::Done);
}

#[test]
fn the_last_attempt_is_the_reason_of_a_timeout_unless_the_deadline_cut_it_short() {
    let timed_out = || Event::TimeUp { has_left: true };
    // The first answer, if there is one; whether the last attempt ran until the deadline; its end; whether it is told.
    for (first, is_cut, last, is_told) in [
        (None, true, timed_out(), true),
        (Some(answer(Reply::Running, 200)), true, timed_out(), false),
        (Some(answer(Reply::Intercepted, 503)), true, timed_out(), false),
        (Some(answer(Reply::Intercepted, 503)), false, timed_out(), true),
        (
            Some(answer(Reply::Running, 200)),
            true,
            answer(Reply::Intercepted, 503),
            true,
        ),
    ] {
        let mut run = waiting(Some(60_000.0));
        if let Some(first) = first {
            let pause = run.step(first);
            run.clock.pass(pause.limit);
            run.step(Event::TimeUp { has_left: false });
        }
        let end = START + 60_000.0;
        run.clock.pass(if is_cut { end - run.clock.now() } else { 30_000.0 });
        let step = run.step(last);
        assert_eq!(
            (step.work, step.has_problem),
            (Work::Pause, is_told),
            "{first:?} {is_cut} {last:?}"
        );
    }
}

/// The same call, as another process continues it.
fn restored(run: Run) -> (Run, Step) {
    let mut run = Run {
        call: Call::restore(&run.call.save()).expect("a record of this version"),
        ..run
    };
    let step = run.step(Event::Restored);
    (run, step)
}

#[test]
fn a_restored_create_still_knows_that_it_may_have_arrived() {
    for is_lost in [true, false] {
        let mut run = creating(true);
        run.step(if is_lost { lost() } else { answer(Reply::Refused, 429) });
        let (mut run, pause) = restored(run);
        run.pause(pause);
        let step = run.step(answer(Reply::Refused, 400));
        let code = if is_lost {
            Code::OutcomeUnknown
        } else {
            Code::InvalidRequest
        };
        assert_eq!(step.failure.map(|problem| problem.code), Some(code));
    }
}

#[test]
fn a_restored_wait_still_knows_whether_the_service_has_told_of_the_task() {
    for has_task in [true, false] {
        let mut run = waiting(Some(60_000.0));
        if has_task {
            let created = run.clock.now() - 20_000.0;
            let pause = run.step(Event::Answer(Facts {
                created,
                ..facts(Reply::Running, 200)
            }));
            run.pause(pause);
        }
        let (mut run, step) = restored(run);
        assert_eq!(step.work, Work::Send);
        run.clock.pass(START + 60_000.0 - run.clock.now());
        let step = run.step(Event::TimeUp { has_left: true });
        assert_eq!(step.has_problem, !has_task);
    }
}
