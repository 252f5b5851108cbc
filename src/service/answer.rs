//! The outcome of an attempt, reduced to the facts by which a call decides its next step. The body stays with the host.

use crate::host::Millis;
use crate::rules::node::{Kind, Node};
use crate::service::endpoint::Endpoint;
use crate::service::retry_after;
use crate::service::task::{self, Status};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Reply {
    /// No connection was made, so nothing was sent.
    NotConnected,
    /// The connection was lost; the request may have arrived.
    Lost,
    /// The attempt timed out; the request may have arrived.
    TimedOut,
    /// A 2xx whose body broke off.
    BrokeOff,
    /// A 2xx that the documentation does not describe.
    Unreadable,
    /// A task with another id than the requested one.
    OtherTask,
    /// The id of a new task.
    Created,
    Balance,
    /// A task that has not ended.
    Running,
    /// A completed task with its videos.
    Completed,
    /// A completed task without a readable video.
    WithoutVideo,
    Failed,
    /// Not a 2xx, but JSON, so from the service itself.
    Refused,
    /// Not a 2xx, and not JSON, so possibly from an intermediary.
    Intercepted,
    /// A task that a gateway has not sent to the service yet.
    Queued,
    /// A gateway's task of which it does not know whether the service made it. It may still become one.
    Unclear,
    /// A gateway has taken the task out of its queue.
    Cancelled,
}

/// The facts of an attempt.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Facts {
    pub reply: Reply,
    /// The HTTP status; 0 without a response or for an opaque redirect.
    pub status: u16,
    /// How long the service asks to wait; 0 if it does not.
    pub retry_after: Millis,
    /// Whether the task keeps its output.
    pub keeps_output: bool,
    /// Whether each URL in that output is http(s). Another one could be a script.
    pub is_safe: bool,
    /// Whether a gateway reports each change of the task by itself.
    pub is_pushed: bool,
    /// When the task was created, by the service's clock; NaN if unknown.
    pub created: Millis,
    /// How long a completed task took; NaN if unknown.
    pub took: Millis,
}

/// The parts of a request that its response is checked against.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    pub endpoint: Endpoint,
    /// The task id of a query.
    pub task_id: &'a str,
    /// Whether the host is loopback, which works without a network.
    pub is_local: bool,
}

impl Facts {
    /// The facts of an attempt without a response.
    pub fn without_answer(reply: Reply) -> Facts {
        Facts {
            reply,
            status: 0,
            retry_after: 0.0,
            keeps_output: true,
            is_safe: true,
            is_pushed: false,
            created: f64::NAN,
            took: f64::NAN,
        }
    }

    /// Reads the host's report about an attempt. A response is `{ status, value?, retryAfter?, date? }`, where `value` is the parsed
    /// JSON body and `date` is `retryAfter` as the platform parses it. `thrown` is the error of the request or of reading the body.
    /// `offline` is present if there was no network, `isPushed` while a gateway reports changes by itself.
    pub fn read<'a, N: Node<'a>>(asked: Asked, answer: N, now: Millis) -> Facts {
        let thrown = answer.get("thrown");
        let Some(status) = answer.number("status") else {
            let is_offline = answer.get("offline").is_some() && !asked.is_local;
            return Facts::without_answer(if is_offline || thrown.is_some_and(is_before_connection) {
                Reply::NotConnected
            } else {
                Reply::Lost
            });
        };
        let value = answer.get("value");
        let time = |name| value.and_then(|value| value.number(name)).unwrap_or(f64::NAN);
        let asked_to_wait = answer.text("retryAfter");
        let retry_after = asked_to_wait.and_then(|header| retry_after::span(header, now, answer.number("date")));
        let task = value.filter(|_| asked.endpoint == Endpoint::QueryTask);
        let keeps_output = task.is_none_or(task::keeps_output);
        Facts {
            keeps_output,
            is_safe: !keeps_output || task.is_none_or(task::is_safe),
            reply: match status as u16 {
                200..300 if thrown.is_some() => Reply::BrokeOff,
                200..300 if asked.endpoint == Endpoint::Cancel => Reply::Cancelled,
                200..300 => value.map_or(Reply::Unreadable, |value| documented(asked, value)),
                _ if matches!(value.map(Node::kind), Some(Kind::List | Kind::Object)) => Reply::Refused,
                _ => Reply::Intercepted,
            },
            status: status as u16,
            retry_after: retry_after.unwrap_or_default(),
            is_pushed: answer.get("isPushed").is_some(),
            created: time("createTime"),
            took: time("completeTime") - time("createTime"),
        }
    }
}

/// The outcome according to the body of a 2xx.
fn documented<'a>(asked: Asked, value: impl Node<'a>) -> Reply {
    match asked.endpoint {
        Endpoint::CreateTask if task::is_id(value.text("taskId").unwrap_or_default()) => Reply::Created,
        Endpoint::Credits if value.number("credits").and(value.number("availableCredits")).is_some() => Reply::Balance,
        Endpoint::QueryTask if !task::is_task(value) => Reply::Unreadable,
        Endpoint::QueryTask if value.text("taskId") != Some(asked.task_id) => Reply::OtherTask,
        Endpoint::QueryTask => match task::status(value) {
            Status::Running if task::is_queued(value) => Reply::Queued,
            Status::Running => Reply::Running,
            Status::Completed if task::has_video(value) => Reply::Completed,
            Status::Completed => Reply::WithoutVideo,
            Status::Failed if task::is_unclear(value) => Reply::Unclear,
            Status::Failed => Reply::Failed,
        },
        _ => Reply::Unreadable,
    }
}

/// Whether the error proves that no connection was made, so that nothing was sent. Only Node's errors do.
fn is_before_connection<'a>(thrown: impl Node<'a>) -> bool {
    matches!(thrown.text("syscall"), Some("connect" | "getaddrinfo"))
        || matches!(
            thrown.text("code"),
            Some("ECONNREFUSED" | "ENOTFOUND" | "EAI_AGAIN" | "UND_ERR_CONNECT_TIMEOUT")
        )
        || thrown.get("cause").is_some_and(is_before_connection)
}
