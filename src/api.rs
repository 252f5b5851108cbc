//! The three endpoints: how each request is built, and how each answer is read.

use crate::error::{Code, Error, Result};
use crate::host::{Failure, Host, Request, Response};
use crate::options::Options;
use crate::redact;
use crate::retry;
use crate::task;
use crate::text;
use crate::validate::foreign;
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

/// The request that makes a task. It is refused if JSON cannot carry a part of it, which the service would not miss.
pub fn create_task(options: &Options, request: Value) -> Result<Request> {
    let mut path = Vec::new();
    let mut at = &request;
    while let Some((name, field)) = at
        .as_object()
        .and_then(|fields| fields.iter().find(|(_, field)| foreign(field).is_some()))
    {
        path.push(name.as_str().into());
        at = field;
    }
    if let Some(foreign) = foreign(at).or(Some(at).filter(|request| request.is_undefined())) {
        let mut issue = Value::object();
        issue.put("path", Value::Array(path));
        issue.put_text("code", "wrong_type");
        issue.put_text("severity", "error");
        issue.put_text(
            "message",
            &text::fill("This is {}, which JSON cannot carry.", foreign.kind()),
        );
        return Err(Error::invalid(vec![issue]));
    }
    Ok(self::request(options, "/jobs/createTask", "", Some(request)))
}

