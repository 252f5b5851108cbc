//! A `Host` in virtual time: one caller's platform, in front of a fake service.

use super::clock::{START, Task};
use super::json::{Json, seen, value};
use super::service::Service;
use sd2_client::api::Outcome;
use sd2_client::call::Method;
use sd2_client::client::Client;
use sd2_client::error::{Error, Result};
use sd2_client::host::{Host, Listener, Millis, Request};
use sd2_client::options::{CallOptions, Options};
use sd2_client::value::Value;
use std::cell::{Cell, RefCell};

/// The key of every client here.
pub const KEY: &str = "sk-live-0123456789abcdef";
/// The one date that this platform reads right.
pub const DATE: &str = "Sat, 23 Mar 2024 22:56:37 GMT";
/// That date, since the test began.
pub const DATE_AT: Millis = 29_110.0;
/// `setTimeout` takes no more.
const LONGEST_TIMER: Millis = 2_147_483_647.0;
/// No test needs as many; a call that does runs in circles.
const MOST_SLEEPS: u32 = 30_000;

/// What one call does to the world, and hears of it.
pub struct Platform<'s, 'a> {
    service: &'s Service<'a>,
    /// What `random` gives.
    pub random: Cell<f64>,
    /// When the caller gives up, since the test began.
    pub abort_at: Cell<Millis>,
    /// When the page comes back, since the test began.
    pub back_at: Cell<Millis>,
    sleeps: Cell<u32>,
    /// What listeners were told, and when, since the test began.
    told: RefCell<Vec<(Listener, Millis, Json)>>,
}

impl<'s, 'a> Platform<'s, 'a> {
    pub fn new(service: &'s Service<'a>) -> Platform<'s, 'a> {
        Platform {
            service,
            random: Cell::new(0.5),
            abort_at: Cell::new(Millis::INFINITY),
            back_at: Cell::new(Millis::INFINITY),
            sleeps: Cell::default(),
            told: RefCell::default(),
        }
    }

    /// A call, to be run with others on the service's clock.
    pub fn start<'c>(
        &'c self,
        client: &'c Client,
        method: Method,
        subject: Json,
        options: Json,
    ) -> Task<'c, Option<Result<Value>>> {
        let options = CallOptions::read(&value(&options)).expect("the options of the call are right");
        Box::pin(client.call(method, value(&subject), options, self))
    }

    /// A call, run to its end.
    pub fn call(&self, client: &Client, method: Method, subject: Json, options: Json) -> Option<Result<Value>> {
        self.service.clock.run_one(self.start(client, method, subject, options))
    }

    /// A call that resolves.
    pub fn success(&self, client: &Client, method: Method, subject: Json, options: Json) -> Json {
        seen(
            &self
                .call(client, method, subject, options)
                .expect("not aborted")
                .expect("a success"),
        )
    }

    /// A call that rejects.
    pub fn failure(&self, client: &Client, method: Method, subject: Json, options: Json) -> Box<Error> {
        self.call(client, method, subject, options)
            .expect("not aborted")
            .expect_err("a failure")
    }

    /// The time since the test began.
    pub fn elapsed(&self) -> Millis {
        self.service.clock.elapsed()
    }

    /// Lets time pass.
    pub async fn pass(&self, span: Millis) {
        self.service.clock.sleep_until(self.now() + span).await;
    }

    /// What this listener was told, in order.
    pub fn told(&self, listener: Listener) -> Vec<Json> {
        self.told_at(listener).into_iter().map(|(_, what)| what).collect()
    }

    /// What this listener was told, and when, since the test began.
    pub fn told_at(&self, listener: Listener) -> Vec<(Millis, Json)> {
        let told = self.told.borrow();
        let to_it = told.iter().filter(|told| told.0 == listener);
        to_it.map(|(_, at, what)| (*at, what.clone())).collect()
    }
}

impl Host for Platform<'_, '_> {
    async fn send(&self, request: &Request) -> Outcome {
        self.service.receive(request).await
    }

    async fn sleep(&self, span: Millis, is_rousable: bool) {
        self.sleeps.set(self.sleeps.get() + 1);
        assert!(self.sleeps.get() < MOST_SLEEPS, "the call never ends");
        let end = self.now() + span.clamp(0.0, LONGEST_TIMER);
        let abort = (START + self.abort_at.get()).max(self.now());
        let back = START + self.back_at.get();
        let back = if is_rousable && back > self.now() { back } else { end };
        self.service.clock.sleep_until(end.min(abort).min(back)).await;
    }

    fn is_aborted(&self) -> bool {
        self.service.clock.elapsed() >= self.abort_at.get()
    }

    fn now(&self) -> Millis {
        self.service.clock.now()
    }

    fn random(&self) -> f64 {
        self.random.get()
    }

    fn parse_json(&self, text: &str) -> Option<Value> {
        serde_json::from_str(text).ok().map(|json: Json| value(&json))
    }

    fn parse_date(&self, text: &str) -> Option<Millis> {
        // Platforms make a date of almost anything.
        Some(if text == DATE { START + DATE_AT } else { 0.0 })
    }

    fn tell(&self, listener: Listener, what: Value) {
        let at = self.service.clock.elapsed();
        self.told.borrow_mut().push((listener, at, seen(&what)));
    }
}

/// A client with a key and these further options.
pub fn client(options: Json) -> Client {
    Client::new(self::options(options).expect("the options are right"))
}

/// The options of such a client.
pub fn options(mut options: Json) -> Result<Options> {
    if options.get("apiKey").is_none() {
        options["apiKey"] = KEY.into();
    }
    Options::read(&value(&options))
}

/// What a caller sees of an error beside its message.
pub fn details(error: &Error) -> Json {
    seen(&error.details)
}
