//! A `Host` in virtual time, with a fake service.

use super::clock::{START, Task};
use super::json::{Json, json, seen, value};
use super::service::{Answer, Request, Service};
use sd2_client::call::{Mark, Method, Step, Work};
use sd2_client::client::Client as AnyClient;
use sd2_client::error::{Code, Error, Mistake, Problem};
use sd2_client::host::{Clock, Host, Millis};
use sd2_client::service::answer::{Asked, Facts};
use sd2_client::service::endpoint::Endpoint;
use sd2_client::service::options::{CallOptions, Options};
use sd2_client::service::reason;
use sd2_client::url;
use sd2_client::validate::validate;
use sd2_client::value::Value;
use sd2_client::words::{TEXTS, Words};
use std::cell::{Cell, RefCell};
use std::future::{pending, poll_fn};
use std::rc::Rc;
use std::task::Poll;

/// A client that works with the responses of the fake service.
pub type Client = AnyClient<Rc<Answer>>;

/// The result of a call.
pub type Result<T> = core::result::Result<T, Box<Failure>>;

/// An error as callers see it.
#[derive(Clone, Debug, PartialEq)]
pub struct Failure {
    pub code: Code,
    pub message: String,
    /// The fields besides the message and the cause.
    pub details: Json,
    pub cause: Json,
}

impl std::fmt::Display for Failure {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl From<Box<Error>> for Box<Failure> {
    fn from(error: Box<Error>) -> Box<Failure> {
        Box::new(Failure {
            code: error.code,
            message: error.message.clone(),
            details: seen(&error.details),
            cause: Json::Null,
        })
    }
}

/// A wrong argument as callers see it.
pub fn from_mistake(mistake: Mistake) -> Box<Failure> {
    Box::new(Failure {
        code: mistake.code,
        message: mistake.message(),
        details: json!({ "code": mistake.code.name(), "retryable": false }),
        cause: Json::Null,
    })
}

/// The listeners of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listener {
    Created,
    Updated,
    Logged,
    /// The store.
    Marked,
}

/// The key of all clients.
pub const KEY: &str = "sk-live-0123456789abcdef";
/// The only date that this platform parses correctly.
pub const DATE: &str = "Sat, 23 Mar 2024 22:56:37 GMT";
/// That date, as the time since the test began.
pub const DATE_AT: Millis = 29_110.0;
/// The longest delay of `setTimeout`.
const LONGEST_TIMER: Millis = 2_147_483_647.0;
/// More sleeps than any test needs. A call with more would never end.
const MOST_SLEEPS: u32 = 30_000;

/// The platform of a test.
pub struct Platform<'s, 'a> {
    service: &'s Service<'a>,
    /// The result of `random`.
    pub random: Cell<f64>,
    /// The time of an abort, since the test began.
    pub abort_at: Cell<Millis>,
    /// The time at which the caller stops, which lets an in-flight create finish.
    pub stop_at: Cell<Millis>,
    /// The time at which the page returns, since the test began.
    pub back_at: Cell<Millis>,
    sleeps: Cell<u32>,
    /// The calls of listeners, with the time since the test began.
    told: Rc<RefCell<Vec<(Listener, Millis, Json)>>>,
}

/// A call on a platform.
struct Calling<'c, 's, 'a> {
    platform: &'c Platform<'s, 'a>,
    method: Method,
    body: Json,
    task_id: RefCell<String>,
    has_left: Cell<bool>,
    is_stoppable: Cell<bool>,
    task: RefCell<Option<Json>>,
    met: RefCell<Option<(Problem, Option<Rc<Answer>>)>>,
    result: RefCell<Option<Result<Json>>>,
}

impl<'s, 'a> Platform<'s, 'a> {
    pub fn new(service: &'s Service<'a>) -> Platform<'s, 'a> {
        Platform {
            service,
            random: Cell::new(0.5),
            abort_at: Cell::new(Millis::INFINITY),
            stop_at: Cell::new(Millis::INFINITY),
            back_at: Cell::new(Millis::INFINITY),
            sleeps: Cell::default(),
            told: Rc::default(),
        }
    }

