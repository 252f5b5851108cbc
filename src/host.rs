//! All that the core asks of the platform it runs on.

use crate::url;
use crate::value::Value;

/// Milliseconds: a span, or a time since the beginning of 1970.
pub type Millis = f64;

/// An HTTP request, ready to be sent.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// The whole URL. It never holds a secret.
    pub url: String,
    /// An object with a text for each header.
    pub headers: Value,
    /// What is sent as JSON, which makes it a POST; a GET without it.
    pub body: Option<Value>,
}

/// An HTTP answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Response {
    /// The status; 0 where a browser hides a redirect.
    pub status: u16,
    /// The `Retry-After` header.
    pub retry_after: Option<String>,
    /// The text of the body, or why it could not be read.
    pub body: Result<String, Value>,
}

impl Response {
    /// Reads what a host made of `fetch`: `{ status, retryAfter?, body? }` for an answer, `thrown` for what was
    /// thrown instead of it or of its body (its `syscall` is where that failed), `offline` for a network that was not
    /// there before. `url` was asked.
    pub fn read(answer: &Value, url: &str) -> Result<Response, Failure> {
        let cause = answer.get("thrown").cloned().unwrap_or(Value::Null);
        match answer.number("status") {
            Some(status) => Ok(Response {
                status: status as u16,
                retry_after: answer.text("retryAfter").map(str::to_owned),
                body: answer.text("body").map(str::to_owned).ok_or(cause),
            }),
            None if answer.get("offline").is_some() && !is_on_this_machine(url) || is_before_connection(&cause) => {
                Err(Failure::NotConnected(cause))
            }
            None => Err(Failure::Lost(cause)),
        }
    }
}

/// Whether a network is not even needed.
fn is_on_this_machine(url: &str) -> bool {
    matches!(url::kind(url), url::Kind::Http { host, .. } if url::is_loopback(host))
}

/// Whether the platform says that no connection was made, so that nothing can have been sent. Node does.
fn is_before_connection(cause: &Value) -> bool {
    matches!(cause.text("syscall"), Some("connect" | "getaddrinfo"))
        || matches!(
            cause.text("code"),
            Some("ECONNREFUSED" | "ENOTFOUND" | "EAI_AGAIN" | "UND_ERR_CONNECT_TIMEOUT")
        )
        || cause.get("cause").is_some_and(is_before_connection)
}

/// Why there is no answer; with what was thrown, as `{ name, message, code?, cause? }`.
#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
    /// No connection was made: the service knows nothing of the request.
    NotConnected(Value),
    /// The request may have arrived.
    Lost(Value),
    /// The time for one attempt was over; the request may have arrived.
    TimedOut,
}

/// Who is told what happens on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listener {
    /// The task was made; it gets the task's id, by which the task is known from here on.
    Created,
    /// The service was asked for the task, and answered: `{ task, elapsedMs, polls, progress }`.
    Updated,
    /// Something for the log: `{ type, endpoint, attempt, ms, status?, code? }`, free of keys and signed URLs.
    Logged,
}

/// The platform during one call: a browser, a Worker, a server, or a test in virtual time.
pub trait Host {
    /// Sends a request once, without following a redirect. Dropping the future gives the attempt up.
    fn send(&self, request: &Request) -> impl Future<Output = Result<Response, Failure>>;

    /// Waits so long, or as long as the platform's longest timer, or until the caller gives up; if it is rousable,
    /// also until a page that was hidden or offline is back. Dropping the future leaves no timer behind.
    fn sleep(&self, span: Millis, is_rousable: bool) -> impl Future<Output = ()>;

    /// Whether the caller has given up.
    fn is_aborted(&self) -> bool;

    /// The time.
    fn now(&self) -> Millis;

    /// A random number from 0 up to, but not including, 1.
    fn random(&self) -> f64;

    /// Reads JSON; `None` if it is none.
    fn parse_json(&self, text: &str) -> Option<Value>;

    /// Reads a date as HTTP headers have it.
    fn parse_date(&self, text: &str) -> Option<Millis>;

    /// Tells who listens. Whatever comes of it, the call goes on.
    fn tell(&self, listener: Listener, what: Value);
}
