//! The account's slots for running tasks.

use crate::client::waiters::Waiters;
use std::cell::Cell;
use std::task::Context;

/// A number of slots, taken in order of arrival.
pub struct Slots {
    free: Cell<u32>,
    queue: Waiters,
}

/// A slot that is taken, and given back on drop.
pub struct Slot<'a>(&'a Slots);

/// A place in the queue, given up on drop.
pub struct Turn<'a>(&'a Slots, u32);

impl Slots {
    /// This many slots, all free.
    pub fn new(slots: u32) -> Slots {
        Slots {
            free: Cell::new(slots),
            queue: Waiters::default(),
        }
    }

    /// Joins the queue.
    pub fn queue(&self) -> Turn<'_> {
        Turn(self, self.queue.id())
    }
}

impl<'a> Turn<'a> {
    /// Takes a slot, if there is one for this place in the queue.
    pub fn poll(&self, context: &Context) -> Option<Slot<'a>> {
        if self.0.queue.wait(self.1, context) >= self.0.free.get() as usize {
            return None;
        }
        self.0.free.set(self.0.free.get() - 1);
        Some(Slot(self.0))
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        let free = self.0.free.get() + 1;
        self.0.free.set(free);
        self.0.queue.wake(free);
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.queue.leave(self.1);
        self.0.queue.wake(self.0.free.get());
    }
}
