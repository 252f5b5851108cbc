//! The response under a fault.

use serde_json::json;

use crate::fault::{Fault, Kind};
use crate::http::{Answer, Body, REDIRECTED, Reply};

/// Applies a fault. `done` is the response of the work, if it was done.
pub fn spoil(fault: &Fault, done: Option<Reply>) -> Answer {
    let message = fault.message.as_deref();
    let mut reply = match fault.kind {
        Kind::ResetBefore | Kind::ResetAfter => return Answer::Reset,
        Kind::Hang => return Answer::Silence,
        Kind::Latency | Kind::Status => {
            let message = message.unwrap_or("Internal server error.");
            Reply::json(&json!({ "message": message })).with_status(500)
        }
        Kind::Truncated => half(done, true),
        Kind::HangBody => half(done, false),
        Kind::NotJson => {
            let page = "<!doctype html><title>Gateway</title><p>Please try again.</p>";
            Reply::text("text/html; charset=utf-8", message.unwrap_or(page))
        }
        Kind::Body => Reply::text("application/json", message.unwrap_or("null")),
        Kind::NoTaskId => Reply::text("application/json", "{}"),
        Kind::Empty => Reply::text("application/json", ""),
        Kind::Huge => {
            let mut reply = Reply::text("application/json", "");
            reply.body = Body::Padding(fault.bytes);
            reply
        }
        Kind::Redirect => {
            let mut reply = Reply::text("text/plain; charset=utf-8", "").with_status(307);
            reply.set("location", fault.location.as_deref().unwrap_or(REDIRECTED));
            reply
        }
    };
    if let Some(status) = fault.status {
        reply.status = status;
    }
    if let Some(content_type) = &fault.content_type {
        reply.set("content-type", content_type);
    }
    if let Some(retry_after) = fault.retry_after() {
        reply.set("retry-after", retry_after);
    }
    Answer::Reply(reply)
}

/// The first half of a response, with the `Content-Length` of the whole.
fn half(done: Option<Reply>, breaks: bool) -> Reply {
    let mut reply = done.unwrap_or_else(|| Reply::json(&json!({ "message": "Not done." })));
    if let Body::Whole(text) = &reply.body {
        let length = text.len();
        let half = text
            .char_indices()
            .map(|(at, _)| at)
            .take_while(|at| *at <= length / 2)
            .last();
        let text = text.get(..half.unwrap_or_default()).unwrap_or_default().to_owned();
        reply.body = Body::Part { text, length, breaks };
    }
    reply
}
