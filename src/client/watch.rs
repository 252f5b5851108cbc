//! The responses about one task, shared by all calls that wait for it: only one of them polls at a time.

use crate::client::waiters::Waiters;
use crate::service::answer::Facts;
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use std::task::{Context, Poll};

/// The tasks for which calls wait.
pub struct Watches<A>(RefCell<Vec<Weak<Shared<A>>>>);

struct Shared<A> {
    task_id: String,
    is_polling: Cell<bool>,
    /// The number of answers, and the last one.
    answers: Cell<u32>,
    last: RefCell<Option<(Facts, A)>>,
    waiters: Waiters,
}

/// One call that waits for a task. The account counts it as running until the watch is dropped.
pub struct Watch<'a, A> {
    shared: Rc<Shared<A>>,
    running: &'a Cell<u32>,
    id: u32,
    seen: Cell<u32>,
    has_turn: Cell<bool>,
}

impl<A> Default for Watches<A> {
    fn default() -> Watches<A> {
        Watches(RefCell::default())
    }
}

impl<A: Clone> Watches<A> {
    /// Joins the calls that wait for this task, and adds one to `running`.
    pub fn join<'a>(&self, task_id: &str, running: &'a Cell<u32>) -> Watch<'a, A> {
        let mut watches = self.0.borrow_mut();
        watches.retain(|shared| shared.strong_count() > 0);
        let mut known = watches.iter().filter_map(Weak::upgrade);
        let shared = known.find(|shared| shared.task_id == task_id).unwrap_or_else(|| {
            let shared = Rc::new(Shared {
                task_id: task_id.into(),
                is_polling: Cell::default(),
                answers: Cell::default(),
                last: RefCell::default(),
                waiters: Waiters::default(),
            });
            watches.push(Rc::downgrade(&shared));
            shared
        });
        running.set(running.get() + 1);
        Watch {
            id: shared.waiters.id(),
            seen: shared.answers.clone(),
            has_turn: Cell::default(),
            running,
            shared,
        }
    }
}

impl<A: Clone> Watch<'_, A> {
    /// An answer that another call got, as soon as there is one. For a call that wants to poll, `None` when it is its turn;
    /// the turn lasts until [`tell`](Watch::tell) or [`give_up_turn`](Watch::give_up_turn).
    pub fn hear(&self, wants_to_poll: bool, context: &Context) -> Poll<Option<(Facts, A)>> {
        let shared = &*self.shared;
        if self.seen.get() != shared.answers.get() {
            self.seen.set(shared.answers.get());
            return Poll::Ready(shared.last.borrow().clone());
        }
        if wants_to_poll && !shared.is_polling.replace(true) {
            self.has_turn.set(true);
            return Poll::Ready(None);
        }
        shared.waiters.wait(self.id, context);
        Poll::Pending
    }

    /// Whether it is this call's turn to poll.
    pub fn has_turn(&self) -> bool {
        self.has_turn.get()
    }

    /// Hands an answer to the others.
    pub fn tell(&self, facts: Facts, answer: &A) {
        self.shared.last.replace(Some((facts, answer.clone())));
        self.shared.answers.set(self.shared.answers.get().wrapping_add(1));
        self.seen.set(self.shared.answers.get());
        self.give_up_turn();
    }
}

impl<A> Watch<'_, A> {
    /// Lets another call poll.
    pub fn give_up_turn(&self) {
        if self.has_turn.replace(false) {
            self.shared.is_polling.set(false);
            self.shared.waiters.wake(u32::MAX);
        }
    }
}

impl<A> Drop for Watch<'_, A> {
    fn drop(&mut self) {
        self.running.set(self.running.get().saturating_sub(1));
        self.shared.waiters.leave(self.id);
        self.give_up_turn();
    }
}
