//! The error of an attempt.

use crate::error::{Code, Problem, Words};
use crate::service::answer::{Facts, Reply};
use crate::service::endpoint::Endpoint;

impl Problem {
    /// The error of a failed attempt. A create that may have created a task is [`Code::OutcomeUnknown`].
    pub fn of(endpoint: Endpoint, facts: &Facts) -> Option<Problem> {
        let is_create = endpoint == Endpoint::CreateTask;
        let unclear = |code, what, advice| {
            if is_create {
                (Code::OutcomeUnknown, what, Words::MayBeCharged)
            } else {
                (code, what, advice)
            }
        };
        let unexpected = |what| unclear(Code::UnexpectedResponse, what, Words::NotAsDocumented);
        let (code, what, advice) = match facts.reply {
            Reply::Created
            | Reply::Balance
            | Reply::Running
            | Reply::Queued
            | Reply::Completed
            | Reply::WithoutVideo
            | Reply::Failed
            | Reply::Unclear
            | Reply::Cancelled => return None,
            Reply::NotConnected => (Code::Network, Words::Unreached, Words::CheckConnection),
            Reply::Lost => unclear(Code::Network, Words::Lost, Words::CheckConnection),
            Reply::TimedOut => unclear(Code::Timeout, Words::NoAnswer, Words::CheckConnection),
            Reply::BrokeOff => unclear(Code::Network, Words::BrokeOff, Words::CheckConnection),
            Reply::OtherTask => unexpected(Words::OtherTask),
            Reply::Unreadable => unexpected(match endpoint {
                Endpoint::CreateTask => Words::NoTaskId,
                Endpoint::QueryTask => Words::NotTask,
                Endpoint::Credits | Endpoint::Cancel => Words::NotBalance,
            }),
            Reply::Refused | Reply::Intercepted => refusal(endpoint, facts.status),
        };
        Some(Problem {
            code,
            what,
            advice,
            retry_after: facts.retry_after,
        })
    }
}

/// The error of a status that is not a 2xx.
fn refusal(endpoint: Endpoint, status: u16) -> (Code, Words, Words) {
    let is_create = endpoint == Endpoint::CreateTask;
    let is_query = matches!(endpoint, Endpoint::QueryTask | Endpoint::Cancel);
    let unclear = |code, what, advice| {
        if is_create {
            (Code::OutcomeUnknown, what, Words::MayBeCharged)
        } else {
            (code, what, advice)
        }
    };
    match status {
        400 => (Code::InvalidRequest, Words::Refused, Words::Correct),
        409 if endpoint == Endpoint::Cancel => (Code::InvalidRequest, Words::Refused, Words::Nothing),
        401 => (Code::Unauthorized, Words::BadKey, Words::CheckKey),
        402 => (Code::InsufficientCredits, Words::TooFewCredits, Words::BuyCredits),
        // The documentation describes these only for queries.
        403 if is_query => (Code::Forbidden, Words::Denied, Words::OwnTasks),
        404 if is_query => (Code::NotFound, Words::NotFound, Words::CheckTaskId),
        403 => (Code::Forbidden, Words::Refused, Words::CheckKeyAndBaseUrl),
        404 => (Code::NotFound, Words::Refused, Words::CheckKeyAndBaseUrl),
        429 if is_create => (Code::ConcurrencyLimit, Words::AllRunning, Words::WaitForTask),
        429 => (Code::ConcurrencyLimit, Words::TooOften, Words::TryLater),
        // These refuse a request without processing it.
        405 | 406 | 411 | 413 | 414 | 415 | 422 | 431 | 451 => {
            (Code::UnexpectedResponse, Words::Undocumented, Words::CheckRequest)
        }
        500..600 => unclear(Code::ServerError, Words::Failed, Words::TryInSeconds),
        0 | 300..400 => unclear(Code::UnexpectedResponse, Words::Redirect, Words::CheckBaseUrl),
        _ => unclear(Code::UnexpectedResponse, Words::Undocumented, Words::CheckRequest),
    }
}
