//! The client: runs its calls on a host.

use crate::account::Account;
use crate::call::{Call, Event, Mark, Method, Work};
use crate::error::{Error, Result};
use crate::foreign;
use crate::host::{Clock, Host};
use crate::options::{CallOptions, Options};
use crate::poll;
use crate::race::{First, race};
use crate::slots::Slots;
use crate::task;
use crate::value::Value;
use crate::watch::{Watch, Watches};
use std::future::pending;

/// A client of one account. `A` is an answer as its hosts keep it.
pub struct Client<A> {
    account: Account,
    slots: Slots,
    watches: Watches<A>,
}

impl<A: Clone> Client<A> {
    /// A client with these options.
    pub fn new(options: Options) -> Client<A> {
        Client {
            slots: Slots::new(options.concurrency),
            watches: Watches::default(),
            account: Account::new(options),
        }
    }

    /// How the client is set up.
    pub fn options(&self) -> &Options {
        &self.account.options
    }

    /// A call of a method, ready to run; `subject` is the request, or the task's id. Refuses what must not be sent.
    pub fn begin(&self, method: Method, subject: &Value, options: CallOptions, clock: &impl Clock) -> Result<Call> {
        let mut kind = 0;
        let mut created = f64::NAN;
        match method {
            Method::CreateTask | Method::Generate => {
                kind = poll::kind(self.account.options.check(subject)?);
                foreign::refuse(subject)?;
            }
            Method::QueryTask | Method::WaitForTask => match subject.as_str().filter(|id| task::is_id(id)) {
                Some(task_id) => created = self.account.created(task_id),
                None => {
                    return Err(Error::argument(
                        "taskId must be the id that createTask resolved to.",
                        "",
                    ));
                }
            },
            Method::GetCredits | Method::AwaitService => {}
        }
        Ok(Call::new(method, kind, options, created, clock.now()))
    }

    /// Runs a call to its end; the host is told of each step. Dropping the future ends the call at once.
    pub async fn run<H: Host<Answer = A>>(&self, mut call: Call, host: &H) {
        // Both are held until the call ends, however it ends.
        let mut _slot = None;
        let mut watch: Option<Watch<A>> = None;
        let mut event = Event::Begin;
        let mut answer = None;
        loop {
            if host.is_aborted() {
                if let Event::Answer(_) = event {
                    // An answer that has arrived still counts, or the id of a new task would be lost.
                    let step = call.step(event, &self.account, host);
                    host.tell(&step, answer.as_ref());
                    if step.work == Work::Done {
                        return;
                    }
                }
                event = Event::Aborted {
                    has_left: host.has_left(),
                };
            }
            let step = call.step(event, &self.account, host);
            host.tell(&step, answer.as_ref());
            if step.mark == Mark::Created {
                self.account.create(&host.task_id(), host.now());
            }
            if matches!(step.work, Work::Done | Work::GaveUp) {
                return;
            }
            if watch.is_none() && call.is_watching() {
                watch = Some(self.watches.join(&host.task_id(), &self.account.running));
            }
            answer = None;
            let working = async {
                match (step.work, &watch) {
                    (Work::TakeSlot, _) => {
                        _slot = Some(self.slots.take().await);
                        return Event::SlotTaken;
                    }
                    (Work::Pause, None) => pending().await,
                    (Work::Send, watch) if watch.as_ref().is_none_or(Watch::has_turn) => {}
                    (_, Some(watch)) => {
                        return match watch.hear(step.work == Work::Send).await {
                            Some((facts, heard)) => {
                                answer = Some(heard);
                                Event::Heard(facts)
                            }
                            None => Event::Turn,
                        };
                    }
                    _ => {}
                }
                let (facts, own) = host.send(&step).await;
                if let Some(watch) = &watch {
                    watch.tell(facts, &own);
                }
                answer = Some(own);
                Event::Answer(facts)
            };
            event = match race(working, host.sleep(step.limit, step.is_rousable)).await {
                First::Left(event) => event,
                First::Right(()) => Event::TimeUp {
                    has_left: host.has_left(),
                },
            };
        }
    }
}