/// The request that asks for a task.
pub fn query_task(options: &Options, task_id: &str) -> Result<Request> {
    if !task::is_id(task_id) {
        return Err(Error::argument(
            "taskId must be the id that createTask resolved to.",
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

const UNKNOWN: &str = "A task may have been created and charged: look at your tasks and credits before you try again.";
const LATER: &str = "Check the connection and try again.";
const UNEXPECTED: &str = "This does not match the API documentation: check the baseUrl.";

/// A code, what happened, and what to do. The status follows after a text that ends with the word.
type Verdict = (Code, &'static str, &'static str);

/// What an answer with this status is, whatever its body says. For a create, each status that leaves open whether there
/// is a task is [`Code::OutcomeUnknown`].
pub fn classify(endpoint: Endpoint, status: u16) -> Verdict {
    let is_create = endpoint == Endpoint::CreateTask;
    let is_query = endpoint == Endpoint::QueryTask;
    match status {
        400 => (Code::InvalidRequest, REFUSED, "Correct it."),
        401 => (
            Code::Unauthorized,
            "The service does not accept the API key",
            "Check it in your account settings.",
        ),
        402 => (
            Code::InsufficientCredits,
            "The account has too few credits",
            "Buy credits at seegen.ai, or ask for less.",
        ),
        // What the documentation says of these is about a task that is asked for.
        403 if is_query => (
            Code::Forbidden,
            "The service denies access",
            "A key can only ask for its own tasks.",
        ),
        404 if is_query => (Code::NotFound, "Not found", "Check the task's id and the baseUrl."),
        403 => (Code::Forbidden, REFUSED, CHECK_BOTH),
        404 => (Code::NotFound, REFUSED, CHECK_BOTH),
        429 if is_create => (
            Code::ConcurrencyLimit,
            "The service takes no more tasks now",
            "Wait until one of the account's tasks has ended.",
        ),
        429 => (
            Code::ConcurrencyLimit,
            "The service is asked too often",
            "Try again later.",
        ),
        // These are told before the work begins.
        405 | 406 | 411 | 413 | 414 | 415 | 422 | 431 | 451 => (Code::UnexpectedResponse, UNDOCUMENTED, CHECK),
        500..600 => unless_open(
            endpoint,
            (
                Code::ServerError,
                "The service failed with status",
                "Try again in a few seconds.",
            ),
        ),
        0 | 300..400 => unless_open(endpoint, (Code::UnexpectedResponse, REDIRECT, CHECK)),
        _ => unless_open(endpoint, (Code::UnexpectedResponse, UNDOCUMENTED, CHECK)),
    }
}

/// The verdict on a failure after which a task may be there if one was to be made.
fn unless_open(endpoint: Endpoint, verdict: Verdict) -> Verdict {
    match endpoint {
        Endpoint::CreateTask => (Code::OutcomeUnknown, verdict.1, UNKNOWN),
        _ => verdict,
    }
}

const REFUSED: &str = "The service refused the request";
const CHECK: &str = "Check the request and the baseUrl.";
const CHECK_BOTH: &str = "Check the API key and the baseUrl.";
const REDIRECT: &str = "The service answered with a redirect, which the key must not follow";
const UNDOCUMENTED: &str = "The service answered with the undocumented status";

/// Reads an answer: the task's id of [`Endpoint::CreateTask`], the task of [`Endpoint::QueryTask`], the
/// balance of [`Endpoint::Credits`]. Everything else becomes the error that it is; for a create, whatever
/// leaves open if there is a task is [`Code::OutcomeUnknown`]. `task_id` was asked for.
pub fn read(host: &impl Host, key: Option<&str>, endpoint: Endpoint, task_id: &str, outcome: Outcome) -> Result<Value> {
    let response = match outcome {
        Ok(response) => response,
        Err(failure) => {
            let (verdict, cause) = match failure {
                Failure::NotConnected(cause) => ((Code::Network, "The service could not be reached", LATER), cause),
                Failure::Lost(cause) => (
                    unless_open(
                        endpoint,
                        (Code::Network, "The connection failed before an answer came", LATER),
                    ),
                    cause,
                ),
                Failure::TimedOut => (
                    unless_open(endpoint, (Code::Timeout, "The service did not answer in time", LATER)),
                    Value::Null,
                ),
            };
            let mut error = error(verdict, 0, None);
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

    let verdict = match response.status {
        200..300 if !matches!(broken, Value::Null) => {
            unless_open(endpoint, (Code::Network, "The answer broke off", LATER))
        }
        200..300 => {
            let wrong = match endpoint {
                Endpoint::CreateTask => match value.text("taskId").filter(|id| task::is_id(id)) {
                    Some(id) => return Ok(id.into()),
                    None => "The answer has no taskId",
                },
                Endpoint::QueryTask => {
                    task::tidy(&mut value);
                    match task::is_task(&value) {
                        true if value.text("taskId") == Some(task_id) => return Ok(value),
                        true => "The answer is about another task",
                        false => "The answer is not a task",
                    }
                }
                Endpoint::Credits => match (value.number("credits"), value.number("availableCredits")) {
                    (Some(_), Some(_)) => return Ok(value),
                    _ => "The answer is not a balance",
                },
            };
            unless_open(endpoint, (Code::UnexpectedResponse, wrong, UNEXPECTED))
        }
        status => classify(endpoint, status),
    };
    let mut error = error(verdict, response.status, said(&value, &text, response.status));
    error.is_own_word = matches!(value, Value::Object(_) | Value::Array(_));
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

/// What the service said of a failure: its words in JSON or in plain text, and of a page only that it is one.
fn said<'a>(value: &'a Value, body: &'a str, status: u16) -> Option<&'a str> {
    let body = body.trim_ascii();
    let is_json = body == "null" || matches!(body.as_bytes().first(), Some(b'{' | b'['));
    match value {
        _ if body.is_empty() => Some("no reason given").filter(|_| status >= 400),
        // It may have been cut.
        Value::Null if is_json => None,
        Value::Null => Some(task::readable(body).unwrap_or("a page instead of a reason")),
        // Most texts in what is nearly an answer are no reasons.
        _ if status < 300 => task::reason(value),
        _ => task::words(value),
    }
}

fn error((code, what, advice): Verdict, status: u16, said: Option<&str>) -> Box<Error> {
    let mut message = String::from(what);
    if what.ends_with("status") {
        message.push(' ');
        message.push_str(&text::decimal(status.into()));
    }
    if let Some(said) = said {
        message.push_str(": ");
        message.push_str(quote(Some(said)));
    }
    message.push('.');
    let mut error = Error::new(code, "", "");
    error.statement = message.len();
    message.push(' ');
    message.push_str(advice);
    error.message = message;
    error
}
