//! The places for running tasks that an account has.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::task::{Poll, Waker};

/// A number of places.
pub struct Slots {
    free: Cell<u32>,
    waiting: RefCell<Vec<Waker>>,
}

/// A place that is taken, and given back on drop.
pub struct Slot<'a>(&'a Slots);

impl Slots {
    /// That many places, all free.
    pub fn new(places: u32) -> Slots {
        Slots {
            free: Cell::new(places),
            waiting: RefCell::default(),
        }
    }

    /// Takes a place as soon as there is one.
    pub async fn take(&self) -> Slot<'_> {
        poll_fn(|context| match self.free.get().checked_sub(1) {
            Some(free) => {
                self.free.set(free);
                Poll::Ready(Slot(self))
            }
            None => {
                self.waiting.borrow_mut().push(context.waker().clone());
                Poll::Pending
            }
        })
        .await
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        self.0.free.set(self.0.free.get() + 1);
        // All of them, in the order in which they came: one that has gone meanwhile takes nobody's turn.
        for waker in self.0.waiting.take() {
            waker.wake();
        }
    }
}
