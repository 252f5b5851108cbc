//! What single steps of a call say: whether a task was made, what may still end the call, and when its time is over.

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
