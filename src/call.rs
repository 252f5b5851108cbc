//! One call of the client, as a machine without I/O: each step says what to do next, and is told what came of it.
//!
//! All that must never go wrong is decided here, and is tested without a clock or a network: a create is sent
//! at most once, a running task is never given up before its deadline, and each pause has its bounds.

use crate::account::{Account, NEW};
use crate::api::{self, Endpoint, Outcome};
use crate::error::{Code, Error, Result};
use crate::host::{Failure, Host, Listener, Millis, Request};
use crate::options::CallOptions;
use crate::poll::{self, Typical};
use crate::retry;
use crate::task::{self, Status, Task};
use crate::text;
use crate::value::Value;

/// The time for a whole wait, unless the caller gives another: 15 minutes.
pub const WAIT_TIMEOUT: Millis = 900_000.0;

/// If the deadline passed this long ago, the machine was asleep; allow this much more.
const OVERSLEPT: Millis = 10_000.0;

/// What is said so often, over so long, ends a wait for a task that the service does not know.
const DENIALS: u32 = 3;
const DENIED: Millis = 10_000.0;

/// How often a completed task without a readable output is asked for again.
const OUTPUT_RETRIES: u32 = 3;

/// What a caller can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Make a task.
    CreateTask,
    /// Ask for a task once.
    QueryTask,
    /// Ask for the balance.
    GetCredits,
    /// Ask for a task until it has ended.
    WaitForTask,
    /// Make a task as soon as a slot is free, and wait for it.
    Generate,
    /// Ask for the balance until the service says anything, be it an error.
    AwaitService,
}

/// What is to be done next.
#[derive(Debug)]
pub enum Step {
    /// This work, for so long at most.
    Do(Work, Millis),
    /// The call is over.
    Done(Result<Value>),
}

/// What takes time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Take a free slot.
    TakeSlot,
    /// Send [`Call::request`].
    Send,
    /// Nothing, unless others who wait for the task get an answer.
    Pause {
        /// Whether a page that was hidden or offline ends it by coming back.
        is_rousable: bool,
    },
}

/// What came of a step.
#[derive(Debug)]
pub enum Event {
    /// Nothing was done yet.
    Begin,
    /// The slot is taken.
    SlotTaken,
    /// It is this call's turn to ask for what others ask for, too.
    Turn,
    /// The attempt has ended.
    Answer(Outcome),
    /// Somebody else's attempt has ended.
    Heard(Outcome),
    /// The step's time is over.
    TimeUp,
}

/// A call that is under way.
#[derive(Debug)]
pub struct Call {
    method: Method,
    endpoint: Endpoint,
    request: Request,
    task_id: String,
    options: CallOptions,
    work: Work,
    /// No attempt begins after it.
    deadline: Millis,
    /// Since when the present endpoint is asked.
    since: Millis,
    sent_at: Millis,
    attempts: u32,
    /// Failures in a row.
    failures: u32,
    without_output: u32,
    progress: f64,
    /// The kind of the task.
    kind: u32,
    /// What is known of such tasks.
    typical: Typical,
    /// When the task was made: by this client, or as the service says.
    created: Option<Millis>,
    /// The task as it was last seen.
    task: Option<Value>,
    /// What the last attempt failed with.
    last: Option<Box<Error>>,
    /// How often in a row the service said that it does not know the task, and since when.
    denials: u32,
    denied_at: Millis,
}

impl Call {
    /// A call of this method; `subject` is the request, or the task's id.
    pub fn new(method: Method, subject: Value, options: CallOptions, account: &Account, now: Millis) -> Result<Call> {
        let task_id = subject.as_str().unwrap_or_default().to_owned();
        let mut kind = 0;
        let (endpoint, request) = match method {
            Method::CreateTask | Method::Generate => {
                kind = poll::kind(account.options.check(&subject)?);
                (Endpoint::CreateTask, api::create_task(&account.options, subject)?)
            }
            Method::GetCredits | Method::AwaitService => (Endpoint::Credits, api::credits(&account.options)),
            Method::QueryTask | Method::WaitForTask => {
                (Endpoint::QueryTask, api::query_task(&account.options, &task_id)?)
            }
        };
        let deadline = match method {
            Method::WaitForTask | Method::AwaitService => options.timeout_ms.unwrap_or(WAIT_TIMEOUT),
            // Without `timeoutMs`, the deadline starts at creation.
            Method::Generate => options.timeout_ms.unwrap_or(f64::INFINITY),
            _ => f64::INFINITY,
        };
        Ok(Call {
            method,
            endpoint,
            request,
            created: account.created(&task_id),
            task_id,
            options,
            work: Work::TakeSlot,
            deadline: now + deadline,
            since: now,
            sent_at: now,
            attempts: 0,
            failures: 0,
            without_output: 0,
            progress: 0.0,
            kind,
            typical: Typical::default(),
            task: None,
            last: None,
            denials: 0,
            denied_at: now,
        })
    }