    /// Starts a call, which can run with others on the service's clock. `None` if it is aborted.
    pub fn start<'c>(
        &'c self,
        client: &'c Client,
        method: Method,
        subject: Json,
        options: Json,
    ) -> Task<'c, Option<Result<Json>>> {
        let options = CallOptions::read(&value(&options)).expect("the options of the call are right");
        self.start_with(client, method, subject, options)
    }

    /// Like `start`, with options that JSON cannot represent.
    pub fn start_with<'c>(
        &'c self,
        client: &'c Client,
        method: Method,
        subject: Json,
        options: CallOptions,
    ) -> Task<'c, Option<Result<Json>>> {
        Box::pin(async move {
            if self.service.clock.elapsed() >= self.gives_up_at(true) {
                return None;
            }
            let request = value(&subject);
            let call = match client.begin(method, &request, options, self, url::alone, |_| ()) {
                Ok(Some(call)) => call,
                Ok(None) => return Some(Err(Error::invalid(validate(&request, &Value::Null).issues).into())),
                Err(mistake) => return Some(Err(from_mistake(mistake))),
            };
            let calling = Calling {
                platform: self,
                method,
                task_id: RefCell::new(subject.as_str().unwrap_or_default().into()),
                body: subject,
                has_left: Cell::default(),
                is_stoppable: Cell::new(true),
                task: RefCell::default(),
                met: RefCell::default(),
                result: RefCell::default(),
            };
            client.run(call, &calling).await;
            calling.result.take()
        })
    }

    /// Runs a call to its end.
    pub fn call(&self, client: &Client, method: Method, subject: Json, options: Json) -> Option<Result<Json>> {
        self.service.clock.run_one(self.start(client, method, subject, options))
    }

    /// Runs a call that must resolve.
    pub fn success(&self, client: &Client, method: Method, subject: Json, options: Json) -> Json {
        self.call(client, method, subject, options)
            .expect("not aborted")
            .expect("a success")
    }

    /// Runs a call that must reject.
    pub fn failure(&self, client: &Client, method: Method, subject: Json, options: Json) -> Box<Failure> {
        self.call(client, method, subject, options)
            .expect("not aborted")
            .expect_err("a failure")
    }

    /// The time since the test began.
    pub fn elapsed(&self) -> Millis {
        self.service.clock.elapsed()
    }

    /// Lets time pass.
    pub async fn pass(&self, span: Millis) {
        self.service.clock.sleep_until(self.now() + span).await;
    }

    /// The arguments that a listener got, in order.
    pub fn told(&self, listener: Listener) -> Vec<Json> {
        self.told_at(listener).into_iter().map(|(_, what)| what).collect()
    }

    /// The arguments that a listener got, with the time since the test began.
    pub fn told_at(&self, listener: Listener) -> Vec<(Millis, Json)> {
        let told = self.told.borrow();
        let to_it = told.iter().filter(|told| told.0 == listener);
        to_it.map(|(_, at, what)| (*at, what.clone())).collect()
    }
}

impl Platform<'_, '_> {
    /// The time at which the caller aborts or stops the call.
    fn gives_up_at(&self, is_stoppable: bool) -> Millis {
        let stop = if is_stoppable {
            self.stop_at.get()
        } else {
            Millis::INFINITY
        };
        self.abort_at.get().min(stop)
    }

    fn note(&self, listener: Listener, what: Json) {
        self.told.borrow_mut().push((listener, self.elapsed(), what));
    }
}

impl Clock for Platform<'_, '_> {
    fn now(&self) -> Millis {
        self.service.clock.now()
    }

    fn random(&self) -> f64 {
        self.random.get()
    }
}

impl Clock for Calling<'_, '_, '_> {
    fn now(&self) -> Millis {
        self.platform.now()
    }

    fn random(&self) -> f64 {
        self.platform.random()
    }
}

