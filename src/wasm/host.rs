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
    /// What a caller gave beside plain data: `{ fetch, logger?, onCreated?, onUpdate?, signal?, streamCreates? }`.
    pub type Platform;

    /// Resolves to tagged text: `{ status, retryAfter?, body?, thrown?, offline? }`. Never rejects.
    fn send(platform: &Platform, url: &str, headers: JsValue, body: JsValue, signal: &AbortSignal) -> Promise;

    /// Calls the listener with `true` and the reason when the caller gives up, and with `false` at these events of a
    /// page that is not hidden. Gives the function that ends this.
    fn listen(platform: &Platform, events: &str, listener: &JsValue) -> Function;

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
    heard: Rc<Heard>,
    _listener: Closure<dyn FnMut(bool, JsValue)>,
    unlisten: Function,
}

/// What the listener was told.
#[derive(Default)]
struct Heard {
    /// How often: for an abort, or because a page came back.
    calls: Cell<u32>,
    is_aborted: Cell<bool>,
    reason: Cell<JsValue>,
    sleeper: Cell<Option<Waker>>,
}

impl JsHost {
    /// The platform, and the caller's functions and signal.
    pub fn new(platform: JsValue) -> JsHost {
        let platform: Platform = platform.unchecked_into();
        let heard = Rc::new(Heard::default());
        let listener = Closure::new({
            let heard = heard.clone();
            move |is_abort, reason| {
                heard.calls.set(heard.calls.get() + 1);
                if is_abort {
                    heard.is_aborted.set(true);
                    heard.reason.set(reason);
                }
                if let Some(waker) = heard.sleeper.take() {
                    waker.wake();
                }
            }
        });
        JsHost {
            unlisten: listen(&platform, BACK, listener.as_ref()),
            _listener: listener,
            platform,
            heard,
        }
    }

    /// Why the caller has given up; told once.
    pub fn reason(&self) -> JsValue {
        self.heard.reason.take()
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
        let calls = self.heard.calls.get();
        poll_fn(move |context| {
            if self.is_aborted() || is_rousable && self.heard.calls.get() != calls {
                return Poll::Ready(());
            }
            self.heard.sleeper.set(Some(context.waker().clone()));
            Pin::new(&mut timer).poll(context)
        })
    }

    fn is_aborted(&self) -> bool {
        self.heard.is_aborted.get()
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
