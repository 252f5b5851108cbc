//! The three endpoints: how each request is built, and how each answer is read.

use crate::error::{Code, Error, Result};
use crate::host::{Failure, Host, Request, Response};
use crate::options::Options;
use crate::redact;
use crate::retry;
use crate::task;
use crate::text;
use crate::value::Value;

/// As much of an answer's body as an error carries, in bytes.
pub const BODY_LIMIT: usize = 2_000;
/// As much of the service's own words as a message quotes, in bytes.
const QUOTE_LIMIT: usize = 500;

/// An endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// `POST /jobs/createTask`.
    CreateTask,
    /// `GET /jobs/queryTask`.
    QueryTask,
    /// `GET /account/credits`.
    Credits,
}

impl Endpoint {
    /// The last part of the path, as the log names it.
    pub fn name(self) -> &'static str {
        match self {
            Endpoint::CreateTask => "createTask",
            Endpoint::QueryTask => "queryTask",
            Endpoint::Credits => "credits",
        }
    }
}

/// The request that makes a task.
pub fn create_task(options: &Options, request: Value) -> Request {
    self::request(options, "/jobs/createTask", "", Some(request))
}

/// The request that asks for a task.
pub fn query_task(options: &Options, task_id: &str) -> Result<Request> {
    if task_id.is_empty() {
        return Err(Error::argument(
            "taskId must be the text that createTask resolved to.",
            "",
        ));
    }
    Ok(request(options, "/jobs/queryTask?taskId=", &encode(task_id), None))
}

/// The request that asks for the balance.
pub fn credits(options: &Options) -> Request {
    request(options, "/account/credits", "", None)
}

fn request(options: &Options, path: &str, query: &str, body: Option<Value>) -> Request {
    let mut headers = options.headers.clone();
    if let Some(key) = &options.api_key {
        headers.put_text("Authorization", &text::concat(&["Bearer ", key]));
    }
    if body.is_some() && options.header("content-type").is_none() {
        headers.put_text("Content-Type", "application/json");
    }
    Request {
        url: text::concat(&[&options.base_url, path, query]),
        headers,
        body,
    }
}

/// The service's own words, as a message quotes them.
pub fn quote(said: Option<&str>) -> &str {
    text::trim_end(text::head(said.unwrap_or("no reason given"), QUOTE_LIMIT), b'.')
}

/// Percent-encodes what is not unreserved, so that an id cannot change the query.
fn encode(id: &str) -> String {
    let mut encoded = String::new();
    for byte in id.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            encoded.push(byte.into());
        } else {
            encoded.push('%');
            encoded.push_str(text::digit(usize::from(byte >> 4)));
            encoded.push_str(text::digit(usize::from(byte & 15)));
        }
    }
    encoded
}

/// What became of one attempt.
pub type Outcome = core::result::Result<Response, Failure>;

const UNKNOWN: &str =
    "{} A task may have been created and charged: look at your tasks and credits before you try again.";
const LATER: &str = "{} Check the connection and try again.";
const UNEXPECTED: &str = "{} That is not what the documentation says: check the baseUrl.";

/// First for the status, then for the service's words.
const UNDOCUMENTED: &str =
    "The service answered with the undocumented status {}: {}. Check the request and the baseUrl.";