impl Host for Calling<'_, '_, '_> {
    type Answer = Rc<Answer>;

    fn perform(&self, step: &Step, sends: bool) -> impl Future<Output = Option<(Facts, Rc<Answer>)>> + Unpin {
        let mut sending = Box::pin(self.send(step.endpoint, sends));
        let mut sleeping = Box::pin(self.sleep(step.limit, step.ends_on_return, step.is_stoppable));
        poll_fn(move |context| {
            if let Poll::Ready(answer) = sending.as_mut().poll(context) {
                return Poll::Ready(Some(answer));
            }
            sleeping.as_mut().poll(context).map(|()| None)
        })
    }

    fn task_id(&self) -> String {
        self.task_id.borrow().clone()
    }

    fn has_left(&self) -> bool {
        self.has_left.get()
    }

    fn is_aborted(&self) -> bool {
        self.platform.service.clock.elapsed() >= self.platform.gives_up_at(self.is_stoppable.get())
    }

    // Same as in js/call.js.
    fn tell(&self, step: &Step, answer: Option<&Rc<Answer>>) {
        let platform = self.platform;
        let endpoint = step.endpoint.name();
        if step.took >= 0.0 {
            let mut event =
                json!({ "type": "attempt", "endpoint": endpoint, "attempt": step.attempt, "ms": step.took });
            match answer.map(|answer| answer.status) {
                Some(Some(status)) => event["status"] = status.into(),
                Some(None) => event["code"] = "network".into(),
                None => event["code"] = "timeout".into(),
            }
            platform.note(Listener::Logged, whole(event));
        }
        if step.mark != Mark::None {
            platform.note(Listener::Marked, format!("{:?}", step.mark).into());
        }
        let mut shown = answer.and_then(|answer| answer.json());
        if step.mark == Mark::Created {
            let id = shown.as_ref().map(|shown| shown["taskId"].clone()).unwrap_or_default();
            *self.task_id.borrow_mut() = id.as_str().unwrap_or_default().into();
            if self.method == Method::Generate {
                platform.note(Listener::Created, id);
            }
        }
        if let (false, Some(shown)) = (step.keeps_output, &mut shown) {
            shown["output"] = Json::Null;
        }
        if let Some(update) = step.update {
            let mut told = json!({
                "task": null, "elapsedMs": update.elapsed, "polls": step.attempt, "progress": update.progress,
            });
            if update.has_task {
                told["task"] = shown.clone().unwrap_or_default();
                self.task.replace(shown.clone());
            } else if let Some(why) = step.why {
                told["message"] = statement(why.what, answer, "", None).into();
            }
            platform.note(Listener::Updated, whole(told));
        }
        match step.work {
            Work::Done => *self.result.borrow_mut() = Some(self.result(step, answer, shown)),
            Work::Pause => {
                if step.has_problem
                    && let Some(why) = step.why
                {
                    self.met.replace(Some((why, answer.cloned())));
                }
                let is_first = step.mark == Mark::Created;
                let (endpoint, attempt) = if is_first {
                    ("queryTask", 0)
                } else {
                    (endpoint, step.attempt)
                };
                let mut event = json!({ "type": "poll", "endpoint": endpoint, "attempt": attempt, "ms": step.limit });
                if let Some(why) = step.why {
                    event["type"] = "retry".into();
                    event["code"] = why.code.name().into();
                }
                platform.note(Listener::Logged, whole(event));
            }
            _ => {}
        }
    }
}

