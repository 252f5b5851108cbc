//! A service that answers as a test says, in virtual time.

use super::clock::Clock;
use super::json::{Json, json, value};
use sd2_client::api::Outcome;
use sd2_client::host::{Failure, Millis, Request, Response};
use sd2_client::value::Value;
use std::cell::RefCell;

/// What the service does with a request.
#[derive(Clone, Debug)]
pub struct Reply {
    /// How long it takes; for ever if it is infinite.
    pub after: Millis,
    pub outcome: Outcome,
}

impl Reply {
    /// The same, but later.
    pub fn after(mut self, span: Millis) -> Reply {
        self.after = span;
        self
    }

    /// The same, with a `Retry-After` header.
    pub fn retry_after(mut self, header: &str) -> Reply {
        if let Ok(response) = &mut self.outcome {
            response.retry_after = Some(header.into());
        }
        self
    }
}

fn reply(outcome: Outcome) -> Reply {
    Reply { after: 0.0, outcome }
}

fn response(status: u16, body: Result<String, Value>) -> Reply {
    let retry_after = None;
    reply(Ok(Response {
        status,
        retry_after,
        body,
    }))
}

/// 200 with this JSON.
pub fn ok(body: Json) -> Reply {
    text(200, &body.to_string())
}

/// This status, with the kind of body that the documentation's example reads.
pub fn status(status: u16) -> Reply {
    text(status, r#"{"message":"the reason"}"#)
}

/// This status with this body.
pub fn text(status: u16, body: &str) -> Reply {
    response(status, Ok(body.into()))
}

/// 200, and then the connection breaks.
pub fn broken() -> Reply {
    response(200, Err(thrown()))
}

/// The connection breaks after the request may have left.
pub fn lost() -> Reply {
    reply(Err(Failure::Lost(thrown())))
}

/// There never was a connection.
pub fn not_connected() -> Reply {
    reply(Err(Failure::NotConnected(thrown())))
}

/// No answer ever comes.
pub fn hang() -> Reply {
    ok(json!({})).after(Millis::INFINITY)
}

fn thrown() -> Value {
    value(&json!({ "name": "TypeError", "message": "fetch failed" }))
}

/// An answer to queryTask. A completed task has a video.
pub fn task(status: &str) -> Reply {
    task_of("task_abc123", status)
}

/// The same for any task.
pub fn task_of(id: &str, status: &str) -> Reply {
    let video = json!([{ "url": "https://static.example.com/result.mp4", "width": 1280, "height": 720 }]);
    let output = if status == "COMPLETED" { video } else { Json::Null };
    ok(json!({ "taskId": id, "status": status, "output": output, "error": null }))
}

/// An answer to createTask.
pub fn created() -> Reply {
    ok(json!({ "taskId": "task_abc123" }))
}

/// A request, and when it arrived.
#[derive(Clone, Debug)]
pub struct Sent {
    /// Since the test began.
    pub at: Millis,
    /// From 0.
    pub number: usize,
    pub request: Request,
}

impl Sent {
    pub fn is_create(&self) -> bool {
        self.request.url.ends_with("/jobs/createTask")
    }
}

type Answer<'a> = Box<dyn FnMut(&Sent) -> Reply + 'a>;

/// The service, and its memory of what it was asked.
pub struct Service<'a> {
    pub clock: Clock,
    answer: RefCell<Answer<'a>>,
    sent: RefCell<Vec<Sent>>,
}

impl<'a> Service<'a> {
    /// Answers each request so.
    pub fn new(answer: impl FnMut(&Sent) -> Reply + 'a) -> Service<'a> {
        Service {
            clock: Clock::default(),
            answer: RefCell::new(Box::new(answer)),
            sent: RefCell::default(),
        }
    }

    /// Answers with these in turn, and with the last one for ever.
    pub fn answering(replies: impl Into<Vec<Reply>>) -> Service<'a> {
        let replies = replies.into();
        Service::new(move |sent| replies[sent.number.min(replies.len() - 1)].clone())
    }

    /// What has arrived so far.
    pub fn sent(&self) -> Vec<Sent> {
        self.sent.borrow().clone()
    }

    /// When each request arrived, since the test began.
    pub fn times(&self) -> Vec<Millis> {
        self.sent.borrow().iter().map(|sent| sent.at).collect()
    }

    /// The pauses between the requests.
    pub fn pauses(&self) -> Vec<Millis> {
        self.times().windows(2).map(|pair| pair[1] - pair[0]).collect()
    }

    /// The number of requests so far.
    pub fn count(&self) -> usize {
        self.sent.borrow().len()
    }

    pub(super) async fn receive(&self, request: &Request) -> Outcome {
        let sent = Sent {
            at: self.clock.elapsed(),
            number: self.count(),
            request: request.clone(),
        };
        self.sent.borrow_mut().push(sent.clone());
        let reply = (self.answer.borrow_mut())(&sent);
        if reply.after.is_infinite() {
            std::future::pending::<()>().await;
        }
        self.clock.sleep_until(self.clock.now() + reply.after).await;
        reply.outcome
    }
}