    /// What [`Work::Send`] sends.
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// The task that is waited for, as soon as there is one.
    pub fn watched(&self) -> Option<&str> {
        (self.waits() && self.endpoint == Endpoint::QueryTask).then_some(&*self.task_id)
    }

    /// Advances by one event and returns the next step.
    pub fn step(&mut self, event: Event, account: &Account, host: &impl Host) -> Step {
        match (event, self.work) {
            (Event::Begin, _) if self.method == Method::Generate => Step::Do(Work::TakeSlot, self.left(host)),
            (Event::Begin | Event::SlotTaken, _) | (Event::TimeUp, Work::Pause { .. }) => self.send(account, host),
            (Event::TimeUp, Work::TakeSlot) if self.left(host) <= 0.0 => self.too_late(),
            // The longest timer of the platform was shorter than the time.
            (Event::TimeUp, Work::TakeSlot) => Step::Do(Work::TakeSlot, self.left(host)),
            (Event::TimeUp, Work::Send) => self.answered(Err(Failure::TimedOut), account, host),
            // Only now, the time of the attempt begins.
            (Event::Turn, _) => self.attempt(account, host),
            (Event::Answer(outcome), _) => self.answered(outcome, account, host),
            (Event::Heard(outcome), work) => {
                self.attempts += u32::from(work != Work::Send);
                self.read(outcome, account, host)
            }
        }
    }

    fn left(&self, host: &impl Host) -> Millis {
        self.deadline - host.now()
    }

    fn waits(&self) -> bool {
        !matches!(self.method, Method::CreateTask | Method::QueryTask | Method::GetCredits)
    }

    fn send(&mut self, account: &Account, host: &impl Host) -> Step {
        self.work = Work::Send;
        self.attempts += 1;
        self.attempt(account, host)
    }

    fn attempt(&mut self, account: &Account, host: &impl Host) -> Step {
        let mut left = self.left(host);
        if left < -OVERSLEPT && self.watched().is_some() {
            // The machine or the page was asleep; the task was not, and has probably ended.
            self.deadline = host.now() + OVERSLEPT;
            left = OVERSLEPT;
        }
        // A timer may end a millisecond early.
        if left <= 1.0 {
            return self.too_late();
        }
        self.sent_at = host.now();
        let own = self.options.timeout_ms.filter(|_| !self.waits());
        Step::Do(Work::Send, own.unwrap_or(account.options.timeout_ms).min(left))
    }

    fn pause(&mut self, span: Millis, failure: Option<&Error>, host: &impl Host) -> Step {
        self.work = Work::Pause {
            // A returning page must not shorten Retry-After or a create's pause.
            is_rousable: self.endpoint != Endpoint::CreateTask
                && failure.is_none_or(|error| error.retry_after_ms() == 0.0),
        };
        let kind = if failure.is_some() { "retry" } else { "poll" };
        self.log(kind, span, None, failure.map(|error| error.code), host);
        Step::Do(self.work, span.min(self.left(host)))
    }

    fn too_late(&mut self) -> Step {
        let (template, advice) = match &*self.task_id {
            "" => ("Timed out before a task was created.", ""),
            _ => (
                "Timed out before the task {} had ended.",
                " Wait for it again with waitForTask.",
            ),
        };
        let mut error = Error::new(Code::WaitTimeout, template, &self.task_id);
        if let Some(task) = self.task.take() {
            if self.last.is_none() {
                let status = task.text("status");
                error.message = text::concat(&[&error.message, " It was ", api::quote(status), " when last asked."]);
            }
            error.details.put("task", task);
        }
        if let Some(last) = self.last.take() {
            error.message = text::concat(&[&error.message, " Last attempt: ", last.statement()]);
            for name in ["status", "body", "retryAfterMs"] {
                if let Some(value) = last.details.get(name) {
                    error.details.put(name, value.clone());
                }
            }
            error.cause = last.cause;
        }
        error.message.push_str(advice);
        self.fail(error)
    }