impl Calling<'_, '_, '_> {
    async fn send(&self, endpoint: Endpoint, sends: bool) -> (Facts, Rc<Answer>) {
        if !sends {
            return pending().await;
        }
        self.has_left.set(true);
        let task_id = self.task_id();
        let request = Request {
            endpoint,
            task_id: task_id.clone(),
            body: (endpoint == Endpoint::CreateTask).then(|| self.body.clone()),
        };
        let answer = self.platform.service.receive(&request).await;
        let asked = Asked {
            endpoint,
            task_id: &task_id,
            is_local: false,
        };
        let facts = Facts::read(asked, &value(&answer.laid_out()), self.now());
        (facts, Rc::new(answer))
    }

    async fn sleep(&self, span: Millis, ends_on_return: bool, is_stoppable: bool) {
        let platform = self.platform;
        platform.sleeps.set(platform.sleeps.get() + 1);
        assert!(platform.sleeps.get() < MOST_SLEEPS, "the call never ends");
        let end = self.now() + span.clamp(0.0, LONGEST_TIMER);
        self.is_stoppable.set(is_stoppable);
        let abort = (START + platform.gives_up_at(is_stoppable)).max(self.now());
        let back = START + platform.back_at.get();
        let back = if ends_on_return && back > self.now() { back } else { end };
        platform.service.clock.sleep_until(end.min(abort).min(back)).await;
    }

    fn result(&self, step: &Step, answer: Option<&Rc<Answer>>, shown: Option<Json>) -> Result<Json> {
        let task_id = self.task_id();
        let Some(problem) = step.failure else {
            return Ok(match self.method {
                Method::CreateTask => json!({ "taskId": task_id }),
                _ => shown.unwrap_or_default(),
            });
        };
        let mut details = json!({ "code": problem.code.name(), "retryable": problem.code.is_retryable() });
        if !task_id.is_empty() {
            details["taskId"] = task_id.clone().into();
        }
        let mut message = statement(
            problem.what,
            answer,
            &task_id,
            shown.as_ref().filter(|_| step.shows_task),
        );
        let mut about = answer.cloned();
        let mut retry_after = problem.retry_after;
        if step.shows_task {
            details["task"] = shown.unwrap_or_default();
            about = None;
        } else if step.is_late {
            let task = self.task.borrow();
            about = None;
            match (self.met.borrow().as_ref().filter(|_| step.has_problem), &*task) {
                (Some((met, last)), _) => {
                    message += &format!(" Last attempt: {}", statement(met.what, last.as_ref(), &task_id, None));
                    about = last.clone();
                    retry_after = met.retry_after;
                }
                (None, Some(task)) => {
                    let status: String = task["status"].as_str().unwrap_or_default().chars().take(40).collect();
                    message += &format!(" It was {status} when last asked.");
                }
                _ => {}
            }
            if let Some(task) = &*task {
                details["task"] = task.clone();
            }
        }
        if let Some(answer) = &about
            && let Some(status) = answer.status
        {
            details["status"] = status.into();
            if retry_after > 0.0 {
                details["retryAfterMs"] = retry_after.into();
            }
            details["body"] = answer.text.chars().take(2_000).collect::<String>().into();
        }
        let cause = about
            .as_ref()
            .and_then(|answer| answer.thrown.clone())
            .unwrap_or_default();
        let message = format!("{message} {}", text(problem.advice)).trim().to_owned();
        Err(Box::new(Failure {
            code: problem.code,
            message,
            details: whole(details),
            cause,
        }))
    }
}

fn text(words: Words) -> &'static str {
    TEXTS[words as usize]
}

fn statement(what: Words, answer: Option<&Rc<Answer>>, task_id: &str, task: Option<&Json>) -> String {
    let status = answer.and_then(|answer| answer.status);
    let words = text(what)
        .replace("{status}", &status.unwrap_or_default().to_string())
        .replace("{task}", task_id);
    let said = match (task, answer, status) {
        (Some(task), ..) => Some(reason::of_task(&value(task)).to_owned()),
        (None, Some(answer), Some(status)) if answer.thrown.is_none() => {
            let json = answer.json().map(|json| value(&json));
            reason::of_answer(json.as_ref(), &answer.text, status).map(str::to_owned)
        }
        _ => None,
    };
    match said {
        Some(said) => format!("{words}: {said}."),
        None => format!("{words}."),
    }
}

/// Turns whole numbers into integers, so that they equal those in tests.
fn whole(json: Json) -> Json {
    seen(&value(&json))
}

/// A client with a key and these options.
pub fn client(options: Json) -> Client {
    Client::new(self::options(options).expect("the options are right"))
}

/// The options of [`client`].
pub fn options(mut options: Json) -> core::result::Result<Options, Box<Failure>> {
    if options.get("apiKey").is_none() {
        options["apiKey"] = KEY.into();
    }
    Options::read(&value(&options), url::alone).map_err(from_mistake)
}

/// The fields of an error besides its message and cause.
pub fn details(error: &Failure) -> Json {
    error.details.clone()
}
