//! The platform as JavaScript has it: `fetch`, timers, the clock, the caller's signal.

use super::encode::{from_text, to_js};
use crate::host::{Failure, Host, Listener, Millis, Request, Response};
use crate::value::Value;
use gloo_timers::future::TimeoutFuture;
use js_sys::{Date, Function, Math, Promise};
use std::cell::Cell;
use std::future::poll_fn;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Poll, Waker};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal};

#[wasm_bindgen(module = "/js/boundary.js")]
extern "C" {
    /// What a caller gave beside plain data: `{ fetch, logger?, onCreated?, onUpdate?, signal? }`.
    pub type Platform;

    #[wasm_bindgen(method, getter)]
    fn signal(this: &Platform) -> Option<AbortSignal>;

    /// Resolves to tagged text: `{ status, retryAfter?, body?, thrown?, offline? }`. Never rejects.
    fn send(platform: &Platform, url: &str, headers: JsValue, body: JsValue, signal: &AbortSignal) -> Promise;

    /// Calls the listener when the caller gives up, and at these events of a page that is not hidden. Gives the
    /// function that ends this.
    fn listen(signal: Option<&AbortSignal>, events: &str, listener: &JsValue) -> Function;

    /// Calls a user's function, which may throw whatever it likes, or be missing.
    fn tell(platform: &Platform, listener: &str, what: JsValue);

    /// Reads JSON as tagged text; empty if it is none.
    #[wasm_bindgen(js_name = parseJson)]
    fn parse_json(text: &str) -> String;
}

/// `setTimeout` fires at once above this.
const LONGEST_TIMER: Millis = 2_147_483_647.0;

/// What happens to a page that was hidden, offline or frozen.
const BACK: &str = "visibilitychange online pageshow";

/// A browser, a Worker or a server, during one call.
pub struct JsHost {
    platform: Platform,
    signal: Option<AbortSignal>,
    /// How often the listener was called: for an abort, or because a page came back.
    calls: Rc<Cell<u32>>,
    sleeper: Rc<Cell<Option<Waker>>>,
    _listener: Closure<dyn FnMut()>,
    unlisten: Function,
}

impl JsHost {
    /// The platform, and the caller's functions and signal.
    pub fn new(platform: JsValue) -> JsHost {
        let platform: Platform = platform.unchecked_into();
        let calls = Rc::new(Cell::new(0));
        let sleeper = Rc::new(Cell::new(None::<Waker>));
        let listener = Closure::new({
            let (calls, sleeper) = (calls.clone(), sleeper.clone());
            move || {
                calls.set(calls.get() + 1);
                if let Some(waker) = sleeper.take() {
                    waker.wake();
                }
            }
        });
        let signal = platform.signal();
        JsHost {
            unlisten: listen(signal.as_ref(), BACK, listener.as_ref()),
            _listener: listener,
            platform,
            signal,
            calls,
            sleeper,
        }
    }

    /// Why the caller has given up.
    pub fn reason(&self) -> JsValue {
        self.signal.as_ref().map(AbortSignal::reason).unwrap_or_default()
    }
}

impl Drop for JsHost {
    fn drop(&mut self) {
        let _ = self.unlisten.call0(&JsValue::UNDEFINED);
    }
}

impl Host for JsHost {
    async fn send(&self, request: &Request) -> Result<Response, Failure> {
        // Without one there is no fetch either, so that nothing can have been sent.
        let controller = AbortController::new().map_err(|_| Failure::NotConnected(Value::Null))?;
        let controller = AbortOnDrop(controller);
        let answer = JsFuture::from(send(
            &self.platform,
            &request.url,
            to_js(&request.headers),
            request.body.as_ref().map(to_js).unwrap_or_default(),
            &controller.0.signal(),
        ));
        let answer = answer
            .await
            .ok()
            .and_then(|answer| answer.as_string())
            .unwrap_or_default();
        Response::read(&from_text(&answer), &request.url)
    }

    fn sleep(&self, span: Millis, is_rousable: bool) -> impl Future<Output = ()> {
        let mut timer = TimeoutFuture::new(span.clamp(0.0, LONGEST_TIMER) as u32);
        let calls = self.calls.get();
        poll_fn(move |context| {
            if self.is_aborted() || is_rousable && self.calls.get() != calls {
                return Poll::Ready(());
            }
            self.sleeper.set(Some(context.waker().clone()));
            Pin::new(&mut timer).poll(context)
        })
    }

    fn is_aborted(&self) -> bool {
        self.signal.as_ref().is_some_and(AbortSignal::aborted)
    }

    fn now(&self) -> Millis {
        Date::now()
    }

    fn random(&self) -> f64 {
        Math::random()
    }

    fn parse_json(&self, text: &str) -> Option<Value> {
        Value::decode(&parse_json(text))
    }

    fn parse_date(&self, text: &str) -> Option<Millis> {
        Some(Date::parse(text)).filter(|date| !date.is_nan())
    }

    fn tell(&self, listener: Listener, what: Value) {
        let name = match listener {
            Listener::Created => "onCreated",
            Listener::Updated => "onUpdate",
            Listener::Logged => "logger",
        };
        tell(&self.platform, name, to_js(&what));
    }
}

/// Gives an attempt up when nobody waits for it any more.
struct AbortOnDrop(AbortController);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}
