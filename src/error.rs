//! The one error of the library: what happened, and what to do.

use crate::text;
use crate::value::Value;

/// What a fallible operation gives. The error is boxed because it is large and rare.
pub type Result<T> = core::result::Result<T, Box<Error>>;

/// A failure, with all that is known of it. Never holds the API key.
#[derive(Clone, Debug, PartialEq)]
pub struct Error {
    /// What callers branch on.
    pub code: Code,
    /// One or two sentences: what happened and what to do.
    pub message: String,
    /// As much of the message as tells what happened, in bytes.
    pub statement: usize,
    /// Whether this is the service's own word, in its documented form. Anything between here and there may refuse, too.
    pub is_own_word: bool,
    /// The fields that callers see beside the message: `code`, `retryable`, and where they exist `status`,
    /// `taskId`, `task`, `issues`, `body` (cut at 2 kB) and `retryAfterMs`.
    pub details: Value,
    /// What the platform threw, as `{ name, message, code?, cause? }`, the key taken out.
    pub cause: Value,
}

/// The kinds of failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// The validator found errors, or the service answered 400.
    InvalidRequest,
    /// HTTP 401.
    Unauthorized,
    /// HTTP 402.
    InsufficientCredits,
    /// HTTP 403.
    Forbidden,
    /// HTTP 404.
    NotFound,
    /// HTTP 429.
    ConcurrencyLimit,
    /// HTTP 5xx on a call that is safe to repeat.
    ServerError,
    /// No answer, and certainly nothing was done.
    Network,
    /// One HTTP attempt of a safe call ran out of time.
    Timeout,
    /// A create that may have happened.
    OutcomeUnknown,
    /// The wait's deadline passed.
    WaitTimeout,
    /// The task ended FAILED.
    TaskFailed,
    /// An answer that is not what the documentation says.
    UnexpectedResponse,
    /// The caller misused the library.
    InvalidArgument,
}

impl Code {
    /// The name that callers see.
    pub fn name(self) -> &'static str {
        match self {
            Code::InvalidRequest => "invalid_request",
            Code::Unauthorized => "unauthorized",
            Code::InsufficientCredits => "insufficient_credits",
            Code::Forbidden => "forbidden",
            Code::NotFound => "not_found",
            Code::ConcurrencyLimit => "concurrency_limit",
            Code::ServerError => "server_error",
            Code::Network => "network",
            Code::Timeout => "timeout",
            Code::OutcomeUnknown => "outcome_unknown",
            Code::WaitTimeout => "wait_timeout",
            Code::TaskFailed => "task_failed",
            Code::UnexpectedResponse => "unexpected_response",
            Code::InvalidArgument => "invalid_argument",
        }
    }

    /// Whether the same call may succeed later.
    pub fn is_retryable(self) -> bool {
        matches!(
            self,
            Code::ConcurrencyLimit | Code::ServerError | Code::Network | Code::Timeout | Code::WaitTimeout
        )
    }
}

impl Error {
    /// An error whose message is this template, its `{}` replaced by the argument.
    pub fn new(code: Code, template: &str, argument: &str) -> Box<Error> {
        let mut details = Value::object();
        details.put_text("code", code.name());
        details.put("retryable", Value::Bool(code.is_retryable()));
        let message = text::fill(template, argument);
        Box::new(Error {
            code,
            statement: message.len(),
            is_own_word: false,
            message,
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
            "The request is not valid: {} (There is more: see issues.)"
        } else {
            "The request is not valid: {}"
        };
        let mut error = Error::new(Code::InvalidRequest, template, &first);
        error.details.put("issues", Value::Array(issues));
        error
    }

    /// The error of a call that the library cannot make sense of.
    pub fn argument(template: &str, argument: &str) -> Box<Error> {
        Error::new(Code::InvalidArgument, template, argument)
    }

    /// What happened, without what to do.
    pub fn statement(&self) -> &str {
        text::head(&self.message, self.statement)
    }

    /// How long the service asks to wait; nothing if it does not.
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
