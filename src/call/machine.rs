//! One call of a client as a machine without I/O: each step is told what happened and says what to do next, in numbers.
//!
//! All decisions that may cost money are made here and tested in virtual time: a create is sent at most once, a wait never ends before
//! its deadline while the task runs, and each pause has its bounds. The state is plain numbers, so it can be saved and
//! restored (see [`record`](crate::call::record)).

use crate::call::account::{Account, NEW};
use crate::call::poll::{self, Typical};
use crate::call::retry;
use crate::error::{Code, Problem, Words};
use crate::host::{Clock, Millis};
use crate::service::answer::{Facts, Reply};
use crate::service::endpoint::Endpoint;
use crate::service::options::CallOptions;

/// The time for a whole wait, unless the caller gives another: 15 minutes.
pub const WAIT_TIMEOUT: Millis = 900_000.0;

/// If the deadline passed this long ago, the machine was asleep; allow this much more.
const OVERSLEPT: Millis = 10_000.0;

/// How often a completed task without a readable video is asked for again.
const VIDEO_RETRIES: u32 = 3;

/// "Not found" is believed after this many answers ...
const DENIALS: u32 = 3;
/// ... over at least this long.
const DENIAL_SPAN: Millis = 10_000.0;

/// What a caller can ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
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
    /// Take a task out of a gateway's queue.
    CancelTask,
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Work {
    /// Take a free slot.
    TakeSlot,
    /// Send a request to the step's endpoint.
    Send,
    /// Wait, unless another call that waits for the same task gets an answer.
    Pause,
    /// The call is over.
    Done,
    /// The call is over, because its caller aborted it.
    Aborted,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Event {
    /// The call begins.
    Begin,
    /// The slot is taken.
    SlotTaken,
    /// It is this call's turn to poll a task for which several calls wait.
    Turn,
    /// This call's attempt has ended.
    Answer(Facts),
    /// Another call's poll of the same task has ended.
    Heard(Facts),
    /// The step's time is over, or a page returned during a pause.
    TimeUp {
        /// Whether a request may have left the machine.
        has_left: bool,
    },
    /// The call was saved, and continues on another host.
    Restored,
    /// The caller aborted the call.
    Aborted {
        /// Whether a request may have left the machine.
        has_left: bool,
    },
}

/// What a store must record about a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Mark {
    /// Nothing new.
    None,
    /// A create is about to be sent: the store must know before it is.
    Creating,
    /// The create certainly made no task.
    NotCreated,
    /// The task exists; the answer has its id.
    Created,
    /// The task has ended: once the caller has the result, its item can be deleted.
    Over,
}

/// Whether a call made a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Made {
    /// Certainly not.
    No,
    /// Nobody knows.
    Unknown,
    /// Yes.
    Yes,
}

/// What to do next, and what to report. Only numbers.
#[derive(Clone, Copy, Debug)]
pub struct Step {
    pub work: Work,
    /// For how long at most.
    pub limit: Millis,
    /// Whether the pause ends when a page that was hidden or offline returns.
    pub ends_on_return: bool,
    /// Whether the call ends now if its caller stops. An in-flight create must finish, or its task's id would be lost.
    pub is_stoppable: bool,
    /// Where to send, or where the last request went.
    pub endpoint: Endpoint,
    /// What the store must record before the work is done.
    pub mark: Mark,
    pub attempt: u32,
    /// How long the attempt that has just ended took; NaN if none has.
    pub took: Millis,
    /// Whether the task of the last answer keeps its output.
    pub keeps_output: bool,
    /// What to report to `onUpdate`, if the last answer had a task or said that the account is full.
    pub update: Option<Update>,
    /// Why the call pauses, if it is a failure.
    pub why: Option<Problem>,
    /// Why the call failed, if it did.
    pub failure: Option<Problem>,
    /// Whether the error has the task of the last answer.
    pub shows_task: bool,
    /// At a pause: whether its reason is the wait's last problem, to be reported if the time runs out. At the end of a wait that
    /// timed out: whether there was such a problem.
    pub has_problem: bool,
    /// Whether the call ends because its time ran out, so that the error is about the wait rather than about an answer.
    pub is_late: bool,
    /// Whether a task was made.
    pub made: Made,
}

