//! The answers about one task, shared by all who wait for it: whoever asks, asks for all of them.

use crate::api::Outcome;
use crate::wakers::Wakers;
use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::rc::{Rc, Weak};
use std::task::Poll;

/// The tasks that are waited for.
#[derive(Default)]
pub struct Watches(RefCell<Vec<Weak<Shared>>>);

#[derive(Default)]
struct Shared {
    task_id: String,
    is_asking: Cell<bool>,
    answers: Cell<u32>,
    last: RefCell<Option<Outcome>>,
    watchers: Wakers,
}

/// One who waits.
pub struct Watch {
    shared: Rc<Shared>,
    name: u32,
    seen: Cell<u32>,
    is_asking: Cell<bool>,
}

impl Watches {
    /// Whether any task is waited for.
    pub fn is_any(&self) -> bool {
        self.0.borrow().iter().any(|shared| shared.strong_count() > 0)
    }

    /// Joins those who wait for this task.
    pub fn join(&self, task_id: &str) -> Watch {
        let mut watches = self.0.borrow_mut();
        watches.retain(|shared| shared.strong_count() > 0);
        let mut known = watches.iter().filter_map(Weak::upgrade);
        let shared = known.find(|shared| shared.task_id == task_id).unwrap_or_else(|| {
            let shared = Rc::new(Shared {
                task_id: task_id.into(),
                ..Shared::default()
            });
            watches.push(Rc::downgrade(&shared));
            shared
        });
        Watch {
            name: shared.watchers.name(),
            seen: shared.answers.clone(),
            is_asking: Cell::default(),
            shared,
        }
    }
}

impl Watch {
    /// Waits for an answer that somebody else gets. For who wants to ask, `None` when it is their turn, which they
    /// keep until they [`tell`](Watch::tell) the answer, or come here again without one.
    pub async fn hear(&self, wants_to_ask: bool) -> Option<Outcome> {
        self.give_up_turn();
        let shared = &*self.shared;
        poll_fn(|context| {
            if self.seen.get() != shared.answers.get() {
                self.seen.set(shared.answers.get());
                return Poll::Ready(shared.last.borrow().clone());
            }
            if wants_to_ask && !shared.is_asking.replace(true) {
                self.is_asking.set(true);
                return Poll::Ready(None);
            }
            shared.watchers.wait(self.name, context);
            Poll::Pending
        })
        .await
    }

    /// Whether it is their turn to ask.
    pub fn has_turn(&self) -> bool {
        self.is_asking.get()
    }

    /// Tells the others.
    pub fn tell(&self, answer: &Outcome) {
        self.shared.last.replace(Some(answer.clone()));
        self.shared.answers.set(self.shared.answers.get().wrapping_add(1));
        self.seen.set(self.shared.answers.get());
        self.give_up_turn();
    }

    fn give_up_turn(&self) {
        if self.is_asking.replace(false) {
            self.shared.is_asking.set(false);
            self.shared.watchers.wake(u32::MAX);
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.shared.watchers.leave(self.name);
        self.give_up_turn();
    }
}