/// Reads an answer: the task's id of [`Endpoint::CreateTask`], the task of [`Endpoint::QueryTask`], the
/// balance of [`Endpoint::Credits`]. Everything else becomes the error that it is; for a create, whatever
/// leaves open if there is a task is [`Code::OutcomeUnknown`].
pub fn read(host: &impl Host, key: Option<&str>, endpoint: Endpoint, outcome: Outcome) -> Result<Value> {
    let is_create = endpoint == Endpoint::CreateTask;
    // For a failure after which a task may be there, or may not.
    let or_unknown = |code, template| {
        if is_create {
            (Code::OutcomeUnknown, UNKNOWN)
        } else {
            (code, template)
        }
    };

    let response = match outcome {
        Ok(response) => response,
        Err(failure) => {
            let ((code, template), message, cause) = match failure {
                Failure::NotConnected(cause) => ((Code::Network, LATER), "The service could not be reached.", cause),
                Failure::Lost(cause) => (
                    or_unknown(Code::Network, LATER),
                    "The connection failed before an answer came.",
                    cause,
                ),
                Failure::TimedOut => (
                    or_unknown(Code::Timeout, LATER),
                    "The service did not answer in time.",
                    Value::Null,
                ),
            };
            let mut error = Error::new(code, template, message);
            error.cause = cause;
            redact::value(&mut error.cause, key);
            return Err(error);
        }
    };

    let (text, mut broken) = match response.body {
        Ok(text) => (redact::text(&text, key), Value::Null),
        Err(cause) => (String::new(), cause),
    };
    redact::value(&mut broken, key);
    let mut value = host.parse_json(&text).unwrap_or(Value::Null);
    redact::value(&mut value, key);

    let undocumented;
    let ((code, template), message) = match response.status {
        200..300 if !matches!(broken, Value::Null) => (or_unknown(Code::Network, LATER), "The answer broke off."),
        200..300 => {
            let (is_answer, message) = match endpoint {
                Endpoint::CreateTask => {
                    value = value.text("taskId").unwrap_or_default().into();
                    (value.as_str() != Some(""), "The answer has no taskId.")
                }
                Endpoint::QueryTask => {
                    task::tidy(&mut value);
                    (task::is_task(&value), "The answer is no task.")
                }
                Endpoint::Credits => (
                    value.number("credits").and(value.number("availableCredits")).is_some(),
                    "The answer is no balance.",
                ),
            };
            if is_answer {
                return Ok(value);
            }
            (or_unknown(Code::UnexpectedResponse, UNEXPECTED), message)
        }
        0 | 300..400 => (
            (Code::UnexpectedResponse, UNEXPECTED),
            "The service answered with a redirect, which the key must not follow.",
        ),
        400 => (
            (Code::InvalidRequest, "The service refused the request: {}. Correct it."),
            "",
        ),
        401 => (
            (
                Code::Unauthorized,
                "The service does not accept the API key: {}. Check it in your account settings.",
            ),
            "",
        ),
        402 => (
            (
                Code::InsufficientCredits,
                "The account has too few credits: {}. Buy credits at seegen.ai, or ask for less.",
            ),
            "",
        ),
        // What the documentation says of these is about a task that is asked for.
        403 | 404 if endpoint != Endpoint::QueryTask => (
            (
                if response.status == 403 {
                    Code::Forbidden
                } else {
                    Code::NotFound
                },
                "The service refused the request: {}. Check the API key and the baseUrl.",
            ),
            "",
        ),
        403 => (
            (
                Code::Forbidden,
                "The service denies access: {}. A key can only ask for its own tasks.",
            ),
            "",
        ),
        404 => (
            (Code::NotFound, "Not found: {}. Check the task's id and the baseUrl."),
            "",
        ),
        429 if !is_create => (
            (
                Code::ConcurrencyLimit,
                "The service is asked too often: {}. Try again later.",
            ),
            "",
        ),
        429 => (
            (
                Code::ConcurrencyLimit,
                "The account's tasks are all running: {}. Wait until one has ended.",
            ),
            "",
        ),
        500..600 => (
            or_unknown(Code::ServerError, "{} Try again in a few seconds."),
            "The service failed.",
        ),
        status => {
            undocumented = text::fill(UNDOCUMENTED, &text::decimal(status.into()));
            ((Code::UnexpectedResponse, &*undocumented), "")
        }
    };
    let said = quote(task::message(&value));
    let mut error = Error::new(code, template, if message.is_empty() { said } else { message });
    error.details.put_number("status", response.status.into());
    let asked = response
        .retry_after
        .and_then(|header| retry::retry_after(&header, host.now(), |date| host.parse_date(date)));
    if let Some(span) = asked {
        error.details.put_number("retryAfterMs", span);
    }
    error.details.put_text("body", text::head(&text, BODY_LIMIT));
    error.cause = broken;
    Err(error)
}