/// A report to `onUpdate`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Update {
    /// Since the creation, or since the wait began.
    pub elapsed: Millis,
    /// An estimate from 0 to 1.
    pub progress: f64,
    /// The estimate at the end of the pause that follows.
    pub next: f64,
    /// Whether there is a task to show.
    pub has_task: bool,
}

/// A running call.
#[derive(Clone, Debug)]
pub struct Call {
    pub(crate) method: Method,
    pub(crate) options: CallOptions,
    /// The kind of the task (see [`poll::kind`]), for the estimate of its duration.
    pub(crate) kind: u32,
    pub(crate) endpoint: Endpoint,
    pub(crate) work: Work,
    pub(crate) made: Made,
    /// No attempt begins after it.
    pub(crate) deadline: Millis,
    /// When the first request was due at the current endpoint.
    pub(crate) since: Millis,
    pub(crate) sent_at: Millis,
    /// When the current pause ends.
    pub(crate) until: Millis,
    pub(crate) attempts: u32,
    /// Failures in a row.
    pub(crate) failures: u32,
    pub(crate) without_video: u32,
    /// Responses in a row in which the service itself says "not found".
    pub(crate) denials: u32,
    pub(crate) denied_at: Millis,
    pub(crate) progress: f64,
    /// When this client made the task, or when the service says that it was made; NaN if unknown.
    pub(crate) created: Millis,
    /// When a gateway last said that the task is in its queue; NaN if it never did.
    pub(crate) queued: Millis,
    /// Whether an earlier attempt of the create may have arrived.
    pub(crate) is_unclear: bool,
    /// Whether the last attempt failed.
    pub(crate) has_problem: bool,
    /// Whether a response had the task.
    pub(crate) has_task: bool,
}

impl Call {
    /// A call of this method, for a task of this kind (see [`poll::kind`]) that this client made at `created` (NaN if it did
    /// not).
    pub fn new(method: Method, kind: u32, options: CallOptions, created: Millis, now: Millis) -> Call {
        let endpoint = match method {
            Method::CreateTask | Method::Generate => Endpoint::CreateTask,
            Method::GetCredits | Method::AwaitService => Endpoint::Credits,
            Method::QueryTask | Method::WaitForTask => Endpoint::QueryTask,
            Method::CancelTask => Endpoint::Cancel,
        };
        let limit = match method {
            Method::WaitForTask | Method::AwaitService => options.timeout_ms.unwrap_or(WAIT_TIMEOUT),
            // Without `timeoutMs`, the deadline of a generation starts when the task is created.
            Method::Generate => options.timeout_ms.unwrap_or(f64::INFINITY),
            _ => f64::INFINITY,
        };
        Call {
            method,
            options,
            kind,
            endpoint,
            work: Work::TakeSlot,
            made: Made::No,
            deadline: now + limit,
            since: now,
            sent_at: now,
            until: now,
            attempts: 0,
            failures: 0,
            without_video: 0,
            denials: 0,
            denied_at: now,
            progress: 0.0,
            created,
            queued: f64::NAN,
            is_unclear: false,
            has_problem: false,
            has_task: false,
        }
    }

    /// Whether the call waits for a task that exists, so that its polls can be shared.
    pub fn is_watching(&self) -> bool {
        self.waits() && self.endpoint == Endpoint::QueryTask
    }

    /// Advances by one event and returns what to do next.
    pub fn step(&mut self, event: Event, account: &Account, clock: &impl Clock) -> Step {
        let mut step = Step {
            work: Work::Done,
            limit: 0.0,
            ends_on_return: false,
            is_stoppable: true,
            endpoint: self.endpoint,
            mark: Mark::None,
            attempt: 0,
            took: f64::NAN,
            keeps_output: true,
            update: None,
            why: None,
            failure: None,
            shows_task: false,
            has_problem: false,
            is_late: false,
            made: Made::No,
        };
        self.advance(event, account, clock, &mut step);
        self.work = step.work;
        step.made = self.made;
        step
    }

