//! Those who wait for something, in the order in which they came.

use std::cell::{Cell, RefCell};
use std::task::{Context, Waker};

/// Who waits.
#[derive(Default)]
pub struct Wakers {
    waiting: RefCell<Vec<(u32, Waker)>>,
    next: Cell<u32>,
}

impl Wakers {
    /// A name for one who will wait.
    pub fn name(&self) -> u32 {
        self.next.replace(self.next.get().wrapping_add(1))
    }

    /// Waits, and tells how many came before.
    #[inline(never)]
    pub fn wait(&self, name: u32, context: &Context) -> usize {
        let mut waiting = self.waiting.borrow_mut();
        let place = waiting.iter().take_while(|other| other.0 != name).count();
        let entry = (name, context.waker().clone());
        match waiting.get_mut(place) {
            Some(before) => *before = entry,
            None => waiting.push(entry),
        }
        place
    }

    /// Waits no more.
    #[inline(never)]
    pub fn leave(&self, name: u32) {
        self.waiting.borrow_mut().retain(|other| other.0 != name);
    }

    /// Wakes the first so many.
    #[inline(never)]
    pub fn wake(&self, number: u32) {
        for (_, waker) in self.waiting.borrow().iter().take(number as usize) {
            waker.wake_by_ref();
        }
    }
}
