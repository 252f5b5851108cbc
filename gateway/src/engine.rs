//! The life of a job: each event results in what to write into the ledger, and what to do afterwards.

use crate::call::account::Account;
use crate::call::{Call, Event, Method, Step, Work, poll};
use crate::circuit::{Circuit, Reason};
use crate::host::Millis;
use crate::job::{Job, State};
use crate::json::to_value;
use crate::plan::{Effect, Moment, Plan, Setup};
use crate::record;
use crate::service::options::{CallOptions, Options};
use crate::validate::configuration;
use serde_json::{Value, json};

/// The timeout of an attempt, including the body.
const ATTEMPT: Millis = 30_000.0;
/// After its timeout and this long, an attempt counts as lost, and another process may take the job.
const GRACE: Millis = 30_000.0;
/// After this time, a job whose create was not answered expires, and a task that never ends counts as failed.
const DAY: Millis = 86_400_000.0;
/// The shortest interval between polls of a task that has a callback. The longest is three times as long.
const RARELY: Millis = 60_000.0;
/// The pause before `onEnd` is called again for the same job.
const TELL_AGAIN: Millis = 60_000.0;
/// In a process without `onEnd`, the pause before it looks again at a job that has ended. Another process may report the end.
const LEAVE: Millis = 300_000.0;

/// The latest time at which a sent or running job is due. A job that is due later was saved before the clock was set back.
pub const FURTHEST: Millis = 360_000.0;

/// Decides about the jobs of one account.
pub struct Engine {
    pub(crate) setup: Setup,
    pub(crate) account: Account,
}

impl Engine {
    /// An engine without a history of task durations.
    pub fn new(setup: Setup) -> Engine {
        Engine {
            setup,
            account: Account::new(Options {
                timeout_ms: ATTEMPT,
                // Instead of a retry, a job goes back to the queue.
                max_retries: 0,
                validate: false,
                concurrency: 1,
                is_local: false,
                is_gateway: false,
            }),
        }
    }

    /// Learns how long tasks take, from a job that ended before this engine started.
    pub fn learn(&self, request: &str, result: &str) {
        let task: Value = serde_json::from_str(result).unwrap_or_default();
        let time = |name: &str| task.get(name).and_then(Value::as_f64).unwrap_or(f64::NAN);
        let took = time("completeTime") - time("createTime");
        self.account.history.borrow_mut().learn(kind(request), took);
    }

    /// Sends a queued job's create.
    pub fn begin(&self, mut job: Job, circuit: Circuit, moment: Moment) -> Plan {
        if job.state != State::Queued {
            return Plan::default();
        }
        let interval = RARELY + 2.0 * RARELY * moment.random;
        let options = CallOptions {
            timeout_ms: None,
            poll_interval_ms: Some(interval).filter(|_| self.setup.has_callbacks && circuit.callbacks),
        };
        let mut call = Call::new(Method::Generate, kind(&job.request), options, f64::NAN, moment.now);
        call.step(Event::Begin, &self.account, &moment);
        let step = call.step(Event::SlotTaken, &self.account, &moment);
        job.state = State::Sending;
        job.run = Some(self.setup.run.clone());
        job.sent = Some(moment.now);
        job.due = Some(moment.now + step.limit + GRACE);
        job.call = Some(record::write(&call));
        Plan {
            job: Some(job),
            effect: Some(Effect::Create(step.limit)),
            ..Plan::default()
        }
    }

    /// Handles a job that is due, or that the engine found at its start.
    pub fn wake(&self, job: Job, circuit: Circuit, moment: Moment) -> Plan {
        let is_late = |due: Millis| due <= moment.now || job.state != State::Unknown && due > moment.now + FURTHEST;
        let is_due = job.due.is_none_or(is_late);
        match job.state {
            // The engine that sent the create has ended, so the outcome is unknown.
            State::Sending if is_due || !self.setup.is_shared && job.run.as_ref() != Some(&self.setup.run) => {
                self.lose(job, circuit, moment)
            }
            State::Running if is_due => self.poll(job, moment),
            State::Unknown if is_due => self.end(job, State::Expired, Some(0.0), moment).into(),
            state if state.is_final() && is_due && job.due.is_some() => self.tell(job, moment),
            _ => Plan::default(),
        }
    }