    fn advance(&mut self, event: Event, account: &Account, clock: &impl Clock, step: &mut Step) {
        match (event, self.work) {
            (Event::Aborted { has_left }, _) => self.abort(has_left, step),
            (Event::Restored, Work::Send) if self.endpoint == Endpoint::CreateTask => {
                // The create may have been sent, and its answer is lost.
                self.answered(Facts::without_answer(Reply::Lost), account, clock, step);
            }
            (Event::Restored, Work::Send) => self.attempt(account, clock, step),
            (Event::Restored, Work::Pause) => {
                step.work = Work::Pause;
                step.limit = (self.until - clock.now()).max(0.0);
            }
            (Event::Restored, _) => self.take_slot(clock, step),
            (Event::Begin, _) if self.method == Method::Generate => self.take_slot(clock, step),
            (Event::Begin | Event::SlotTaken, _) | (Event::TimeUp { .. }, Work::Pause) => {
                self.attempts += 1;
                self.attempt(account, clock, step);
            }
            (Event::TimeUp { .. }, Work::TakeSlot) if self.left(clock) <= 0.0 => self.too_late(step),
            // The platform's longest timer was shorter than the step's time.
            (Event::TimeUp { .. }, Work::TakeSlot) => self.take_slot(clock, step),
            (Event::TimeUp { has_left }, _) => {
                let reply = if has_left { Reply::TimedOut } else { Reply::NotConnected };
                self.answered(Facts::without_answer(reply), account, clock, step);
            }
            // The attempt's timeout starts with its turn.
            (Event::Turn, _) => self.attempt(account, clock, step),
            (Event::Answer(facts), _) => self.answered(facts, account, clock, step),
            (Event::Heard(facts), work) => {
                self.attempts += u32::from(work != Work::Send);
                step.attempt = self.attempts;
                self.read(facts, account, clock, step);
            }
        }
    }

    fn left(&self, clock: &impl Clock) -> Millis {
        self.deadline - clock.now()
    }

    fn waits(&self) -> bool {
        matches!(
            self.method,
            Method::WaitForTask | Method::Generate | Method::AwaitService
        )
    }

    fn take_slot(&self, clock: &impl Clock, step: &mut Step) {
        step.work = Work::TakeSlot;
        step.limit = self.left(clock);
    }

    fn attempt(&mut self, account: &Account, clock: &impl Clock, step: &mut Step) {
        let mut left = self.left(clock);
        if left < -OVERSLEPT && self.is_watching() {
            // The task went on while the machine slept, and has probably ended.
            self.deadline = clock.now() + OVERSLEPT;
            left = OVERSLEPT;
        }
        // A timer may end a millisecond early.
        if left <= 1.0 {
            return self.too_late(step);
        }
        self.sent_at = clock.now();
        let own = self.options.timeout_ms.filter(|_| !self.waits());
        step.work = Work::Send;
        step.limit = own.unwrap_or(account.options.timeout_ms).min(left);
        if self.endpoint == Endpoint::CreateTask {
            // Known only when it is answered.
            self.made = Made::Unknown;
            step.is_stoppable = false;
            if !self.is_unclear {
                step.mark = Mark::Creating;
            }
        }
    }

    fn pause(&mut self, span: Millis, why: Option<Problem>, clock: &impl Clock, step: &mut Step) {
        step.work = Work::Pause;
        step.is_stoppable = self.endpoint != Endpoint::CreateTask || !self.is_unclear;
        // A returning page must not shorten Retry-After or a create's pause.
        step.ends_on_return =
            self.endpoint != Endpoint::CreateTask && why.is_none_or(|problem| problem.retry_after == 0.0);
        step.why = why;
        step.limit = span.min(self.left(clock));
        self.until = clock.now() + step.limit;
    }

    fn too_late(&self, step: &mut Step) {
        let has_task = self.endpoint == Endpoint::QueryTask;
        let (what, advice) = if has_task {
            (Words::TimedOutTask, Words::WaitAgain)
        } else {
            (Words::TimedOut, Words::Nothing)
        };
        step.failure = Some(Problem::new(Code::WaitTimeout, what, advice));
        step.has_problem = self.has_problem;
        step.is_late = true;
    }

    fn abort(&mut self, has_left: bool, step: &mut Step) {
        step.work = Work::Aborted;
        if self.made == Made::Unknown && !has_left && !self.is_unclear {
            self.made = Made::No;
            step.mark = Mark::NotCreated;
        }
    }

    fn answered(&mut self, facts: Facts, account: &Account, clock: &impl Clock, step: &mut Step) {
        step.took = clock.now() - self.sent_at;
        step.attempt = self.attempts;
        self.read(facts, account, clock, step);
    }

