//! The platform as JavaScript has it: `fetch`, timers, the clock, the caller's signal.
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
    /// One call as js/call.js keeps it: the request, the bodies of answers, and whom to tell.
    pub type Platform;

    /// Sends the request, and rings the bell when there is an answer. Where `creating` is not 0, a store must know before
    /// that a create is under way, which takes so long at most. Returns what aborts it.
    #[wasm_bindgen(method)]
    fn send(this: &Platform, endpoint: u32, creating: Millis) -> AbortController;

    /// The answer to what was sent last.
    #[wasm_bindgen(method, getter)]
    fn answer(this: &Platform) -> JsValue;

    /// Lays this answer and the task's id out for the machine, and returns the address of both.
    #[wasm_bindgen(method)]
    fn lay(this: &Platform) -> usize;

    /// Tells the store and the listeners, and whoever made the call.
    #[wasm_bindgen(method)]
    fn tell(this: &Platform, step: JsValue, answer: &JsValue);

    /// Rings the bell from now on when the caller gives up and, if `is_rousable`, when a page that was hidden or offline is
    /// back. Returns whether the caller has given up: where the step is not stoppable, one that stops has not.
    #[wasm_bindgen(method)]
    fn listen(this: &Platform, is_rousable: bool, is_stoppable: bool) -> bool;

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
    bell: Rc<Bell>,
}

impl JsHost {
    /// The platform of a call.
    pub fn new(platform: Platform, is_heard: bool, is_local: bool) -> JsHost {
        JsHost {
            platform,
            is_heard,
            is_local,
            bell: Rc::default(),
        }
    }

    /// Where JavaScript rings; it lives as long as the call.
    pub fn bell(&self) -> *const Bell {
        Rc::as_ptr(&self.bell)
    }

    /// The last answer, and the task's id.
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
        if self.platform.listen(step.is_rousable, step.is_stoppable) {
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

/// A step as js/call.js reads it: numbers in this order, the last four only if there is a problem. -1 says that there is no
/// update.
impl Serialize for Step {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let flags = [self.keeps_output, self.shows_task, self.is_met, self.is_late];
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

/// A step's work. An attempt that nobody waits for any more is aborted.
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
