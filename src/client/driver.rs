//! The client: runs its calls on a host.

use crate::call::account::Account;
use crate::call::poll;
use crate::call::{Call, Event, Mark, Method, Work};
use crate::client::slots::Slots;
use crate::client::watch::{Watch, Watches};
use crate::error::{Code, Mistake, Words};
use crate::host::{Clock, Host};
use crate::rules::issue::{About, Issue, Place};
use crate::rules::node::{self, Kind, Node};
use crate::rules::{self, Scope, rule};
use crate::service::options::{CallOptions, Options};
use crate::service::task;
use crate::url;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::Poll;

/// A client of one account. `A` is a response as its hosts keep it.
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

    /// A call of a method, ready to run. `subject` is the request or the task's id. Each issue of a request goes to `report`. The call is
    /// `None` if one of them is an error.
    pub fn begin<'a, N: Node<'a>>(
        &self,
        method: Method,
        subject: N,
        options: CallOptions,
        clock: &impl Clock,
        hostname: url::Hostname,
        mut report: impl FnMut(&Issue<'a>),
    ) -> Result<Option<Call>, Mistake<'a>> {
        let mut kind = 0;
        let mut created = f64::NAN;
        let refused = |words, about| {
            Err(Mistake {
                code: Code::InvalidArgument,
                words,
                about,
            })
        };
        match method {
            Method::CreateTask | Method::Generate => {
                if self.account.options.validate {
                    let verdict = rules::check(subject, None, Scope::Request, hostname, &mut report);
                    if verdict.has_error {
                        return Ok(None);
                    }
                    kind = poll::kind(verdict.configuration);
                }
                if has_foreign(subject, &mut report) {
                    return Ok(None);
                }
            }
            Method::QueryTask | Method::WaitForTask | Method::CancelTask => {
                match subject.as_str().filter(|id| task::is_id(id)) {
                    Some(task_id) => created = self.account.created(task_id),
                    None => return refused(Words::NotTaskId, ""),
                }
            }
            Method::GetCredits | Method::AwaitService => {}
        }
        Ok(Some(Call::new(method, kind, options, created, clock.now())))
    }

    /// Runs a call to its end, and passes each step to the host. Dropping the future ends the call at once.
    pub async fn run<H: Host<Answer = A>>(&self, mut call: Call, host: &H) {
        // Both are dropped when the call ends, for whatever reason.
        let mut slot = None;
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
            if matches!(step.work, Work::Done | Work::Aborted) {
                return;
            }
            if watch.is_none() && call.is_watching() {
                watch = Some(self.watches.join(&host.task_id(), &self.account.running));
            }
            answer = None;
            let sends = step.work == Work::Send && watch.as_ref().is_none_or(Watch::has_turn);
            let hearing = watch.as_ref().filter(|_| !sends);
            let turn = (step.work == Work::TakeSlot).then(|| self.slots.queue());
            if let Some(watch) = hearing {
                watch.give_up_turn();
            }
            let mut performing = host.perform(&step, sends);
            event = poll_fn(|context| {
                if let Some(free) = turn.as_ref().and_then(|turn| turn.poll(context)) {
                    slot = Some(free);
                    return Poll::Ready(Event::SlotTaken);
                }
                if let Some(watch) = hearing
                    && let Poll::Ready(heard) = watch.hear(step.work == Work::Send, context)
                {
                    return Poll::Ready(match heard {
                        Some((facts, heard)) => {
                            answer = Some(heard);
                            Event::Heard(facts)
                        }
                        None => Event::Turn,
                    });
                }
                Pin::new(&mut performing).poll(context).map(|answered| match answered {
                    Some((facts, own)) => {
                        if let Some(watch) = &watch {
                            watch.tell(facts, &own);
                        }
                        answer = Some(own);
                        Event::Answer(facts)
                    }
                    None => Event::TimeUp {
                        has_left: host.has_left(),
                    },
                })
            })
            .await;
        }
    }
}

/// Reports the first value that JSON cannot represent, because it would be missing in the request that is sent.
fn has_foreign<'a, N: Node<'a>>(request: N, report: &mut impl FnMut(&Issue<'a>)) -> bool {
    let mut add = |in_inputs, field, kind| {
        report(&Issue {
            rule: rule::NOT_JSON,
            place: Place {
                in_inputs,
                file: None,
                field,
            },
            about: About::Kind(kind),
            meant: "".into(),
        });
        true
    };
    let inputs = request.get("inputs").filter(|inputs| inputs.kind() == Kind::Object);
    for (in_inputs, object) in [(false, Some(request)), (true, inputs)] {
        let mut index = 0;
        while let Some((name, field)) = object.and_then(|object| object.field(index)) {
            index += 1;
            let is_inner = !in_inputs && name == "inputs" && inputs.is_some();
            if !is_inner && let Some(kind) = node::foreign(field) {
                return add(in_inputs, Some(name), kind);
            }
        }
    }
    let whole = node::foreign(request).or(Some(request.kind()).filter(|kind| *kind == Kind::Undefined));
    whole.is_some_and(|kind| add(false, None, kind))
}