    fn read(&mut self, facts: Facts, account: &Account, clock: &impl Clock, step: &mut Step) {
        if let Some(mut problem) = Problem::of(self.endpoint, &facts) {
            if account.options.is_gateway && matches!(facts.status, 401..=403 | 409 | 429) {
                // A gateway's refusal is about this user, not about the account and its key.
                problem.what = Words::Refused;
                problem.advice = Words::Nothing;
            }
            return self.failed(problem, &facts, account, clock, step);
        }
        step.keeps_output = facts.keeps_output;
        match self.method {
            Method::Generate if self.endpoint == Endpoint::CreateTask => self.created(clock, step),
            Method::Generate | Method::WaitForTask => self.polled(&facts, account, clock, step),
            Method::CreateTask => {
                self.made = Made::Yes;
                step.mark = Mark::Created;
            }
            Method::QueryTask if !facts.is_safe => self.fail_with_task(UNTRUSTED, step),
            Method::QueryTask if matches!(facts.reply, Reply::Completed | Reply::Failed) => step.mark = Mark::Over,
            _ => {}
        }
    }

    /// Starts to wait for a task that was just created.
    fn created(&mut self, clock: &impl Clock, step: &mut Step) {
        self.made = Made::Yes;
        step.mark = Mark::Created;
        self.endpoint = Endpoint::QueryTask;
        self.since = clock.now();
        self.created = self.since;
        if self.options.timeout_ms.is_none() {
            self.deadline = self.since + WAIT_TIMEOUT;
        }
        self.attempts = 0;
        self.failures = 0;
        self.has_problem = false;
        let own = || poll::first_look(clock.random());
        let span = self.options.poll_interval_ms.unwrap_or_else(own);
        self.pause(span, None, clock, step);
    }

    fn typical(&self, account: &Account) -> Typical {
        account.history.borrow().typical(self.kind)
    }

    fn interval(&self, is_pushed: bool, account: &Account, clock: &impl Clock) -> Millis {
        let own = || {
            // A completed task without its video is polled as after a failure, not when tasks are likely to end.
            let failures = self.failures + self.without_video;
            if is_pushed && failures == 0 {
                return poll::safety(clock.random());
            }
            self.typical(account).pause(self.age(clock), failures, clock.random())
        };
        self.options.poll_interval_ms.unwrap_or_else(own)
    }

    fn age(&self, clock: &impl Clock) -> Millis {
        let now = clock.now();
        if self.queued.is_nan() {
            poll::age(now, self.created, now - self.since)
        } else {
            now - self.queued
        }
    }

    fn polled(&mut self, facts: &Facts, account: &Account, clock: &impl Clock, step: &mut Step) {
        self.failures = 0;
        self.denials = 0;
        self.has_problem = false;
        self.has_task = true;
        if facts.reply == Reply::Queued {
            self.queued = clock.now();
            if self.options.timeout_ms.is_none() {
                self.deadline = self.queued + WAIT_TIMEOUT;
            }
        }
        if self.method == Method::WaitForTask && !facts.created.is_nan() {
            self.created = facts.created;
        }
        self.progress = if facts.reply == Reply::Completed {
            1.0
        } else {
            self.typical(account).progress(self.age(clock)).max(self.progress)
        };
        if facts.is_safe {
            self.update(true, clock, step);
        }
        match facts.reply {
            Reply::Completed => {
                account.history.borrow_mut().learn(self.kind, facts.took);
                step.mark = Mark::Over;
                return;
            }
            Reply::Failed => {
                step.mark = Mark::Over;
                return self.fail_with_task(TASK_FAILED, step);
            }
            // The gateway may still find the task, so its item stays in the store.
            Reply::Unclear => return self.fail_with_task(UNCLEAR, step),
            Reply::WithoutVideo if self.without_video == VIDEO_RETRIES => {
                step.mark = Mark::Over;
                return self.fail_with_task(WITHOUT_VIDEO, step);
            }
            Reply::WithoutVideo => self.without_video += 1,
            _ => {}
        }
        let span = self.interval(facts.is_pushed, account, clock);
        self.pause(span, None, clock, step);
        if let Some(update) = &mut step.update {
            update.next = self.typical(account).progress(self.age(clock) + step.limit);
        }
    }

    fn fail_with_task(&self, problem: Problem, step: &mut Step) {
        step.failure = Some(problem);
        step.shows_task = true;
    }

    fn update(&self, has_task: bool, clock: &impl Clock, step: &mut Step) {
        step.update = Some(Update {
            elapsed: clock.now() - self.since,
            progress: self.progress,
            next: self.progress,
            has_task,
        });
    }

