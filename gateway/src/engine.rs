//! What happens to a job: each event gives what to write, and what to do once that is written.

use crate::call::account::Account;
use crate::call::{Call, Event, Made, Mark, Method, Step, Work, poll};
use crate::circuit::{Circuit, Reason};
use crate::error::{Code, Problem};
use crate::host::{self, Millis};
use crate::job::{Job, State};
use crate::json::{put, to_value};
use crate::record;
use crate::service::answer::{Asked, Facts, Reply};
use crate::service::endpoint::Endpoint;
use crate::service::options::{CallOptions, Options};
use crate::service::reason;
use crate::validate::configuration;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// For one attempt, body included.
const ATTEMPT: Millis = 30_000.0;
/// How much longer than an attempt a process keeps a job to itself.
const GRACE: Millis = 30_000.0;
/// After which time an unknown job is given up, and a running one that never ends.
const DAY: Millis = 86_400_000.0;
/// How much older than its create a task may look, because two clocks differ.
const SKEW: Millis = 300_000.0;
/// Polls of a task whose callback will come: from a minute to three.
const RARELY: Millis = 60_000.0;
/// The pause after a poll that says that the key is bad.
const KEY: Millis = 60_000.0;
/// The pause before the app is told again of a job's end.
const TELL_AGAIN: Millis = 60_000.0;

/// No job that is sent or runs is due later than that, so one that is was saved before the clock was set back.
pub const FURTHEST: Millis = 360_000.0;

/// How an engine is set up.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Setup {
    /// This start of the engine.
    pub run: String,
    /// Whether other processes work on the same ledger.
    pub is_shared: bool,
    /// Whether the service is given a URL to call back.
    pub has_callbacks: bool,
    /// Whether the app wants to be told of a job's end.
    pub tells: bool,
}

/// When something happens, and what chance makes of it.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Moment {
    /// Unix milliseconds.
    pub now: Millis,
    /// From 0 to 1.
    pub random: f64,
}

impl host::Clock for Moment {
    fn now(&self) -> Millis {
        self.now
    }

    fn random(&self) -> f64 {
        self.random
    }
}

/// What to write, and what to do after that.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Plan {
    /// The account's circuit, if it changed. It is written first: a crash in between leaves it stricter than it needs to be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub circuit: Option<Circuit>,
    /// The job as it is to be, if it changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job: Option<Job>,
    /// What to do once it is written; nothing if it could not be, because another process was faster.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effect: Option<Effect>,
}

/// Something to do for a job.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Effect {
    /// Send its create, for so long at most.
    Create(Millis),
    /// Ask for its task, for so long at most.
    Query(Millis),
    /// Tell the app of its end.
    Tell,
}

/// Decides for the jobs of one account.
pub struct Engine {
    setup: Setup,
    account: Account,
}

impl Engine {
    /// An engine that knows nothing of how long tasks take.
    pub fn new(setup: Setup) -> Engine {
        Engine {
            setup,
            account: Account::new(Options {
                timeout_ms: ATTEMPT,
                // A create goes back to the queue instead.
                max_retries: 0,
                validate: false,
                concurrency: 1,
                is_local: false,
            }),
        }
    }

    /// Learns from a job that was done before this start how long tasks of its kind take.
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

    /// A job is due, or this engine has just started and found it.
    pub fn wake(&self, job: Job, circuit: Circuit, moment: Moment) -> Plan {
        let is_late = |due: Millis| due <= moment.now || job.state != State::Unknown && due > moment.now + FURTHEST;
        let is_due = job.due.is_none_or(is_late);
        match job.state {
            // It was being sent when its engine ended: this one may have been sent, too.
            State::Sending if is_due || !self.setup.is_shared && job.run.as_ref() != Some(&self.setup.run) => {
                self.lose(job, circuit, moment)
            }
            State::Running if is_due => self.poll(job, moment),
            State::Unknown if is_due => self.end(job, State::Expired, Some(0.0), moment).into(),
            state if state.is_final() && is_due && job.due.is_some() => self.tell(job, moment),
            _ => Plan::default(),
        }
    }

