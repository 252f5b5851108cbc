//! Futures that wait for the same event, in the order of arrival.

use std::cell::{Cell, RefCell};
use std::task::{Context, Waker};

/// The futures that wait.
#[derive(Default)]
pub struct Waiters {
    waiting: RefCell<Vec<(u32, Waker)>>,
    next: Cell<u32>,
}

impl Waiters {
    /// Allocates the id of a waiter.
    pub fn id(&self) -> u32 {
        self.next.replace(self.next.get().wrapping_add(1))
    }

    /// Registers a waiter and returns how many are before it.
    #[inline(never)]
    pub fn wait(&self, id: u32, context: &Context) -> usize {
        let mut waiting = self.waiting.borrow_mut();
        let place = waiting.iter().take_while(|other| other.0 != id).count();
        let entry = (id, context.waker().clone());
        match waiting.get_mut(place) {
            Some(before) => *before = entry,
            None => waiting.push(entry),
        }
        place
    }

    /// Removes a waiter.
    #[inline(never)]
    pub fn leave(&self, id: u32) {
        self.waiting.borrow_mut().retain(|other| other.0 != id);
    }

    /// Wakes this many from the front.
    #[inline(never)]
    pub fn wake(&self, number: u32) {
        for (_, waker) in self.waiting.borrow().iter().take(number as usize) {
            waker.wake_by_ref();
        }
    }
}