    fn fail(&self, mut error: Box<Error>) -> Step {
        if !self.task_id.is_empty() {
            error.details.put_text("taskId", &self.task_id);
        }
        Step::Done(Err(error))
    }

    fn fail_with(&self, task: Value, mut error: Box<Error>) -> Step {
        error.details.put("task", task);
        self.fail(error)
    }

    fn answered(&mut self, outcome: Outcome, account: &Account, host: &impl Host) -> Step {
        let took = host.now() - self.sent_at;
        let (status, code) = match &outcome {
            Ok(response) => (Some(response.status), None),
            Err(Failure::TimedOut) => (None, Some(Code::Timeout)),
            Err(_) => (None, Some(Code::Network)),
        };
        self.log("attempt", took, status, code, host);
        self.read(outcome, account, host)
    }

    fn read(&mut self, outcome: Outcome, account: &Account, host: &impl Host) -> Step {
        self.typical = account.history.borrow().typical(self.kind);
        let key = account.options.secret();
        match api::read(host, key, self.endpoint, &self.task_id, outcome) {
            Err(error) => self.failed(error, account, host),
            Ok(answer) => match self.method {
                Method::QueryTask if !task::is_safe(&answer) => self.fail_with(answer, task::refusal()),
                Method::GetCredits | Method::QueryTask | Method::AwaitService => Step::Done(Ok(answer)),
                Method::CreateTask => {
                    account.create(answer.as_str().unwrap_or_default(), host.now());
                    let mut created = Value::object();
                    created.put("taskId", answer);
                    Step::Done(Ok(created))
                }
                Method::Generate if self.endpoint == Endpoint::CreateTask => self.created(answer, account, host),
                Method::WaitForTask | Method::Generate => self.polled(Task::new(answer), account, host),
            },
        }
    }

    /// From creating to waiting.
    fn created(&mut self, task_id: Value, account: &Account, host: &impl Host) -> Step {
        self.task_id = task_id.as_str().unwrap_or_default().into();
        host.tell(Listener::Created, task_id);
        self.endpoint = Endpoint::QueryTask;
        match api::query_task(&account.options, &self.task_id) {
            Ok(request) => self.request = request,
            Err(error) => return self.fail(error),
        }
        self.since = host.now();
        account.create(&self.task_id, self.since);
        self.created = Some(self.since);
        self.last = None;
        if self.options.timeout_ms.is_none() {
            self.deadline = self.since + WAIT_TIMEOUT;
        }
        self.attempts = 0;
        self.failures = 0;
        let own = || poll::first_look(host.random());
        let span = self.options.poll_interval_ms.unwrap_or_else(own);
        self.pause(span, None, host)
    }

    fn interval(&self, host: &impl Host) -> Millis {
        let own = || {
            // A task without its output has ended: it is asked for as after a failure, not when tasks are likely to end.
            let failures = self.failures + self.without_output;
            self.typical.pause(self.age(host), failures, host.random())
        };
        self.options.poll_interval_ms.unwrap_or_else(own)
    }

    fn age(&self, host: &impl Host) -> Millis {
        let now = host.now();
        poll::age(now, self.created, now - self.since)
    }

    fn polled(&mut self, task: Task, account: &Account, host: &impl Host) -> Step {
        self.failures = 0;
        self.denials = 0;
        self.last = None;
        if self.method == Method::WaitForTask {
            self.created = task.value().number("createTime").or(self.created);
        }
        let status = task.status();
        let is_done = status == Status::Completed && task.has_output();
        self.progress = if is_done {
            1.0
        } else {
            self.typical.progress(self.age(host)).max(self.progress)
        };
        if task::is_safe(task.value()) {
            self.update(task.value().clone(), None, host);
        }
        match status {
            Status::Completed if is_done => {
                account.history.borrow_mut().learn(self.kind, task.value());
                return Step::Done(Ok(task.into_value()));
            }
            Status::Completed => {
                if self.without_output == OUTPUT_RETRIES {
                    let message = "The task is completed without a readable video. Look for it in your task history at seegen.ai.";
                    return self.fail_with(task.into_value(), Error::new(Code::UnexpectedResponse, message, ""));
                }
                self.without_output += 1;
            }
            Status::Failed => {
                let message = "The service could not make the video: {}.";
                let error = Error::new(Code::TaskFailed, message, api::quote(task.error()));
                return self.fail_with(task.into_value(), error);
            }
            Status::Running => {}
        }
        self.task = Some(task.into_value());
        let span = self.interval(host);
        self.pause(span, None, host)
    }