    /// The outcome of a job's create is lost.
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

    /// The ledger is a copy of an older one, so that a queued job may have been sent meanwhile.
    pub fn doubt(&self, job: Job, circuit: Circuit, moment: Moment) -> Plan {
        match job.state {
            State::Queued | State::Sending => self.lose(job, circuit, moment),
            _ => Plan::default(),
        }
    }

    fn poll(&self, mut job: Job, moment: Moment) -> Plan {
        let mut call = self.call(&job, moment);
        let mut step = call.step(Event::TimeUp { has_left: false }, &self.account, &moment);
        if step.work != Work::Send {
            if moment.now - job.sent.unwrap_or(moment.now) > DAY {
                let why = "The service never ended the task.";
                job.result = Some(failure(why, "wait_timeout"));
                let price = f64::from(job.price);
                return self.end(job, State::Failed, Some(price), moment).into();
            }
            // The client's patience ends after a quarter of an hour; here it begins anew.
            call = self.wait(&job, moment);
            step = call.step(Event::Begin, &self.account, &moment);
        }
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

    fn call(&self, job: &Job, moment: Moment) -> Call {
        record::read(job.call.as_deref()).unwrap_or_else(|| self.wait(job, moment))
    }

    fn wait(&self, job: &Job, moment: Moment) -> Call {
        let created = job.sent.unwrap_or(f64::NAN);
        Call::new(
            Method::WaitForTask,
            kind(&job.request),
            CallOptions::default(),
            created,
            moment.now,
        )
    }

    /// An attempt for a job has ended: its create, or a poll. `answer` is what js/gateway/service.js makes of it. What has happened to
    /// the job meanwhile may be worth more.
    pub fn came(&self, job: Job, circuit: Circuit, is_create: bool, answer: &Value, moment: Moment) -> Plan {
        match job.state {
            State::Sending if is_create => self.created(job, circuit, answer, moment),
            State::Running if !is_create => self.polled(job, circuit, answer, false, moment),
            // Another process has given the job up before its answer came.
            State::Unknown if is_create && job.run.as_ref() == Some(&self.setup.run) => {
                let facts = facts(Endpoint::CreateTask, "", answer, moment.now);
                if facts.reply != Reply::Created {
                    return Plan::default();
                }
                let mut call = self.wait(&job, moment);
                call.step(Event::Begin, &self.account, &moment);
                self.bind(job, call, text(answer, "taskId"), moment)
            }
            _ => Plan::default(),
        }
    }

    fn created(&self, mut job: Job, mut circuit: Circuit, answer: &Value, moment: Moment) -> Plan {
        let Some(mut call) = record::read(job.call.as_deref()) else {
            return self.lose(job, circuit, moment);
        };
        let facts = facts(Endpoint::CreateTask, "", answer, moment.now);
        let step = call.step(Event::Answer(facts), &self.account, &moment);
        if step.mark == Mark::Created {
            let before = circuit;
            circuit.succeed();
            let mut plan = self.bind(job, call, text(answer, "taskId"), moment);
            plan.circuit = Some(circuit).filter(|circuit| *circuit != before);
            if let Some(job) = &mut plan.job {
                job.due = Some(moment.now + step.limit);
            }
            return plan;
        }
        let problem = step.failure.or(step.why);
        let code = problem.map_or(Code::OutcomeUnknown, |problem| problem.code);
        if step.made == Made::Unknown {
            return self.lose(job, circuit, moment);
        }
        let wait = match code {
            Code::ConcurrencyLimit => Some(Reason::Full),
            Code::Network => Some(Reason::Down),
            Code::Unauthorized => Some(Reason::Unauthorized),
            _ => None,
        };
        if let Some(reason) = wait {
            circuit.fail(reason, facts.retry_after, moment.now, moment.random);
            // It keeps its place: nothing was created.
            job.state = State::Queued;
            (job.run, job.call, job.due, job.sent) = (None, None, None, None);
            return Plan {
                circuit: Some(circuit),
                job: Some(job),
                effect: None,
            };
        }
        job.result = Some(refused(code, answer));
        self.end(job, State::Failed, Some(0.0), moment).into()
    }

    fn bind(&self, mut job: Job, call: Call, task_id: &str, moment: Moment) -> Plan {
        job.state = State::Running;
        job.task_id = Some(task_id.into());
        job.due = Some(moment.now);
        job.call = Some(record::write(&call));
        Plan::from(job)
    }

    fn polled(&self, mut job: Job, circuit: Circuit, answer: &Value, is_called_back: bool, moment: Moment) -> Plan {
        let mut call = self.call(&job, moment);
        if call.work != Work::Send {
            // The poll was not written down, or it was a callback that asked.
            let event = if call.work == Work::Pause {
                Event::TimeUp { has_left: false }
            } else {
                Event::Begin
            };
            if call.step(event, &self.account, &moment).work != Work::Send {
                call = self.wait(&job, moment);
                call.step(Event::Begin, &self.account, &moment);
            }
        }
        let task_id = job.task_id.clone().unwrap_or_default();
        let facts = facts(Endpoint::QueryTask, &task_id, answer, moment.now);
        let step = call.step(Event::Answer(facts), &self.account, &moment);
        let mut heard = circuit;
        heard.hear(Problem::of(Endpoint::QueryTask, &facts).as_ref(), facts.status);
        if is_task(facts.reply) {
            job.result = Some(shown(answer, &step, facts.is_safe));
        }
        let changed = |heard: Circuit| Some(heard).filter(|heard| *heard != circuit);
        if step.work != Work::Done {
            job.due = Some(moment.now + step.limit);
            job.call = Some(record::write(&call));
            return Plan {
                circuit: changed(heard),
                job: Some(job),
                effect: None,
            };
        }
        let problem = step.failure;
        if problem.is_some_and(|problem| problem.code == Code::Unauthorized) {
            // The key was changed or taken away: that is no task's fault.
            job.due = Some(moment.now + KEY);
            job.call = None;
            heard.fail(Reason::Unauthorized, 0.0, moment.now, moment.random);
            return Plan {
                circuit: Some(heard),
                job: Some(job),
                effect: None,
            };
        }
        heard.leave_room();
        // A callback that did not come lets later tasks be polled as if there were none.
        heard.callbacks &= is_called_back;
        let used = answer.pointer("/value/creditsUsed").and_then(Value::as_f64);
        let price = f64::from(job.price);
        let (state, cost) = match problem.map(|problem| problem.code) {
            None => (State::Done, used.unwrap_or(price)),
            Some(Code::TaskFailed) => (State::Failed, used.unwrap_or_default()),
            Some(_) => (State::Failed, used.unwrap_or(price)),
        };
        if !is_task(facts.reply) {
            job.result = Some(refused(
                problem.map_or(Code::UnexpectedResponse, |problem| problem.code),
                answer,
            ));
        }
        Plan {
            circuit: changed(heard),
            job: Some(self.end(job, state, Some(cost.max(0.0)), moment)),
            effect: None,
        }
    }

    /// The service called back for a job about a task, and was asked for that task: `answer`. A job whose create was not answered has
    /// found its task then, if that was made after the create was sent.
    pub fn called_back(
        &self,
        mut job: Job,
        mut circuit: Circuit,
        task_id: &str,
        answer: &Value,
        moment: Moment,
    ) -> Plan {
        let facts = facts(Endpoint::QueryTask, task_id, answer, moment.now);
        if !is_task(facts.reply) {
            return Plan::default();
        }
        let before = circuit;
        circuit.callbacks = true;
        if matches!(job.state, State::Unknown | State::Sending) && job.task_id.is_none() {
            let sent = job.sent.unwrap_or(job.accepted);
            // A time that is not told is NaN, which is no time after it.
            if facts.created >= sent - SKEW {
                job.state = State::Running;
                job.task_id = Some(task_id.into());
                job.call = None;
            }
        }
        if job.state != State::Running || job.task_id.as_deref() != Some(task_id) {
            return Plan::default();
        }
        let mut plan = self.polled(job, circuit, answer, true, moment);
        plan.circuit = plan.circuit.or(Some(circuit).filter(|circuit| *circuit != before));
        plan
    }

    /// The user cancels a job; nothing is done if it is not in the queue any more.
    pub fn cancel(&self, mut job: Job, moment: Moment) -> Plan {
        if job.state != State::Queued {
            return Plan::default();
        }
        job.result = Some(failure("Cancelled before it was sent.", "cancelled"));
        self.end(job, State::Cancelled, Some(0.0), moment).into()
    }

    fn end(&self, mut job: Job, state: State, cost: Option<f64>, moment: Moment) -> Job {
        job.state = state;
        job.cost = cost;
        job.ended = Some(moment.now);
        job.call = None;
        job.due = Some(moment.now).filter(|_| self.setup.tells);
        job
    }

    fn tell(&self, mut job: Job, moment: Moment) -> Plan {
        job.due = Some(moment.now + TELL_AGAIN);
        Plan {
            job: Some(job),
            effect: Some(Effect::Tell),
            ..Plan::default()
        }
    }

    /// The app was told of a job's end.
    pub fn told(&self, mut job: Job) -> Plan {
        job.due = None;
        job.into()
    }

    /// The service was asked for the balance, because no create may start before it answers.
    pub fn probed(&self, mut circuit: Circuit, answer: &Value, moment: Moment) -> Circuit {
        let facts = facts(Endpoint::Credits, "", answer, moment.now);
        let problem = Problem::of(Endpoint::Credits, &facts);
        circuit.hear(problem.as_ref(), facts.status);
        if circuit.probes() {
            let reason = circuit.reason.unwrap_or(Reason::Silent);
            circuit.fail(reason, facts.retry_after, moment.now, moment.random);
        }
        circuit
    }
}

impl From<Job> for Plan {
    fn from(job: Job) -> Plan {
        Plan {
            job: Some(job),
            ..Plan::default()
        }
    }
}

/// The kind of the task that a request makes.
fn kind(request: &str) -> u32 {
    let request: Value = serde_json::from_str(request).unwrap_or_default();
    poll::kind(configuration(&to_value(&request), None).ok())
}

fn facts(endpoint: Endpoint, task_id: &str, answer: &Value, now: Millis) -> Facts {
    let asked = Asked {
        endpoint,
        task_id,
        is_local: false,
    };
    if answer.get("timedOut").is_some() {
        return Facts::without_answer(Reply::TimedOut);
    }
    Facts::read(asked, answer, now)
}

fn text<'a>(answer: &'a Value, field: &str) -> &'a str {
    let value = answer.get("value").and_then(|value| value.get(field));
    value.and_then(Value::as_str).unwrap_or_default()
}

