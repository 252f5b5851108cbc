//! The platform as JavaScript has it: `fetch`, timers, the clock, the caller's signal.
#![expect(unsafe_code, reason = "an answer is read where JavaScript laid it out")]

use crate::call::{Mark, Step, Work};
use crate::host::{Clock, Host, Millis};
use crate::memory::value;
use crate::service::answer::{Asked, Facts};
use crate::service::endpoint::Endpoint;
use gloo_timers::future::TimeoutFuture;
use js_sys::{Date, Math, Promise};
use serde::ser::{Serialize, SerializeSeq, Serializer};
use std::cell::Cell;
use std::future::pending;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortController, AbortSignal};

use crate::client::race::race;

#[wasm_bindgen]
extern "C" {
    /// One call as js/call.js keeps it: the request, the bodies of answers, and whom to tell.
    pub type Platform;

    /// Sends the request, after a store knows of it if `mark` says so. Resolves to an answer, and never rejects.
    #[wasm_bindgen(method)]
    fn send(this: &Platform, endpoint: u32, mark: u32, signal: &AbortSignal) -> Promise;

    /// Lays an answer out for the machine, and returns its address.
    #[wasm_bindgen(method)]
    fn lay(this: &Platform, answer: &JsValue) -> usize;

    /// Tells the store and the listeners, and whoever made the call.
    #[wasm_bindgen(method)]
    fn tell(this: &Platform, step: JsValue, answer: &JsValue);

    /// Resolves when the caller gives up or, if `is_rousable`, when a page that was hidden or offline is back. Nothing
    /// where neither can happen.
    #[wasm_bindgen(method)]
    fn interruption(this: &Platform, is_rousable: bool) -> Option<Promise>;

    #[wasm_bindgen(method, getter, js_name = taskId)]
    fn task_id(this: &Platform) -> String;

    #[wasm_bindgen(method, getter, js_name = isAborted)]
    fn is_aborted(this: &Platform) -> bool;

    #[wasm_bindgen(method, getter, js_name = hasLeft)]
    fn has_left(this: &Platform) -> bool;
}

/// `setTimeout` fires at once above this.
const LONGEST_TIMER: Millis = 2_147_483_647.0;

/// A browser, a Worker or a server, during one call.
pub struct JsHost {
    platform: Platform,
    /// Whether somebody wants to hear of each step, not only of the end.
    is_heard: bool,
    is_local: bool,
}

impl JsHost {
    /// The platform of a call.
    pub fn new(platform: Platform, is_heard: bool, is_local: bool) -> JsHost {
        JsHost {
            platform,
            is_heard,
            is_local,
        }
    }
}

impl Clock for JsHost {
    fn now(&self) -> Millis {
        Date::now()
    }

    fn random(&self) -> f64 {
        Math::random()
    }
}

impl Host for JsHost {
    type Answer = JsValue;

    async fn send(&self, step: &Step) -> (Facts, JsValue) {
        let Ok(controller) = AbortController::new() else {
            return pending().await;
        };
        let attempt = Attempt(controller, Cell::new(true));
        let sent = self
            .platform
            .send(step.endpoint as u32, step.mark as u32, &attempt.0.signal());
        let answer = JsFuture::from(sent).await.unwrap_or_default();
        attempt.1.set(false);
        let asked = Asked {
            endpoint: step.endpoint,
            task_id: &if step.endpoint == Endpoint::QueryTask {
                self.task_id()
            } else {
                String::new()
            },
            is_local: self.is_local,
        };
        // SAFETY: it has just been laid out, and nothing else runs before it is read.
        let laid = unsafe { value(self.platform.lay(&answer)) };
        (Facts::read(asked, laid, self.now()), answer)
    }

    async fn sleep(&self, span: Millis, is_rousable: bool) {
        let timer = TimeoutFuture::new(span.clamp(0.0, LONGEST_TIMER) as u32);
        match self.platform.interruption(is_rousable) {
            None => timer.await,
            Some(interruption) => {
                race(timer, JsFuture::from(interruption)).await;
            }
        }
    }

    fn task_id(&self) -> String {
        self.platform.task_id()
    }

    fn has_left(&self) -> bool {
        self.platform.has_left()
    }

    fn is_aborted(&self) -> bool {
        self.platform.is_aborted()
    }

    fn tell(&self, step: &Step, answer: Option<&JsValue>) {
        let is_end = matches!(step.work, Work::Done | Work::GaveUp);
        let is_marked = !matches!(step.mark, Mark::None | Mark::Creating);
        if self.is_heard || is_end || is_marked || step.is_met || step.update.is_some() {
            let told = step
                .serialize(&serde_wasm_bindgen::Serializer::new())
                .unwrap_or_default();
            self.platform.tell(told, answer.unwrap_or(&JsValue::UNDEFINED));
        }
    }
}

/// A step as js/call.js reads it: numbers in this order; -1 for what is missing.
impl Serialize for Step {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let update = self.update;
        let problem = self.failure.or(self.why);
        let mut list = serializer.serialize_seq(None)?;
        for number in [
            f64::from(self.work as u8),
            f64::from(self.endpoint as u8),
            f64::from(self.mark as u8),
            f64::from(self.made as u8),
            self.attempt.into(),
            self.took,
            f64::from(u8::from(self.keeps_output)),
            update.map_or(-1.0, |update| f64::from(u8::from(update.has_task))),
            update.map_or(-1.0, |update| update.elapsed),
            update.map_or(-1.0, |update| update.progress),
            self.limit,
            problem.map_or(-1.0, |problem| f64::from(problem.code as u8)),
            problem.map_or(-1.0, |problem| f64::from(problem.what as u8)),
            problem.map_or(-1.0, |problem| f64::from(problem.advice as u8)),
            problem.map_or(-1.0, |problem| problem.retry_after),
            f64::from(u8::from(self.shows_task)),
            f64::from(u8::from(self.is_met)),
        ] {
            list.serialize_element(&number)?;
        }
        list.end()
    }
}

/// Aborts an attempt that nobody waits for any more.
struct Attempt(AbortController, Cell<bool>);

impl Drop for Attempt {
    fn drop(&mut self) {
        if self.1.get() {
            self.0.abort();
        }
    }
}