    fn failed(&mut self, mut problem: Problem, facts: &Facts, account: &Account, clock: &impl Clock, step: &mut Step) {
        self.failures += 1;
        let is_create = self.endpoint == Endpoint::CreateTask;
        self.is_unclear |= problem.code == Code::OutcomeUnknown;
        if is_create && !self.is_unclear {
            self.made = Made::No;
            step.mark = Mark::NotCreated;
        }
        let Some(span) = self.again(&problem, facts, account, clock) else {
            if is_create && self.is_unclear {
                problem.code = Code::OutcomeUnknown;
                problem.advice = Words::MayBeCharged;
            }
            // Any answer ends a wait for the service.
            step.failure = Some(problem).filter(|_| self.method != Method::AwaitService);
            if self.made == Made::Unknown || facts.status == 404 && self.is_watching() {
                step.mark = Mark::Over;
            }
            return;
        };
        if is_create && problem.code == Code::ConcurrencyLimit && self.method == Method::Generate {
            self.update(false, clock, step);
        }
        self.pause(span, Some(problem), clock, step);
        // If the deadline cut the last attempt short, the problem before it says more.
        let is_cut = self.waits() && facts.reply == Reply::TimedOut && self.left(clock) <= 1.0;
        if !is_cut || !self.has_problem && !self.has_task {
            step.has_problem = true;
            self.has_problem = true;
        }
    }

    /// The pause before the request is repeated, if it is.
    fn again(&mut self, problem: &Problem, facts: &Facts, account: &Account, clock: &impl Clock) -> Option<Millis> {
        let now = clock.now();
        let is_create = self.endpoint == Endpoint::CreateTask;
        // A create that may have arrived is repeated only if it has a key by which a gateway recognizes it.
        let is_keyed = is_create && account.options.is_gateway && is_lost(facts);
        let is_full = is_create && self.waits() && (is_keyed || problem.code == Code::ConcurrencyLimit);
        if is_create && !is_full || !self.waits() {
            let passes = if is_create {
                is_keyed || problem.code == Code::Network
            } else {
                retry::passes(problem.code, facts.status) || problem.code == Code::NotFound && self.is_new(now)
            };
            let is_left = passes
                && self.failures <= account.options.max_retries
                && problem.retry_after <= retry::MAX_RETRY_AFTER
                && account.retries.take(now);
            return is_left.then(|| retry::span(self.failures, problem.retry_after, clock.random()));
        }
        if !is_full && self.is_final(problem, facts, now) {
            return None;
        }
        let asked = problem.retry_after.min(retry::MAX_RETRY_AFTER);
        let span = self.interval(false, account, clock).max(asked);
        Some(span).filter(|_| !is_full || !account.is_full_for_long(now, span))
    }

    /// Whether a response of the service itself ends a wait, because another poll would not change it.
    fn is_final(&mut self, problem: &Problem, facts: &Facts, now: Millis) -> bool {
        if self.method == Method::AwaitService {
            // A gateway without a balance refuses the request, but it answers.
            return !retry::passes(problem.code, facts.status);
        }
        if facts.reply != Reply::Refused || !(400..=404).contains(&facts.status) {
            return false;
        }
        if facts.status != 404 {
            return true;
        }
        if self.denials == 0 {
            self.denied_at = now;
        }
        self.denials += 1;
        self.denials >= DENIALS && now - self.denied_at >= DENIAL_SPAN && !self.is_new(now)
    }

    fn is_new(&self, now: Millis) -> bool {
        now - self.created < NEW
    }
}

/// Whether an attempt had no answer, or one that may be temporary.
fn is_lost(facts: &Facts) -> bool {
    facts.reply as u8 <= Reply::BrokeOff as u8 || matches!(facts.status, 408 | 425 | 500..)
}

/// The body is a task, but must not be shown as one.
const UNTRUSTED: Problem = Problem::new(Code::UnexpectedResponse, Words::Untrusted, Words::DoNotTrust);
const TASK_FAILED: Problem = Problem::new(Code::TaskFailed, Words::TaskFailed, Words::Nothing);
const UNCLEAR: Problem = Problem::new(Code::OutcomeUnknown, Words::Unclear, Words::MayBeCharged);
const WITHOUT_VIDEO: Problem = Problem::new(Code::UnexpectedResponse, Words::WithoutVideo, Words::LookInHistory);