/// Whether an answer is the task that was asked for.
fn is_task(reply: Reply) -> bool {
    matches!(
        reply,
        Reply::Running | Reply::Completed | Reply::WithoutVideo | Reply::Failed
    )
}

/// The task of an answer, as JSON.
fn shown(answer: &Value, step: &Step, is_safe: bool) -> String {
    let mut task = answer.get("value").cloned().unwrap_or_default();
    if !step.keeps_output || !is_safe {
        put(&mut task, "output", Value::Null);
    }
    task.to_string()
}

/// Why a job has no video, as the part of a task that is kept of it.
fn failure(error: &str, code: &str) -> String {
    json!({ "error": error, "code": code }).to_string()
}

/// The service's refusal of a create, or of a poll.
fn refused(code: Code, answer: &Value) -> String {
    if code == Code::InsufficientCredits {
        // Whose account that is, and how much is in it, is not the visitor's affair.
        return failure("The app cannot pay for this video now.", "unavailable");
    }
    let status = answer.get("status").and_then(Value::as_u64).unwrap_or_default();
    let body = answer.get("text").and_then(Value::as_str).unwrap_or_default();
    let said = reason::of_answer(answer.get("value"), body, status as u16);
    let words = match said {
        Some(said) => format!("The service refused the request: {said}."),
        None => "The service refused the request.".into(),
    };
    failure(&words, code.name())
}
