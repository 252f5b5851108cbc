//! A fake service in virtual time. Each test chooses its replies.

use super::clock::{Clock, START};
use super::json::{Json, json, seen, value};
use super::platform::{DATE, DATE_AT};
use sd2_client::host::Millis;
use sd2_client::service::endpoint::Endpoint;
use std::cell::RefCell;

/// The parts of a request that the machine decides.
#[derive(Clone, Debug)]
pub struct Request {
    pub endpoint: Endpoint,
    pub task_id: String,
    pub body: Option<Json>,
}

/// A response as a host keeps it.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    pub status: Option<u16>,
    pub retry_after: Option<String>,
    pub text: String,
    pub thrown: Option<Json>,
}

impl Answer {
    /// The body, if it is JSON.
    pub fn json(&self) -> Option<Json> {
        let json: Json = serde_json::from_str(&self.text).ok()?;
        // With JavaScript's numbers.
        Some(seen(&value(&json)))
    }

    /// The input of the machine, as js/call.js writes it.
    pub fn laid_out(&self) -> Json {
        let mut laid = json!({});
        if let Some(status) = self.status {
            laid["status"] = status.into();
        }
        if let Some(json) = self.json() {
            laid["value"] = json;
        }
        if let Some(thrown) = &self.thrown {
            laid["thrown"] = thrown.clone();
        }
        if let Some(header) = &self.retry_after {
            laid["retryAfter"] = header.as_str().into();
            // Platforms parse almost anything as a date.
            laid["date"] = if header == DATE {
                (START + DATE_AT).into()
            } else {
                0.into()
            };
        }
        laid
    }
}

/// What the service does with a request.
#[derive(Clone, Debug)]
pub struct Reply {
    /// The delay, possibly infinite.
    pub after: Millis,
    pub answer: Answer,
}

impl Reply {
    /// The same, but later.
    pub fn after(mut self, span: Millis) -> Reply {
        self.after = span;
        self
    }

    /// The same, with a `Retry-After` header.
    pub fn retry_after(mut self, header: &str) -> Reply {
        self.answer.retry_after = Some(header.into());
        self
    }
}

fn reply(answer: Answer) -> Reply {
    Reply { after: 0.0, answer }
}

/// Status 200 with this JSON.
pub fn ok(body: Json) -> Reply {
    text(200, &body.to_string())
}

/// A status with the kind of body that the documentation's example reads.
pub fn status(status: u16) -> Reply {
    text(status, r#"{"message":"the reason"}"#)
}

/// A status with a body.
pub fn text(status: u16, body: &str) -> Reply {
    reply(Answer {
        status: Some(status),
        text: body.into(),
        ..Answer::default()
    })
}

/// Status 200, after which the connection breaks.
pub fn broken() -> Reply {
    reply(Answer {
        status: Some(200),
        thrown: Some(thrown("")),
        ..Answer::default()
    })
}

/// The connection breaks after the request may have left.
pub fn lost() -> Reply {
    reply(Answer {
        thrown: Some(thrown("")),
        ..Answer::default()
    })
}

/// The connection is refused, so nothing is sent.
pub fn not_connected() -> Reply {
    reply(Answer {
        thrown: Some(thrown("ECONNREFUSED")),
        ..Answer::default()
    })
}

/// There is no response.
pub fn hang() -> Reply {
    ok(json!({})).after(Millis::INFINITY)
}

fn thrown(code: &str) -> Json {
    json!({ "name": "TypeError", "message": "fetch failed", "cause": { "name": "Error", "message": "", "code": code } })
}

/// A response to queryTask. A completed task has a video.
pub fn task(status: &str) -> Reply {
    task_of("task_abc123", status)
}

/// Like [`task`], with an id.
pub fn task_of(id: &str, status: &str) -> Reply {
    let video = json!([{ "url": "https://static.example.com/result.mp4", "width": 1280, "height": 720 }]);
    let output = if status == "COMPLETED" { video } else { Json::Null };
    ok(json!({ "taskId": id, "status": status, "output": output, "error": null }))
}

/// A response to createTask.
pub fn created() -> Reply {
    ok(json!({ "taskId": "task_abc123" }))
}

/// A request that has arrived.
#[derive(Clone, Debug)]
pub struct Sent {
    /// The time since the test began.
    pub at: Millis,
    /// Counts from 0.
    pub number: usize,
    pub request: Request,
}

impl Sent {
    pub fn is_create(&self) -> bool {
        self.request.endpoint == Endpoint::CreateTask
    }
}

type Answering<'a> = Box<dyn FnMut(&Sent) -> Reply + 'a>;

/// The service, which records its requests.
pub struct Service<'a> {
    pub clock: Clock,
    answer: RefCell<Answering<'a>>,
    sent: RefCell<Vec<Sent>>,
}

impl<'a> Service<'a> {
    /// A service that computes each reply.
    pub fn new(answer: impl FnMut(&Sent) -> Reply + 'a) -> Service<'a> {
        Service {
            clock: Clock::default(),
            answer: RefCell::new(Box::new(answer)),
            sent: RefCell::default(),
        }
    }

    /// A service that sends these replies in turn, and then always the last one.
    pub fn answering(replies: impl Into<Vec<Reply>>) -> Service<'a> {
        let replies = replies.into();
        Service::new(move |sent| replies[sent.number.min(replies.len() - 1)].clone())
    }

    /// The requests so far.
    pub fn sent(&self) -> Vec<Sent> {
        self.sent.borrow().clone()
    }

    /// The arrival of each request, as the time since the test began.
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

    pub(super) async fn receive(&self, request: &Request) -> Answer {
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
        reply.answer
    }
}
