//! The service for JavaScript: one message in, one message out, both JSON. js/emulator.js is the other side.
//!
//! JavaScript writes a message to [`reserve`]d memory, and [`handle`] answers it; [`length`] is that of the answer. There is
//! one service for each instance of the module.

#![allow(unsafe_code, reason = "an export by name counts as unsafe; nothing else here does")]

use std::cell::RefCell;
use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};

use crate::callback::{Callback, Delivery};
use crate::clock::Now;
use crate::http::{Answer, Body, OPEN, Refusal, Reply, Request};
use crate::service::{Arrival, Service, Settings};

#[derive(Default)]
struct Host {
    memory: Vec<u8>,
    service: Option<Service>,
    /// Requests that have arrived and are not answered.
    arrivals: BTreeMap<u32, Arrival>,
    count: u32,
}

thread_local! {
    static HOST: RefCell<Host> = RefCell::default();
}

#[derive(Deserialize)]
struct Message {
    elapsed: f64,
    unix: u64,
    #[serde(flatten)]
    order: Order,
}

#[derive(Deserialize)]
#[serde(tag = "order", rename_all = "camelCase")]
enum Order {
    Start {
        speed: f64,
        seconds: f64,
        keys: Vec<(String, u64)>,
        seed: u64,
    },
    Arrive {
        request: Request,
    },
    Answer {
        id: u32,
        body: String,
    },
    /// The client left.
    Leave {
        id: u32,
    },
    Admin {
        method: String,
        path: String,
        body: String,
    },
    DueCallbacks,
    Called {
        callback: Callback,
        delivery: Delivery,
    },
}

/// Memory for a message of so many bytes.
#[unsafe(no_mangle)]
extern "C" fn reserve(length: usize) -> *mut u8 {
    HOST.with_borrow_mut(|host| {
        host.memory = vec![0; length];
        host.memory.as_mut_ptr()
    })
}

/// Does what the message says, and gives the place of its answer.
#[unsafe(no_mangle)]
extern "C" fn handle() -> *const u8 {
    HOST.with_borrow_mut(|host| {
        let answer = match serde_json::from_slice(&host.memory) {
            Ok(message) => host.obey(message),
            Err(error) => json!({ "error": error.to_string() }),
        };
        host.memory = answer.to_string().into_bytes();
        host.memory.as_ptr()
    })
}

/// The length of the answer.
#[unsafe(no_mangle)]
extern "C" fn length() -> usize {
    HOST.with_borrow(|host| host.memory.len())
}

impl Host {
    fn obey(&mut self, Message { elapsed, unix, order }: Message) -> Value {
        let now = Now { elapsed, unix };
        if let Order::Start {
            speed,
            seconds,
            keys,
            seed,
        } = order
        {
            let settings = Settings {
                speed,
                seconds,
                keys,
                records: true,
            };
            self.service = Some(Service::new(settings, seed));
            return Value::Null;
        }
        let Some(service) = &mut self.service else {
            return Value::Null;
        };
        match order {
            Order::Start { .. } => Value::Null,
            Order::Arrive { request } if request.method == "OPTIONS" => {
                let asked = request.header("access-control-request-headers").unwrap_or_default();
                show(service.preflight(&request.path, asked))
            }
            Order::Arrive { request } => match service.arrive(request, now) {
                Ok(arrival) => {
                    self.count += 1;
                    let shown =
                        json!({ "id": self.count, "delayMs": arrival.delay_ms, "needsBody": arrival.needs_body() });
                    self.arrivals.insert(self.count, arrival);
                    shown
                }
                Err(reply) => show(reply),
            },
            Order::Answer { id, body } => {
                let Some(arrival) = self.arrivals.remove(&id) else {
                    return Value::Null;
                };
                match service.answer(&arrival, Ok::<_, Refusal>(body.as_bytes()), now) {
                    Answer::Reply(reply) => show(reply),
                    Answer::Reset => json!({ "isReset": true }),
                    Answer::Silence => json!({}),
                }
            }
            Order::Leave { id } => {
                self.arrivals.remove(&id);
                Value::Null
            }
            Order::Admin { method, path, body } => show(service.admin(&method, &path, body.as_bytes(), now)),
            Order::DueCallbacks => {
                let callbacks = service.due_callbacks(now);
                json!({ "callbacks": callbacks, "nextMs": service.callback_due_in(now) })
            }
            Order::Called { callback, delivery } => {
                service.called(&callback, delivery, now);
                Value::Null
            }
        }
    }
}

fn show(reply: Reply) -> Value {
    let mut headers = reply.headers;
    headers.extend(OPEN.map(|(name, value)| (name, value.to_owned())));
    let mut shown = json!({ "status": reply.status, "headers": headers });
    let (field, value) = match reply.body {
        Body::Whole(text) => ("text", json!(text)),
        Body::Part { text, length, breaks } => ("part", json!({ "text": text, "length": length, "breaks": breaks })),
        Body::Padding(bytes) => ("padding", json!(bytes)),
    };
    if let Some(fields) = shown.as_object_mut() {
        fields.insert(field.to_owned(), value);
    }
    shown
}
