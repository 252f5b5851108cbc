//! The boundary to js/emulator.js: commands and results are JSON.
//!
//! JavaScript writes a command to memory from [`reserve`] and calls [`handle`], which returns the address of the result;
//! [`length`] returns its length. Each instance of the module is one service.

#![allow(unsafe_code, reason = "exporting a function by name counts as unsafe")]

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
    /// Requests that are not answered yet, by id.
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
    command: Command,
}

#[derive(Deserialize)]
#[serde(tag = "command", rename_all = "camelCase")]
enum Command {
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
    /// The request ended, or its client gave up.
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

/// Allocates memory for a command.
#[unsafe(no_mangle)]
extern "C" fn reserve(length: usize) -> *mut u8 {
    HOST.with_borrow_mut(|host| {
        host.memory = vec![0; length];
        host.memory.as_mut_ptr()
    })
}

/// Carries out the command in memory and returns the address of the result.
#[unsafe(no_mangle)]
extern "C" fn handle() -> *const u8 {
    HOST.with_borrow_mut(|host| {
        let result = match serde_json::from_slice(&host.memory) {
            Ok(message) => host.run(message),
            Err(error) => json!({ "error": error.to_string() }),
        };
        host.memory = result.to_string().into_bytes();
        host.memory.as_ptr()
    })
}

/// The length of the result.
#[unsafe(no_mangle)]
extern "C" fn length() -> usize {
    HOST.with_borrow(|host| host.memory.len())
}

impl Host {
    fn run(&mut self, Message { elapsed, unix, command }: Message) -> Value {
        let now = Now { elapsed, unix };
        if let Command::Start {
            speed,
            seconds,
            keys,
            seed,
        } = command
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
        match command {
            Command::Start { .. } => Value::Null,
            Command::Arrive { request } if request.method == "OPTIONS" => {
                let asked = request.header("access-control-request-headers").unwrap_or_default();
                response(service.preflight(&request.path, asked))
            }
            Command::Arrive { request } => match service.arrive(request, now) {
                Ok(arrival) => {
                    self.count += 1;
                    let json =
                        json!({ "id": self.count, "delayMs": arrival.delay_ms, "needsBody": arrival.needs_body() });
                    self.arrivals.insert(self.count, arrival);
                    json
                }
                Err(reply) => response(reply),
            },
            Command::Answer { id, body } => {
                let Some(arrival) = self.arrivals.remove(&id) else {
                    return Value::Null;
                };
                match service.answer(&arrival, Ok::<_, Refusal>(body.as_bytes()), now) {
                    Answer::Reply(reply) => response(reply),
                    Answer::Reset => json!({ "isReset": true }),
                    Answer::Silence => json!({}),
                }
            }
            Command::Leave { id } => {
                self.arrivals.remove(&id);
                Value::Null
            }
            Command::Admin { method, path, body } => response(service.admin(&method, &path, body.as_bytes(), now)),
            Command::DueCallbacks => {
                let callbacks = service.due_callbacks(now);
                json!({ "callbacks": callbacks, "nextMs": service.callback_due_in(now) })
            }
            Command::Called { callback, delivery } => {
                service.called(&callback, delivery, now);
                Value::Null
            }
        }
    }
}

fn response(reply: Reply) -> Value {
    let mut headers = reply.headers;
    headers.extend(OPEN.map(|(name, value)| (name, value.to_owned())));
    let mut json = json!({ "status": reply.status, "headers": headers });
    let (field, value) = match reply.body {
        Body::Whole(text) => ("text", json!(text)),
        Body::Part { text, length, breaks } => ("part", json!({ "text": text, "length": length, "breaks": breaks })),
        Body::Padding(bytes) => ("padding", json!(bytes)),
    };
    if let Some(fields) = json.as_object_mut() {
        fields.insert(field.to_owned(), value);
    }
    json
}
