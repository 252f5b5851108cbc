//! The client: runs its calls on a host.

use crate::call::{Call, Event, Method, Step, Work};
use crate::error::Result;
use crate::host::Host;
use crate::options::{CallOptions, Options};
use crate::poll::History;
use crate::race::{First, race};
use crate::slots::Slots;
use crate::value::Value;
use std::cell::RefCell;
use std::future::pending;

/// A client of one account.
pub struct Client {
    options: Options,
    slots: Slots,
    history: RefCell<History>,
}

impl Client {
    /// A client with these options.
    pub fn new(options: Options) -> Client {
        Client {
            slots: Slots::new(options.concurrency),
            history: RefCell::default(),
            options,
        }
    }

    /// Calls a method; `subject` is the request, or the task's id. `None` if the caller gave up. Dropping the
    /// future ends the call at once, too.
    pub async fn call(
        &self,
        method: Method,
        subject: Value,
        options: CallOptions,
        host: &impl Host,
    ) -> Option<Result<Value>> {
        let mut call = match Call::new(method, subject, options, &self.options, host.now()) {
            Ok(call) => call,
            Err(error) => return Some(Err(error)),
        };
        // Held until the call ends, however it ends.
        let mut _slot = None;
        let mut event = Event::Begin;
        loop {
            if host.is_aborted() {
                return None;
            }
            call.typical = self.history.borrow().typical(call.kind);
            let (work, limit) = match call.step(event, &self.options, host) {
                Step::Do(work, limit) => (work, limit),
                Step::Done(result) => {
                    if let Ok(task) = &result {
                        self.history.borrow_mut().learn(call.kind, task);
                    }
                    return Some(result);
                }
            };
            let working = async {
                match work {
                    Work::TakeSlot => {
                        _slot = Some(self.slots.take().await);
                        Event::SlotTaken
                    }
                    Work::Send => Event::Answer(host.send(call.request()).await),
                    Work::Pause => pending().await,
                }
            };
            event = match race(working, host.sleep(limit)).await {
                First::Left(event) => event,
                First::Right(()) => Event::TimeUp,
            };
        }
    }
}