    fn update(&self, task: Value, message: Option<&str>, host: &impl Host) {
        let mut update = Value::object();
        update.put("task", task);
        update.put_number("elapsedMs", host.now() - self.since);
        update.put_number("polls", self.attempts.into());
        update.put_number("progress", self.progress);
        if let Some(message) = message {
            update.put_text("message", message);
        }
        host.tell(Listener::Updated, update);
    }

    fn failed(&mut self, error: Box<Error>, account: &Account, host: &impl Host) -> Step {
        self.failures += 1;
        let now = host.now();
        let is_create = self.endpoint == Endpoint::CreateTask;
        let is_full = is_create && self.waits() && error.code == Code::ConcurrencyLimit;
        let span = if is_create && !is_full {
            // Nothing else may ever repeat a create.
            self.retry(error.code == Code::Network, &error, account, host)
        } else if !self.waits() {
            let is_new = error.code == Code::NotFound && self.is_new(now);
            self.retry(is_new || retry::passes(&error), &error, account, host)
        } else if is_full || !self.is_final(&error, now) {
            let asked = error.retry_after_ms().min(retry::MAX_RETRY_AFTER);
            let span = self.interval(host).max(asked);
            // Whether somebody else uses the account's slots, or the service will never have one.
            Some(span).filter(|_| !is_full || !account.is_full_for_long(now, span))
        } else {
            None
        };
        let Some(span) = span else {
            return self.fail(error);
        };
        if is_full {
            self.update(Value::Null, Some(error.statement()), host);
        }
        let step = self.pause(span, Some(&error), host);
        // The deadline may cut an attempt short, which then tells less than what came before.
        let is_cut = self.waits() && error.code == Code::Timeout && self.left(host) <= 1.0;
        if !is_cut || self.last.is_none() && self.task.is_none() {
            self.last = Some(error);
        }
        step
    }

    fn retry(&self, may: bool, error: &Error, account: &Account, host: &impl Host) -> Option<Millis> {
        let most = if may { account.options.max_retries } else { 0 };
        retry::pause(most, self.failures, error, host.random()).filter(|_| account.budget.take(host.now()))
    }

    /// Whether a wait ends because the service itself refuses, which asking again will not change.
    fn is_final(&mut self, error: &Error, now: Millis) -> bool {
        let is_refusal = matches!(
            error.code,
            Code::InvalidRequest | Code::Unauthorized | Code::InsufficientCredits | Code::Forbidden | Code::NotFound
        );
        // A gateway may have no balance, and is there all the same.
        if self.method == Method::AwaitService {
            return !retry::passes(error);
        }
        if !is_refusal || !error.is_own_word {
            return false;
        }
        if error.code != Code::NotFound {
            return true;
        }
        if self.denials == 0 {
            self.denied_at = now;
        }
        self.denials += 1;
        self.denials >= DENIALS && now - self.denied_at >= DENIED && !self.is_new(now)
    }

    fn is_new(&self, now: Millis) -> bool {
        self.created.is_some_and(|created| now - created < NEW)
    }

    fn log(&self, kind: &str, ms: Millis, status: Option<u16>, code: Option<Code>, host: &impl Host) {
        let mut event = Value::object();
        event.put_text("type", kind);
        event.put_text("endpoint", self.endpoint.name());
        event.put_number("attempt", self.attempts.into());
        event.put_number("ms", ms);
        if let Some(status) = status {
            event.put_number("status", status.into());
        }
        if let Some(code) = code {
            event.put_text("code", code.name());
        }
        host.tell(Listener::Logged, event);
    }
}
