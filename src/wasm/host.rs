//! The platform as JavaScript has it: `fetch`, timers, the clock, the caller's signal.
#![expect(unsafe_code, reason = "an answer is read where JavaScript laid it out")]

use super::bell::Bell;
use crate::call::{Mark, Step, Work};
use crate::host::{Clock, Host, Millis};
use crate::memory::value;
use crate::plain::Plain;
use crate::rules::node::Node;
use crate::service::answer::{Asked, Facts};
use gloo_timers::callback::Timeout;
use js_sys::{Date, Math};
use serde::ser::{Serialize, Serializer};
use std::rc::Rc;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// One call as js/call.js keeps it: the request, the bodies of answers, and whom to tell.
    pub type Platform;

    /// Sends the request, and rings the bell when there is an answer. Where `creating` is not 0, a store must know before
    /// that a create is under way, which takes so long at most.
    #[wasm_bindgen(method)]
    fn send(this: &Platform, endpoint: u32, creating: Millis);

    /// The answer to what was sent last.
    #[wasm_bindgen(method, getter)]
    fn answer(this: &Platform) -> JsValue;

    /// Lays this answer and the task's id out for the machine, and returns the address of both.
    #[wasm_bindgen(method)]
    fn lay(this: &Platform) -> usize;

    /// Nobody waits for the answer any more.
    #[wasm_bindgen(method)]
    fn leave(this: &Platform);

    /// Tells the store and the listeners, and whoever made the call.
    #[wasm_bindgen(method)]
    fn tell(this: &Platform, step: JsValue, answer: &JsValue);

    /// Rings the bell from now on when the caller gives up and, if `is_rousable`, when a page that was hidden or offline is
    /// back. Returns whether the caller has given up: where the step is not stoppable, one that stops has not.
    #[wasm_bindgen(method)]
    fn listen(this: &Platform, is_rousable: bool, is_stoppable: bool) -> bool;

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
        let attempt = Attempt(&self.platform);
        let creating = if step.mark == Mark::Creating { step.limit } else { 0.0 };
        self.platform.send(step.endpoint as u32, creating);
        self.bell.answer().await;
        core::mem::forget(attempt);
        let laid = self.platform.lay();
        // SAFETY: both have just been laid out one after the other, and nothing else runs before they are read.
        let (answer, task_id) = unsafe { (value(laid), value(laid + size_of::<Plain>())) };
        let asked = Asked {
            endpoint: step.endpoint,
            task_id: task_id.as_str().unwrap_or_default(),
            is_local: self.is_local,
        };
        (Facts::read(asked, answer, self.now()), self.platform.answer())
    }

    async fn sleep(&self, step: &Step) {
        if self.platform.listen(step.is_rousable, step.is_stoppable) {
            return;
        }
        let bell = self.bell.clone();
        let span = step.limit.clamp(0.0, LONGEST_TIMER) as u32;
        let _timer = Timeout::new(span, move || bell.ring(false));
        self.bell.end().await;
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

/// A step as js/call.js reads it.
impl Serialize for Step {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let problem = self.failure.or(self.why);
        let problem = problem.map(|it| (it.code as u8, it.what as u8, it.advice as u8, it.retry_after));
        let update = self.update.map(|it| (it.has_task, it.elapsed, it.progress));
        (
            self.work as u8,
            self.endpoint as u8,
            self.mark as u8,
            self.made as u8,
            self.attempt,
            self.took,
            self.limit,
            self.keeps_output,
            self.shows_task,
            self.is_met,
            problem,
            update,
        )
            .serialize(serializer)
    }
}

/// Gives an attempt up if it is dropped before its answer.
struct Attempt<'a>(&'a Platform);

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        self.0.leave();
    }
}
