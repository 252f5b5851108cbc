//! Errors: a code to branch on, and a sentence that says what happened and what to do.

use crate::host::Millis;
use crate::text;
use crate::value::Value;
use crate::words::TEXTS;
pub use crate::words::Words;

/// The result of a fallible operation. The error is boxed because it is large and rare.
pub type Result<T> = core::result::Result<T, Box<Error>>;

/// A failure. Never contains the API key.
#[derive(Clone, Debug, PartialEq)]
pub struct Error {
    /// What callers branch on.
    pub code: Code,
    /// One or two sentences: what happened and what to do.
    pub message: String,
    /// The other fields that callers see: `code`, `retryable`, and possibly `status`, `taskId`, `task`, `issues`, `body`
    /// (cut at 2 kB) and `retryAfterMs`.
    pub details: Value,
    /// What the platform threw, as `{ name, message, code?, cause? }` without the API key.
    pub cause: Value,
}

/// The kinds of failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Code {
    /// The validator found errors, or HTTP 400.
    InvalidRequest,
    /// HTTP 401.
    Unauthorized,
    /// HTTP 402.
    InsufficientCredits,
    /// HTTP 403.
    Forbidden,
    /// HTTP 404.
    NotFound,
    /// A create that may have created a task.
    OutcomeUnknown,
    /// The task ended FAILED.
    TaskFailed,
    /// A response that does not match the documentation.
    UnexpectedResponse,
    /// A wrong argument or option.
    InvalidArgument,
    /// WebAssembly is missing or stopped.
    NotInitialized,
    // The codes from here on are retryable.
    /// HTTP 429.
    ConcurrencyLimit,
    /// HTTP 5xx on a call that is safe to repeat.
    ServerError,
    /// There was no response, and the request certainly had no effect.
    Network,
    /// An HTTP attempt of a safe call timed out.
    Timeout,
    /// The wait's deadline passed.
    WaitTimeout,
}

/// The names that callers see, in the order of [`Code`].
pub static CODES: [&str; 15] = [
    "invalid_request",
    "unauthorized",
    "insufficient_credits",
    "forbidden",
    "not_found",
    "outcome_unknown",
    "task_failed",
    "unexpected_response",
    "invalid_argument",
    "not_initialized",
    "concurrency_limit",
    "server_error",
    "network",
    "timeout",
    "wait_timeout",
];

impl Code {
    /// The name that callers see.
    pub fn name(self) -> &'static str {
        CODES.get(self as usize).copied().unwrap_or_default()
    }

    /// Whether the same call may succeed later.
    pub fn is_retryable(self) -> bool {
        self as u8 >= Code::ConcurrencyLimit as u8
    }
}

/// An error in a call, found before anything is sent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Mistake<'a> {
    /// What callers branch on.
    pub code: Code,
    /// The sentence.
    pub words: Words,
    /// What replaces the `{}` of the sentence.
    pub about: &'a str,
}

impl Mistake<'_> {
    /// The sentence as callers see it.
    pub fn message(&self) -> String {
        TEXTS
            .get(self.words as usize)
            .copied()
            .unwrap_or_default()
            .replace("{}", self.about)
    }
}

/// A failure as numbers, for JavaScript.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Problem {
    /// What callers branch on.
    pub code: Code,
    /// What happened.
    pub what: Words,
    /// What to do.
    pub advice: Words,
    /// How long the service asks to wait; 0 if it does not.
    pub retry_after: Millis,
}

impl Problem {
    /// A failure without a retry delay.
    pub const fn new(code: Code, what: Words, advice: Words) -> Problem {
        Problem {
            code,
            what,
            advice,
            retry_after: 0.0,
        }
    }
}

impl Error {
    /// An error with this message, in which the argument replaces `{}`.
    pub fn new(code: Code, template: &str, argument: &str) -> Box<Error> {
        let mut details = Value::object();
        details.put_text("code", code.name());
        details.put("retryable", Value::Bool(code.is_retryable()));
        Box::new(Error {
            code,
            message: text::fill(template, argument),
            details,
            cause: Value::Null,
        })
    }

    /// The error of a request that was refused before it was sent.
    pub fn invalid(issues: Vec<Value>) -> Box<Error> {
        let mut errors = issues.iter().filter(|issue| issue.text("severity") == Some("error"));
        let mut first = String::new();
        if let Some(issue) = errors.next() {
            for step in issue.get("path").and_then(Value::as_array).unwrap_or_default() {
                match step {
                    Value::String(field) => first.push_str(field),
                    _ => first.push_str(&text::decimal(step.as_number().unwrap_or_default() as u64)),
                }
                first.push_str(": ");
            }
            first.push_str(issue.text("message").unwrap_or_default());
        }
        let template = if errors.next().is_some() {
            "The request is not valid: {} (More errors: see issues.)"
        } else {
            "The request is not valid: {}"
        };
        let mut error = Error::new(Code::InvalidRequest, template, &first);
        error.details.put("issues", Value::Array(issues));
        error
    }

    /// The error of a wrong argument.
    pub fn argument(template: &str, argument: &str) -> Box<Error> {
        Error::new(Code::InvalidArgument, template, argument)
    }

    /// How long the service asks to wait; 0 if it does not.
    pub fn retry_after_ms(&self) -> f64 {
        self.details.number("retryAfterMs").unwrap_or_default()
    }
}

impl core::fmt::Display for Error {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl core::error::Error for Error {}