    /// Records that the outcome of a job's create is unknown.
    pub fn lose(&self, mut job: Job, mut circuit: Circuit, moment: Moment) -> Plan {
        circuit.fail(Reason::Silent, 0.0, moment.now, moment.random);
        job.state = State::Unknown;
        job.call = None;
        job.due = Some(job.sent.unwrap_or(moment.now).min(moment.now) + DAY);
        Plan {
            circuit: Some(circuit),
            job: Some(job),
            effect: None,
        }
    }

    /// Handles a job of a ledger that was restored from a backup: a queued job may have been sent after the backup.
    pub fn doubt(&self, job: Job, circuit: Circuit, moment: Moment) -> Plan {
        match job.state {
            State::Queued | State::Sending => self.lose(job, circuit, moment),
            _ => Plan::default(),
        }
    }

    fn poll(&self, mut job: Job, moment: Moment) -> Plan {
        let mut call = self.call(&job, moment);
        let step = self.attempt(&mut call, &job, moment);
        let effect = Some(Effect::Query(step.limit));
        if !self.setup.is_shared {
            return Plan {
                effect,
                ..Plan::default()
            };
        }
        job.due = Some(moment.now + step.limit + GRACE);
        job.call = Some(record::write(&call));
        Plan {
            job: Some(job),
            effect,
            ..Plan::default()
        }
    }

    pub(crate) fn call(&self, job: &Job, moment: Moment) -> Call {
        record::read(job.call.as_deref()).unwrap_or_else(|| self.wait(job, moment))
    }

    /// Begins the next poll of a job's call.
    pub(crate) fn attempt(&self, call: &mut Call, job: &Job, moment: Moment) -> Step {
        let event = match call.work {
            Work::Pause => Event::TimeUp { has_left: false },
            _ => Event::Begin,
        };
        let step = call.step(event, &self.account, &moment);
        if step.work == Work::Send {
            return step;
        }
        // The client's wait has timed out, after a quarter of an hour. The gateway starts another one.
        *call = self.wait(job, moment);
        call.step(Event::Begin, &self.account, &moment)
    }

    /// Whether the gateway stops waiting for a job's task if the service says that the task still runs.
    pub(crate) fn is_overdue(job: &Job, moment: Moment) -> bool {
        moment.now - job.sent.unwrap_or(moment.now) > DAY
    }

    pub(crate) fn wait(&self, job: &Job, moment: Moment) -> Call {
        let created = job.sent.unwrap_or(f64::NAN);
        Call::new(
            Method::WaitForTask,
            kind(&job.request),
            CallOptions::default(),
            created,
            moment.now,
        )
    }

    /// Cancels a job for its user. Does nothing if the job is no longer in the queue.
    pub fn cancel(&self, mut job: Job, moment: Moment) -> Plan {
        if job.state != State::Queued {
            return Plan::default();
        }
        job.result = Some(failure("Cancelled before it was sent.", "cancelled"));
        self.end(job, State::Cancelled, Some(0.0), moment).into()
    }

    pub(crate) fn end(&self, mut job: Job, state: State, cost: Option<f64>, moment: Moment) -> Job {
        job.state = state;
        job.cost = cost;
        job.ended = Some(moment.now);
        job.call = None;
        job.due = Some(moment.now).filter(|_| self.setup.tells);
        job
    }

    fn tell(&self, mut job: Job, moment: Moment) -> Plan {
        let pause = if self.setup.tells { TELL_AGAIN } else { LEAVE };
        job.due = Some(moment.now + pause);
        Plan {
            job: Some(job),
            effect: Some(Effect::Tell).filter(|_| self.setup.tells),
            ..Plan::default()
        }
    }

    /// Records that the app's `onEnd` was called for a job.
    pub fn told(&self, mut job: Job) -> Plan {
        job.due = None;
        job.into()
    }
}

/// The kind of task that a request makes.
fn kind(request: &str) -> u32 {
    let request: Value = serde_json::from_str(request).unwrap_or_default();
    poll::kind(configuration(&to_value(&request), None).ok())
}

/// The reason why a job has no video, as JSON in the form of a task.
pub(crate) fn failure(error: &str, code: &str) -> String {
    json!({ "error": error, "code": code }).to_string()
}
