//! The account's slots for running tasks.

use crate::client::wakers::Wakers;
use std::cell::Cell;
use std::future::poll_fn;
use std::task::Poll;

/// A number of slots, taken in order of arrival.
pub struct Slots {
    free: Cell<u32>,
    queue: Wakers,
}

/// A slot that is taken, and given back on drop.
pub struct Slot<'a>(&'a Slots);

/// A place in the queue, given up on drop.
struct Turn<'a>(&'a Slots, u32);

impl Slots {
    /// This many slots, all free.
    pub fn new(slots: u32) -> Slots {
        Slots {
            free: Cell::new(slots),
            queue: Wakers::default(),
        }
    }

    /// Takes a slot as soon as there is one.
    pub async fn take(&self) -> Slot<'_> {
        let turn = Turn(self, self.queue.id());
        poll_fn(|context| {
            if self.queue.wait(turn.1, context) >= self.free.get() as usize {
                return Poll::Pending;
            }
            self.free.set(self.free.get() - 1);
            Poll::Ready(Slot(self))
        })
        .await
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
