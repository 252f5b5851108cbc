//! The client: runs its calls on a host.

use crate::account::Account;
use crate::call::{Call, Event, Method, Step, Work};
use crate::error::Result;
use crate::host::Host;
use crate::options::{CallOptions, Options};
use crate::race::{First, race};
use crate::slots::Slots;
use crate::value::Value;
use crate::watch::{Watch, Watches};
use std::future::pending;

/// A client of one account.
pub struct Client {
    account: Account,
    slots: Slots,
    watches: Watches,
}

impl Client {
    /// A client with these options.
    pub fn new(options: Options) -> Client {
        Client {
            slots: Slots::new(options.concurrency),
            watches: Watches::default(),
            account: Account::new(options),
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
        let mut call = match Call::new(method, subject, options, &self.account, host.now()) {
            Ok(call) => call,
            Err(error) => return Some(Err(error)),
        };
        // Both are held until the call ends, however it ends.
        let mut _slot = None;
        let mut watch = None;
        let mut event = Event::Begin;
        loop {
            if host.is_aborted() {
                return None;
            }
            self.account.is_running.set(self.watches.is_any());
            let (work, limit) = match call.step(event, &self.account, host) {
                Step::Do(work, limit) => (work, limit),
                Step::Done(result) => return Some(result),
            };
            if watch.is_none() {
                watch = call.watched().map(|task_id| self.watches.join(task_id));
            }
            let working = async {
                match (work, &watch) {
                    (Work::TakeSlot, _) => {
                        _slot = Some(self.slots.take().await);
                        return Event::SlotTaken;
                    }
                    (Work::Pause { .. }, None) => pending().await,
                    (Work::Send, watch) if watch.as_ref().is_none_or(Watch::has_turn) => {}
                    (_, Some(watch)) => {
                        let heard = watch.hear(work == Work::Send).await;
                        return heard.map_or(Event::Turn, Event::Heard);
                    }
                    (Work::Send, None) => {}
                }
                let answer = host.send(call.request()).await;
                if let Some(watch) = &watch {
                    watch.tell(&answer);
                }
                Event::Answer(answer)
            };
            let is_rousable = matches!(work, Work::Pause { is_rousable: true });
            event = match race(working, host.sleep(limit, is_rousable)).await {
                First::Left(event) => event,
                First::Right(()) => Event::TimeUp,
            };
        }
    }
}
