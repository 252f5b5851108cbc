//! The host for JavaScript platforms: `fetch`, timers, the clock, the caller's signal.
#![expect(unsafe_code, reason = "an answer is read where JavaScript laid it out")]

use super::bell::Bell;
use crate::call::{Mark, Step, Work};
use crate::error::{Code, Problem, Words};
use crate::host::{Clock, Host, Millis};
use crate::memory::value;
use crate::plain::Plain;
use crate::rules::node::Node;
use crate::service::answer::{Asked, Facts};
use crate::service::endpoint::Endpoint;
use gloo_timers::callback::Timeout;
use js_sys::{Date, Math};
use serde::ser::{Serialize, SerializeSeq, Serializer};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use wasm_bindgen::prelude::*;
use web_sys::AbortController;

#[wasm_bindgen]
extern "C" {
    /// A `Call` of js/call.js, which has the request, the responses and the listeners.
    pub type Platform;

    /// Sends the request, and rings the bell when there is an answer. If `creating` is not 0, first writes into the store that a
    /// create is running, which takes at most this long. Returns an object that aborts the attempt.
    #[wasm_bindgen(method)]
    fn send(this: &Platform, endpoint: u32, creating: Millis) -> AbortController;

    /// The answer to the last request.
    #[wasm_bindgen(method, getter)]
    fn answer(this: &Platform) -> JsValue;

    /// Lays this answer and the task's id out for the machine, and returns the address of both.
    #[wasm_bindgen(method)]
    fn lay(this: &Platform) -> usize;

    /// Passes a step to the store and the listeners, and the end to the caller.
    #[wasm_bindgen(method)]
    fn tell(this: &Platform, step: JsValue, answer: &JsValue);

    /// From now on, rings the bell when the caller aborts and, if `ends_on_return`, when a page that was hidden or offline returns.
    /// Returns whether the caller has aborted. A caller that only stops aborts once a step is stoppable.
    #[wasm_bindgen(method)]
    fn listen(this: &Platform, ends_on_return: bool, is_stoppable: bool) -> bool;

    #[wasm_bindgen(method, getter, js_name = isAborted)]
    fn is_aborted(this: &Platform) -> bool;

    #[wasm_bindgen(method, getter, js_name = hasLeft)]
    fn has_left(this: &Platform) -> bool;
}

/// `setTimeout` fires at once if the delay is longer.
const LONGEST_TIMER: Millis = 2_147_483_647.0;

/// The host of one call.
pub struct JsHost {
    platform: Platform,
    /// Whether each step is passed to JavaScript, not only those with news.
    is_logged: bool,
    is_local: bool,
    bell: Rc<Bell>,
}

impl JsHost {
    /// The platform of a call.
    pub fn new(platform: Platform, is_logged: bool, is_local: bool) -> JsHost {
        JsHost {
            platform,
            is_logged,
            is_local,
            bell: Rc::default(),
        }
    }

    /// The bell of the call, which lives as long as the call.
    pub fn bell(&self) -> *const Bell {
        Rc::as_ptr(&self.bell)
    }

    /// The last answer and the task's id, laid out in memory.
    fn laid(&self) -> (&Plain<'_>, &Plain<'_>) {
        let laid = self.platform.lay();
        // SAFETY: both have just been laid out one after the other, and nothing else is laid out before they are read.
        unsafe { (value(laid), value(laid + size_of::<Plain>())) }
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

    fn perform(&self, step: &Step, sends: bool) -> impl Future<Output = Option<(Facts, JsValue)>> + Unpin {
        self.bell.quiet();
        let creating = if step.mark == Mark::Creating { step.limit } else { 0.0 };
        let attempt = sends.then(|| self.platform.send(step.endpoint as u32, creating));
        let bell = self.bell.clone();
        let ring = move || bell.ring(false);
        let mut timer = None;
        if self.platform.listen(step.ends_on_return, step.is_stoppable) {
            ring();
        } else {
            timer = Some(Timeout::new(step.limit.clamp(0.0, LONGEST_TIMER) as u32, ring));
        }
        Performance {
            host: self,
            endpoint: step.endpoint,
            attempt,
            _timer: timer,
        }
    }

    fn task_id(&self) -> String {
        self.laid().1.as_str().unwrap_or_default().into()
    }

    fn has_left(&self) -> bool {
        self.platform.has_left()
    }

    fn is_aborted(&self) -> bool {
        self.platform.is_aborted()
    }

    fn tell(&self, step: &Step, answer: Option<&JsValue>) {
        let is_end = matches!(step.work, Work::Done | Work::Aborted);
        let is_marked = !matches!(step.mark, Mark::None | Mark::Creating);
        if self.is_logged || is_end || is_marked || step.has_problem || step.update.is_some() {
            let told = step
                .serialize(&serde_wasm_bindgen::Serializer::new())
                .unwrap_or_default();
            self.platform.tell(told, answer.unwrap_or(&JsValue::UNDEFINED));
        }
    }
}

/// A step as js/call.js reads it: numbers in this order, the last four only if there is a problem. -1 means that there is no update.
impl Serialize for Step {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let flags = [self.keeps_output, self.shows_task, self.has_problem, self.is_late];
        let flags: u8 = flags.iter().rev().fold(0, |sum, flag| 2 * sum + u8::from(*flag));
        let (has_task, elapsed, progress, next) = self.update.map_or((-1.0, 0.0, 0.0, 0.0), |update| {
            (
                u8::from(update.has_task).into(),
                update.elapsed,
                update.progress,
                update.next,
            )
        });
        let problem = self.failure.or(self.why);
        let told = problem.unwrap_or(Problem::new(Code::Network, Words::Nothing, Words::Nothing));
        let numbers: [f64; 16] = [
            (self.work as u8).into(),
            (self.endpoint as u8).into(),
            (self.mark as u8).into(),
            (self.made as u8).into(),
            self.attempt.into(),
            self.took,
            self.limit,
            flags.into(),
            has_task,
            elapsed,
            progress,
            next,
            (told.code as u8).into(),
            (told.what as u8).into(),
            (told.advice as u8).into(),
            told.retry_after,
        ];
        let mut list = serializer.serialize_seq(None)?;
        for number in numbers.iter().take(if problem.is_some() { 16 } else { 12 }) {
            list.serialize_element(number)?;
        }
        list.end()
    }
}

/// The work of a step. Dropping it aborts its attempt.
struct Performance<'h> {
    host: &'h JsHost,
    endpoint: Endpoint,
    attempt: Option<AbortController>,
    _timer: Option<Timeout>,
}

impl Future for Performance<'_> {
    type Output = Option<(Facts, JsValue)>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context) -> Poll<Self::Output> {
        let host = self.host;
        host.bell.poll(context).map(|is_answer| {
            if !is_answer {
                return None;
            }
            self.attempt = None;
            let (answer, task_id) = host.laid();
            let asked = Asked {
                endpoint: self.endpoint,
                task_id: task_id.as_str().unwrap_or_default(),
                is_local: host.is_local,
            };
            Some((Facts::read(asked, answer, host.now()), host.platform.answer()))
        })
    }
}

impl Drop for Performance<'_> {
    fn drop(&mut self) {
        if let Some(attempt) = &self.attempt {
            attempt.abort();
        }
    }
}
